#!/usr/bin/env bash
# cmsim calibrate with a file, a scenario, a table and a part in a folder of their own. calibrate_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
mkdir -p "$scratch/own/tables"
cd "$scratch" || exit 1
cp "$CM_SOURCE_DIR/configs/parts/ub-cloudmatrix384.yaml" own/ub.yaml
cat >own/read.yaml <<'YAML'
machine: cloudmatrix384
workload: {kind: p2p, from: die:0, to: die:16, op: read, bytes: 512 B}
YAML

# fit MINIMUM START ROWS: writes own/fit.yaml.
fit()
{
  cat >own/fit.yaml <<YAML
parameters:
  machine.ub.access.npu_base: {unit: us, minimum: $1, maximum: 2, start: $2, round: 0.01}
rows:
  $3
files:
  - {file: ub.yaml, section: machine.ub}
YAML
}

calibrate()
{
  run "$CM_BINARY" calibrate --configs "$CM_SOURCE_DIR/configs" own/fit.yaml "$@"
}

paths_are_relative_to_the_file()
{
  echo 'row,scenario,set,metric,published,tolerance,class,source,reason
far,../read.yaml,workload.op=write,latency_us,2.1,30%,predicted,page,why' >own/tables/p2p.csv
  fit 0.1 1 "- {row: near, scenario: ./read.yaml, set: 'workload.to=die:2', metric: latency_us, published: 1.2, deviation: 2 %}
  - {file: tables/p2p.csv, metric: latency_us, deviation: 2 %}"
  calibrate --out out
  assert_status 0
  assert_matches "$stdout" 'npu_base +0\.78 us +0\.[0-9]+ us'
  assert_contains "$stdout" 'not fitted'
  [[ -s out/ub.yaml ]] || fail "no part was written"
  # One that is named without its folder, and one by its whole path.
  fit 0.1 1 "- {row: near, scenario: read.yaml, set: 'workload.to=die:2', metric: latency_us, published: 1.2, deviation: 2 %}
  - {row: all, scenario: $scratch/own/read.yaml, fitted: false, metric: latency_us, published: 1.9, deviation: 2 %}"
  calibrate
  assert_status 0
}

a_bound_that_cannot_fit_is_told()
{
  fit 0.9 1 "- {row: near, scenario: read.yaml, set: 'workload.to=die:2', metric: latency_us, published: 1.2, deviation: 2 %}"
  calibrate --out out
  assert_status 1
  assert_contains "$stdout" 'own/fit.yaml:2:'
  assert_contains "$stdout" 'npu_base: the fit ends at its minimum 0.9 us: a smaller value would fit the rows better'
  assert_matches "$stdout" 'own/fit.yaml:4:5: row near: simulated [0-9.]+, published 1.2: \+[0-9.]+ % off, more than its tolerance of 2 %'
  assert_contains "$(<out/result.json)" 'the fit ends at its minimum'
  # No row sees what CPUs do.
  sed -i s/npu_base/cpu_base/ own/fit.yaml
  calibrate
  assert_status 1
  assert_contains "$stdout" 'cpu_base: no fitted row depends on it'
}

mistakes_are_told_where_they_are()
{
  fit 0.1 1 "- {row: near, scenario: ./reed.yaml, metric: latency_us, published: 1.2, deviation: 2 %}"
  calibrate
  assert_status 2
  assert_contains "$stderr" 'own/fit.yaml:4:27: scenario: expected the file of a scenario, found no own/reed.yaml'
  # What a run refuses, what it lacks and how it is called.
  fit 0.1 1 "- {row: near, scenario: read.yaml, set: 'workload.tu=die:2', metric: latency_us, published: 1.2, deviation: 2 %}"
  calibrate
  assert_status 2
  assert_matches "$stderr" 'own/fit.yaml:4:[0-9]+: workload.tu: '
  assert_contains "$stderr" 'did you mean "to"'
  [[ $stderr != *--set* && $stderr != *--configs* ]] || fail "a raw command"
  fit 0.1 1 "- {row: near, scenario: read.yaml, metric: latency_ms, published: 1.2, deviation: 2 %}"
  calibrate
  assert_status 2
  assert_contains "$stderr" 'own/fit.yaml:4:5: row near: expected a metric of the run, found "latency_ms"; did you mean "latency_us"?'
  # A parameter whose number stands in no file of the calibration.
  fit 0.1 1 "- {row: near, scenario: read.yaml, metric: latency_us, published: 1.2, deviation: 2 %}"
  sed -i s/machine.ub.access.npu_base/machine.rdma.latency/ own/fit.yaml
  calibrate
  assert_status 2
  assert_matches "$stderr" '^own/fit.yaml:2:[0-9]+: machine.rdma.latency: expected the key of a number with evidence in one of the files'
}

names_are_checked_before_anything_runs()
{
  fit 0.1 1 "- {row: near, scenario: read.yaml, metric: latency_us, published: 1.2, deviation: 2 %}"
  sed -i s/machine.ub.access.npu_base/machine.ub.access.npu_bse/ own/fit.yaml
  calibrate
  assert_status 2
  assert_matches "$stderr" '^own/fit.yaml:2:[0-9]+: machine.ub.access.npu_bse: expected the key'
  assert_contains "$stderr" 'did you mean "machine.ub.access.npu_base"?'
  [[ $stderr != *ub.yaml* ]] || fail "the part is blamed"
  # A pipe is told as what it is, and once.
  mkfifo own/rows.csv
  fit 0.1 1 "- {file: rows.csv, metric: latency_us, deviation: 2 %}"
  calibrate
  assert_status 2
  assert_contains "$stderr" 'expected a file, found a folder, a pipe or a device: own/rows.csv'
  [[ $stderr != *"at least one row"* ]] || fail "a second complaint"
}

ctrl_c_keeps_the_runs_and_the_same_command_goes_on()
{
  fit 0.1 1 "- {row: near, scenario: read.yaml, set: 'workload.to=die:2', metric: latency_us, published: 1.2, deviation: 2 %}
  - {row: far, scenario: read.yaml, metric: latency_us, published: 1.9, deviation: 9 %}"
  calibrate
  assert_status 0
  cp stdout whole
  start "$CM_BINARY" calibrate --configs "$CM_SOURCE_DIR/configs" own/fit.yaml --jobs 1 --out out
  until [[ -s out/finished-runs.jsonl ]]; do kill -0 "$started" || fail "it ended"; sleep 0.02; done
  stop_with INT 10
  assert_status 130
  assert_contains "$stdout" 'PARTIAL: interrupted by signal 2 (Interrupt)'
  assert_contains "$stdout" 'out/finished-runs.jsonl keeps them: the same command goes on from there'
  [[ ! -e out/ub.yaml ]] || fail "a part with unfinished numbers"
  calibrate --out out
  assert_status 0
  assert_equal "$(<whole)" "$(grep -v ^wrote stdout)"
  [[ ! -e out/finished-runs.jsonl ]] || fail "the journal outlives the result"
}

"$1"
