#!/usr/bin/env bash
# cmsim sweep --executor slurm on a real Slurm that lives as long as the test. slurm_test.sh CASE; status 77: skipped.
source "${BASH_SOURCE[0]%/*}/../lib.sh"
source "${BASH_SOURCE[0]%/*}/cluster.sh"
cd "$scratch" || exit 1

obstacle=$(cluster_obstacle)
if [[ -n $obstacle ]]; then
  echo "skipped: Slurm cannot run here: $obstacle"
  exit 77
fi

# Twelve points, one of which its model refuses.
cat >sweep.yaml <<'YAML'
bases:
  - scenario: ep
    set: {workload.ep: 128, workload.repeats: 3}
    axes:
      - machine.ub.sub_planes: {from: 2, to: 7}
      - machine.ub.write_limit: [engine, lane]
  - scenario: decode-ep320
    set: {workload.ep: 8}
skip: [{machine.ub.sub_planes: 7, machine.ub.write_limit: lane}]
YAML

# wait_until SECONDS COMMAND ...
wait_until()
{
  local tenths=$(($1 * 10))
  shift
  until "$@"; do
    ((tenths-- > 0)) || fail "not within time: $*; $(squeue 2>&1)"
    sleep 0.1
  done
}

has_points()
{
  (($(find out/points -name '*.json' 2>/dev/null | wc -l) >= $1))
}

job_number()
{
  sed -n 's/.*to Slurm as job \([0-9]*\),.*/\1/p' "$scratch/stderr" | head -n 1
}

is_on_node()
{
  [[ -n $(squeue --noheader --states=running --nodelist="$1" --format=%i 2>/dev/null) ]]
}

is_gone()
{
  [[ -z $(squeue --noheader 2>/dev/null) ]]
}

# wait_for_end: of what start started; leaves what run leaves.
wait_for_end()
{
  local tenths=900
  while kill -0 "$started" 2>/dev/null; do
    ((tenths-- > 0)) || fail "still running after 90 s; $(squeue 2>&1)"
    sleep 0.1
  done
  wait "$started"
  status=$? started=
  stdout=$(<"$scratch/stdout")
  stderr=$(<"$scratch/stderr")
}

same_as_local()
{
  "$CM_BINARY" sweep sweep.yaml --out local >/dev/null || fail "the local sweep"
  cmp local/results.csv out/results.csv || fail "the tables differ"
  diff -r local/points out/points || fail "the points differ"
}

a_lost_node_costs_no_point()
{
  cluster_up
  start "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --chunk 3 --partition sweep --time 10 \
    --sbatch=--comment=none --sbatch=--nice=1
  wait_until 60 has_points 2
  wait_until 60 is_on_node n1
  kill -s KILL "$(<"$cluster/slurmd.n1.pid")"
  scontrol update nodename=n1 state=down reason=test || fail "scontrol"
  # Slurm starts what the node ran again, on the other one.
  wait_until 30 eval '! is_on_node n1'
  scontrol show job "$(job_number)" >jobs
  grep --quiet 'Restarts=1' jobs || fail "no task was started again: $(grep -E 'JobState|Restarts' jobs)"
  wait_for_end
  assert_status 0
  assert_contains "$stderr" 'handed 12 points to Slurm as job'
  assert_contains "$stderr" '4 tasks of up to 3'
  assert_contains "$stdout" 'refused        1  by their model'
  same_as_local
}

a_killed_task_is_handed_over_again()
{
  cluster_up
  start "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --chunk 6
  wait_until 60 has_points 1
  scancel "$(job_number)_1" || fail "scancel"
  wait_for_end
  assert_status 0
  assert_equal 2 "$(grep -c 'to Slurm as job' <<<"$stderr")"
  same_as_local
}

a_killed_sweep_finds_its_job_again()
{
  cluster_up
  start "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --chunk 2
  wait_until 60 has_points 1
  local job
  job=$(job_number)
  stop_with KILL 5
  run "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --resume
  assert_status 0
  assert_contains "$stderr" "Slurm still runs job $job of this sweep"
  [[ $stderr != *handed* ]] || fail "points were handed over although their job runs"
  same_as_local
}

ctrl_c_cancels_the_job()
{
  cluster_up
  start "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --chunk 1
  wait_until 60 has_points 1
  stop_with INT 20
  assert_status 130
  assert_contains "$stdout" '--resume runs them'
  wait_until 20 is_gone
  # From one executor to the other.
  run "$CM_BINARY" sweep sweep.yaml --out out --resume
  assert_status 0
  same_as_local
}

what_slurm_refuses_is_told()
{
  cluster_up
  run "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --partition nowhere
  assert_status 2
  assert_contains "$stderr" 'invalid partition'
  # No shell reads what the user wrote.
  run "$CM_BINARY" sweep sweep.yaml --out out --executor slurm --partition 'sweep; touch trap' --sbatch='--comment=$(touch trap)'
  assert_status 2
  [[ ! -e trap ]] || fail "a shell read an option"
  PATH=/nowhere run "$CM_BINARY" sweep sweep.yaml --out out --executor slurm
  assert_status 2
  assert_contains "$stderr" 'cannot run sbatch'
}

"$1"
