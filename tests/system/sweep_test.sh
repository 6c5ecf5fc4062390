#!/usr/bin/env bash
# cmsim sweep: rows and files, what can go wrong with a file or a point, interruption and going on. sweep_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
cd "$scratch" || exit 1

# A sweep of small points: dispatch and combine of 8 and 16 ranks, decode that does not fit and decode that does.
cat >small.yaml <<'YAML'
bases:
  - scenario: ep
    set: {workload.repeats: 1, workload.tokens_per_rank: 8}
    axes: [{workload.ep: [8, 16]}]
  - scenario: decode-ep320
    name: decode
    set: {workload.iterations: 1, workload.batch_per_npu: 2}
    axes: [{workload.ep: [8, 32]}]
axes:
  - machine.ub.sub_planes: {from: 6, to: 7}
YAML

# Twelve points of a second or less each.
cat >long.yaml <<'YAML'
bases:
  - scenario: ep
    set: {workload.ep: 128, workload.repeats: 3}
axes:
  - machine.ub.sub_planes: {from: 2, to: 7}
  - machine.ub.write_limit: [engine, lane]
YAML

sweep()
{
  run "$CM_BINARY" sweep "$@"
}

# column NAME FILE: the values of one column of a table, one a line.
column()
{
  python3 -c 'import csv, sys
for row in csv.DictReader(open(sys.argv[2])): print(row[sys.argv[1]])' "$1" "$2"
}

files_of_points()
{
  find "$1/points" -name '*.json' 2>/dev/null | wc -l
}

# wait_for_points DIR COUNT
wait_for_points()
{
  local tenths=300
  while (($(files_of_points "$1") < $2)); do
    ((tenths-- > 0)) || fail "no $2 points in 30 s"
    sleep 0.1
  done
}

same_results()
{
  cmp "$1/results.csv" "$2/results.csv" || fail "the tables of $1 and $2 differ"
  diff -r "$1/points" "$2/points" || fail "the points of $1 and $2 differ"
}

every_point_has_a_row_and_a_file()
{
  sweep small.yaml --out out
  assert_status 0
  assert_equal "" "$stderr"
  assert_contains "$stdout" 'refused        2  by their model'
  assert_equal "done done done done refused refused done done" "$(column status out/results.csv | paste -sd ' ')"
  assert_equal "1 2 3 4 5 6 7 8" "$(column point out/results.csv | paste -sd ' ')"
  assert_equal "6 7 6 7 6 7 6 7" "$(column machine.ub.sub_planes out/results.csv | paste -sd ' ')"
  assert_contains "$(column reason out/results.csv)" 'does not fit the HBM'
  assert_equal 8 "$(files_of_points out)"
  [[ $(<out/results.csv) != *"$(hostname)"* ]] || fail "the host's name is in the table"
  python3 - <<'PYTHON' || fail "a point's file is not what it should be"
import glob, json
points = [json.load(open(name)) for name in sorted(glob.glob("out/points/*.json"))]
assert all(point["schema"] == "cmsim-point/1" for point in points)
assert points[0]["point"]["axes"] == {"workload.ep": "8", "machine.ub.sub_planes": "6"}
assert points[0]["point"]["seed"] == 1 and points[0]["metrics"]["dispatch_us"]["value"] > 0
assert points[4]["point"]["status"] == "refused" and "metrics" not in points[4]
PYTHON
}

one_process_and_many_give_the_same()
{
  sweep small.yaml --out one --jobs 1
  assert_status 0
  sweep small.yaml --out many --jobs 4
  assert_status 0
  same_results one many
  sweep small.yaml --out one --jobs 2
  assert_status 0
  same_results one many
}

a_point_equals_a_run()
{
  sweep small.yaml --out out
  "$CM_BINARY" run "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --set workload.repeats=1 --set workload.tokens_per_rank=8 \
    --set workload.ep=16 --set machine.ub.sub_planes=6 --out run >/dev/null || fail "the run"
  python3 - <<'PYTHON' || fail "the two differ"
import glob, json
point, run = json.load(open(glob.glob("out/points/00003-*.json")[0])), json.load(open("run/result.json"))
assert point["metrics"] == run["metrics"] and point["histograms"] == run["histograms"]
assert point["run"]["configuration_digest"] == run["run"]["configuration_digest"]
PYTHON
}

a_failed_point_is_a_row()
{
  sed -i 's/\[8, 16\]/[8, 7]/' small.yaml
  sweep small.yaml --out out
  assert_status 1
  assert_equal "done done failed failed refused refused done done" "$(column status out/results.csv | paste -sd ' ')"
  assert_contains "$(column reason out/results.csv)" 'small.yaml:4:30: workload.ep: 256 routed'
  assert_contains "$stdout" 'do not divide'
  # Failed points run again, finished ones do not.
  touch -d '1 hour ago' out/points/*
  sweep small.yaml --out out --resume
  assert_status 1
  assert_equal 2 "$(find out/points -mmin -30 | wc -l | awk '{ print $1 - 1 }')"
}

a_crashed_point_is_a_row()
{
  start "$CM_BINARY" sweep long.yaml --out out --jobs 1
  wait_for_points out 1
  # The child that runs now.
  kill -s SEGV "$(pgrep -P "$started" | head -n 1)"
  while kill -0 "$started" 2>/dev/null; do sleep 0.1; done
  wait "$started"
  status=$? started=
  assert_status 1
  assert_equal "1 failed, 11 done" \
    "$(column status out/results.csv | sort -r | uniq -c | awk '{ print $1, $2 }' | sort -n | paste -sd ',' | sed 's/,/, /')"
  assert_contains "$(column reason out/results.csv)" 'ended by signal 11 (Segmentation fault)'
}

# refused WORDS: bad.yaml is refused with WORDS and a position, and nothing is written.
refused()
{
  sweep bad.yaml --out out
  assert_status 2
  assert_equal "" "$stdout"
  assert_contains "$stderr" "$1"
  assert_matches "$stderr" 'bad.yaml:[0-9]+:[0-9]+: '
  [[ ! -e out ]] || fail "a folder was left behind"
}

bad_files_are_refused()
{
  echo 'bases: [{scenario: ep, axes: [{workload.epp: [8, 16]}]}]' >bad.yaml
  refused 'bad.yaml:1:32: workload.epp: unknown key "epp"; did you mean "ep"?'
  echo 'bases: [{scenario: epp}]' >bad.yaml
  refused 'did you mean "ep"?'
  echo 'bases: [{scenario: ep, axis: [{workload.ep: [8]}]}]' >bad.yaml
  refused 'did you mean "axes"?'
  echo 'bases: [{scenario: ep, axes: [{workload.ep: [8, many]}]}]' >bad.yaml
  refused 'bad.yaml:1:49: workload.ep: expected an integer'
  echo 'bases: [{scenario: ep, axes: [{workload.ep: 8}]}]' >bad.yaml
  refused 'expected a list of values'
  echo 'bases: [{scenario: ep, axes: [{workload.ep: [8, 16], workload.top_k: [8]}]}]' >bad.yaml
  refused 'expected 2 as for workload.ep, found 1'
  echo 'bases: [{scenario: ep, set: {workload.ep: 8}, axes: [{workload.ep: [8]}]}]' >bad.yaml
  refused 'expected each key once'
  echo 'bases: [{scenario: ep, axes: [{workload.ep: [7]}]}]' >bad.yaml
  refused 'do not divide'
  echo 'bases: [{scenario: ep, axes: [{workload.ep: [8, 8]}]}]' >bad.yaml
  refused 'expected each point once'
  printf 'bases: [{scenario: ep, axes: [{workload.ep: [8]}]}]\nskip: [{workload.e: 8}]\n' >bad.yaml
  refused 'did you mean "workload.ep"?'
  printf 'bases: [{scenario: ep, axes: [{workload.ep: [8]}]}]\nskip: [{workload.ep: 9}]\n' >bad.yaml
  refused 'bad.yaml:2:8: skip: expected a filter that some point meets'
  : >bad.yaml
  refused 'found an empty file'
  cat >bad.yaml <<'YAML'
bases:
  - {scenario: ep, axes: [{workload.ep: []}]}
  - {scenario: epp, naem: x}
repeats: 0
YAML
  refused 'bad.yaml:2:'
  assert_contains "$stderr" 'bad.yaml:3:16: '
  assert_contains "$stderr" 'bad.yaml:3:21: bases[1].naem: unknown key'
  assert_contains "$stderr" 'bad.yaml:4:10: repeats: '
}

a_killed_sweep_is_resumed()
{
  sweep long.yaml --out undisturbed
  assert_status 0
  start "$CM_BINARY" sweep long.yaml --out out --jobs 2
  wait_for_points out 3
  local children
  children=$(pgrep -P "$started")
  stop_with KILL 5
  sleep 0.2
  for child in $children; do
    # Where nobody reaps orphans, what is left of a dead one is a zombie.
    [[ $(ps -o stat= -p "$child") == "" || $(ps -o stat= -p "$child") == Z* ]] || fail "a worker outlived its sweep"
  done
  local kept
  kept=$(files_of_points out)
  ((kept < 12)) || fail "the sweep was through before it was killed"
  sweep long.yaml --out out
  assert_status 2
  assert_contains "$stderr" "unfinished sweep ($kept of 12 points); --resume goes on with it"
  touch -d '1 hour ago' out/points/*.json
  sweep long.yaml --out out --resume
  assert_status 0
  assert_equal "$kept" "$(find out/points -name '*.json' -mmin +30 | wc -l)"
  assert_equal "" "$(find out -name '*.partial*')"
  same_results undisturbed out
}

ctrl_c_keeps_what_is_finished()
{
  start "$CM_BINARY" sweep long.yaml --out out --jobs 2
  wait_for_points out 2
  stop_with INT 5
  assert_status 130
  assert_contains "$stdout" '--resume runs them'
  assert_equal "$(files_of_points out)" "$(column status out/results.csv | grep -c done)"
  sweep long.yaml --out out --resume
  assert_status 0
  assert_equal 12 "$(column status out/results.csv | grep -c done)"
}

two_sweeps_exclude_each_other()
{
  start "$CM_BINARY" sweep long.yaml --out out --jobs 1
  wait_for_points out 1
  local first=$started
  run "$CM_BINARY" sweep long.yaml --out out --resume
  assert_status 2
  assert_contains "$stderr" "--out out: another sweep is writing there (process $first on $(hostname))"
  stop_with TERM 5
  assert_status 143
}

a_changed_sweep_reuses_what_is_the_same()
{
  sweep small.yaml --out out
  assert_status 0
  touch -d '1 hour ago' out/points/*.json
  # One more value in the middle: points behind it get other numbers, and only the new ones run.
  sed -i 's/\[8, 16\]/[8, 4, 16]/' small.yaml
  sweep small.yaml --out out --resume
  assert_status 0
  assert_equal 2 "$(find out/points -name '*.json' -mmin -30 | wc -l)"
  sweep small.yaml --out fresh
  same_results fresh out
  # Another number of tokens: the points of ep are others now, those of decode are not.
  touch -d '1 hour ago' out/points/*.json
  sed -i 's/tokens_per_rank: 8/tokens_per_rank: 9/' small.yaml
  sweep small.yaml --out out --resume
  assert_status 0
  assert_contains "$stderr" '6 points changed or went'
  assert_equal 6 "$(find out/points -name '*.json' -mmin -30 | wc -l)"
}

folders_of_others_are_refused()
{
  mkdir other
  : >other/file
  : >file
  for folder in other file file/below ""; do
    sweep small.yaml --out "$folder"
    assert_status 2
    assert_contains "$stderr" '--out'
  done
  assert_equal file "$(ls -A other)"
  mkdir empty
  sweep small.yaml --out empty/
  assert_status 0
}

settings_change_every_point()
{
  cat >sets.yaml <<'YAML'
bases: [{scenario: ep, set: {workload.repeats: 1, workload.tokens_per_rank: 64}}]
axes: [{workload.ep: [8, 16]}]
YAML
  sweep sets.yaml --set workload.tokens_per_rank=8 --set machine.die.host.turn='1 ms' --out out
  assert_status 0
  assert_contains "$stdout" 'all finished points: machine.die.host.turn has no effect here: a run of ep'
  "$CM_BINARY" run ep --set workload.repeats=1 --set workload.tokens_per_rank=8 --set workload.ep=16 --out run >/dev/null || fail "the run"
  python3 - <<'PYTHON' || fail "the two differ"
import glob, json
point, run = json.load(open(glob.glob("out/points/00002-*.json")[0])), json.load(open("run/result.json"))
assert point["metrics"] == run["metrics"]
assert point["run"]["inputs"]["sets"] == {"workload.tokens_per_rank": "8", "machine.die.host.turn": "1 ms"}, point["run"]["inputs"]["sets"]
sweep = json.load(open("out/sweep.json"))["inputs"]
assert sweep["sets"] == ["workload.tokens_per_rank=8", "machine.die.host.turn=1 ms"]
PYTHON
  sweep sets.yaml --out out --resume
  assert_status 2
  assert_contains "$stderr" "its points had --set workload.tokens_per_rank=8 --set 'machine.die.host.turn=1 ms', this call has no --set"
  assert_equal 2 "$(files_of_points out)"
  sweep sets.yaml --set workload.ep=8 --out other
  assert_status 2
  assert_contains "$stderr" '--set workload.ep:1:1: workload.ep: expected a key that no axis changes, found workload.ep at sets.yaml:2:8'
  sweep sets.yaml --set workload.tokens_per_rnk=8 --out other
  assert_status 2
  assert_contains "$stderr" 'did you mean "tokens_per_rank"?'
  [[ ! -e other ]] || fail "a folder was left behind"
}

seeds_and_filters()
{
  cat >seeds.yaml <<'YAML'
bases: [{scenario: ep, set: {workload.repeats: 1, workload.tokens_per_rank: 8}}]
axes: [{workload.ep: {from: 8, to: 32, times: 2}}]
seeds: [7, 8]
skip: [{workload.ep: {from: 16, to: 17}}]
YAML
  sweep seeds.yaml --out out
  assert_status 0
  assert_equal "8 8 32 32" "$(column workload.ep out/results.csv | paste -sd ' ')"
  assert_equal "7 8 7 8" "$(column seed out/results.csv | paste -sd ' ')"
  assert_equal 4 "$(column dispatch_us out/results.csv | sort -u | wc -l)"
}

"$1"
