#!/usr/bin/env bash
# The program as it is called: help, mistakes in the command line, output formats, the folder of --out, signals.
# command_line_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
scenarios=$CM_SOURCE_DIR/configs/scenarios
# A run of some milliseconds.
small=(run "$scenarios/ep.yaml" --set workload.ep=8 --set workload.tokens_per_rank=8)
cd "$scratch" || exit 1

cmsim()
{
  run "$CM_BINARY" "$@"
}

# A line of Python about the JSON `result` on standard output; it must hold.
assert_json()
{
  python3 -c "import json, sys; result = json.load(open(sys.argv[1])); assert ($1), '''$1'''" "${2:-$scratch/stdout}" ||
    fail "expected $1"
}

help_and_version()
{
  for arguments in --help 'run --help' 'topology --help' 'sweep --help'; do
    # Several words each.
    # shellcheck disable=SC2086
    cmsim $arguments
    assert_status 0
    assert_equal "" "$stderr"
    assert_matches "$stdout" 'Examples?:'
  done
  cmsim --help
  for status in '0 done' '1 a point' '2 what' '3 cmsim is wrong' '130 ended by Ctrl-C'; do
    assert_contains "$stdout" "$status"
  done
  cmsim --version
  assert_status 0
  assert_matches "$stdout" '^cmsim 0\.1\.0( \([0-9a-f]{12}(-dirty)?\))?$'
}

# misused WORDS ARGUMENT ...
misused()
{
  local words=$1
  shift
  cmsim "$@"
  assert_status 2
  assert_equal "" "$stdout"
  assert_contains "$stderr" "$words"
  assert_equal 1 "$(wc -l <"$scratch/stderr")"
}

wrong_use()
{
  misused 'expected a subcommand: run'
  misused 'unknown subcommand "frobnicate"' frobnicate
  misused 'did you mean "topology"?' topolgy
  misused 'scenario is required' run
  misused 'did you mean "--set"?' run "$scenarios/ep.yaml" --sett a=1
  misused 'did you mean "--format"?' run "$scenarios/ep.yaml" --fromat=json
  misused 'unexpected argument "more"' run "$scenarios/ep.yaml" more
  misused '--format' run "$scenarios/ep.yaml" --format xml
  misused '--format' topology "$scenarios/ep.yaml" --format xml
  misused '--set' run "$scenarios/ep.yaml" --set
  misused 'found "-1"' run "$scenarios/ep.yaml" --seed -1
  misused 'found "1e3"' run "$scenarios/ep.yaml" --seed 1e3
  misused 'found "18446744073709551616"' run "$scenarios/ep.yaml" --seed 18446744073709551616
}

shipped_files_are_called_by_name()
{
  mkdir elsewhere
  cd elsewhere || exit 1
  cmsim run p2p --out out
  assert_status 0
  assert_json 'result["run"]["scenario"] == "p2p"' out/result.json
  assert_json 'result["run"]["inputs"]["command"] == "cmsim run p2p --seed 1"' out/result.json
  assert_json 'result["run"]["inputs"]["files"][0]["name"] == "scenarios/p2p.yaml"' out/result.json
  # A folder of that name that is no scenario does not keep a result from being repeated.
  mkdir p2p
  cmsim run out --out again
  assert_status 0
  assert_equal "" "$stderr"
  cmp out/result.json again/result.json || fail "another result"
  # It goes before the shipped one where a scenario is typed, as a file does.
  cmsim run p2p
  assert_status 2
  assert_contains "$stderr" 'p2p:1:1: expected a file, found a directory'
  rmdir p2p
  printf 'machine: cloudmatrix384\nworkload: {kind: p2p, from: die:0, to: die:2, op: read, bytes: 1 KiB}\n' >ep.yaml
  cmsim run ep.yaml --format json
  assert_status 0
  assert_json 'result["run"]["scenario"] == "ep.yaml" and "latency_us" in result["metrics"]'
  cmsim topology decode-ep320 --format json
  assert_status 0
}

wrong_names_get_the_nearest()
{
  misused 'did you mean "decode-ep320"?' run decode-ep32
  misused 'did you mean "decode-dense", "decode-ep320" or "h800-decode-ep144"?' run decode
  misused 'did you mean "ep-by-planes"' sweep ep-by-plane --out out
  misused 'did you mean "decode-ep320"' sensitivity decode-ep32 --metric tpot_ms
  misused 'did you mean "p2p"' topology p2
  misused 'did you mean "decode"' calibrate decod
  misused 'try cmsim sweep ep-by-planes --out DIR' run ep-by-planes
  misused 'try cmsim run ep' sweep ep --out out
  misused 'try cmsim run SCENARIO --set model=deepseek-r1' run deepseek-r1
  misused 'try cmsim sweep' run "$CM_SOURCE_DIR/configs/sweeps/ep-by-planes.yaml"
  misused 'try cmsim run' sweep "$scenarios/ep.yaml" --out out
  misused 'cmsim run ep --out DIR makes a result of it' report ep
  misused 'found a sweep; try cmsim sweep' report "$CM_SOURCE_DIR/configs/sweeps/ep-by-planes.yaml"
  cmsim compare ep "$scenarios/p2p.yaml"
  assert_status 2
  assert_contains "$stderr" 'ep:1:1: expected a result'
  assert_contains "$stderr" 'p2p.yaml:1:1: expected a result'
  assert_contains "$stderr" '--rev A B compares two revisions with it'
  misused 'did you mean "scenarios"' list scenario
}

names_are_listed()
{
  cmsim list
  assert_status 0
  assert_matches "$stdout" 'scenarios +[0-9]+  one run'
  cmsim list scenarios
  assert_status 0
  assert_matches "$stdout" '  decode-ep320 +The main job: decode'
  ! awk 'length > 80 { exit 1 }' "$scratch/stdout" && fail "wider than 80"
  cmsim list metrics --format json
  assert_json 'any(each["name"] == "tpot_ms" and each["unit"] == "ms" and "decode" in each["workloads"] for each in result["metrics"])'
  # As wide as the terminal is.
  script -qec "stty cols 160; $CM_BINARY list scenarios" /dev/null >"$scratch/wide" </dev/null
  awk 'length > 110 { wide = 1 } length > 161 { exit 2 } END { exit !wide }' "$scratch/wide" || fail "not as wide as 160"
}

set_may_come_before_the_scenario()
{
  cmsim run --set workload.to=cpu:0 --set workload.op=write "$scenarios/p2p.yaml" --format json
  assert_status 0
  assert_json '1.0 < result["metrics"]["latency_us"]["value"] < 1.3'
}

nothing_is_written_without_out()
{
  mkdir here
  cd here || exit 1
  cmsim "${small[@]}"
  assert_status 0
  assert_equal "" "$stderr"
  assert_matches "$stdout" $'\n''dispatch +[0-9.]+ us'
  assert_equal "" "$(ls -A)"
}

a_result_is_run_again_to_the_same_bytes()
{
  cp -r "$CM_SOURCE_DIR/configs" configs
  cmsim run configs/scenarios/ep.yaml --set workload.ep=8 --set workload.tokens_per_rank=8 --seed 3 --configs configs --out a
  assert_status 0
  assert_contains "$(<a/run.log)" "command: cmsim run configs/scenarios/ep.yaml --set workload.ep=8"
  assert_json 'result["run"]["inputs"]["command"] == "cmsim run configs/scenarios/ep.yaml --set workload.ep=8 --set '\
'workload.tokens_per_rank=8 --seed 3"' a/result.json
  cmsim run a --configs configs --out b
  assert_status 0
  assert_equal "" "$stderr"
  cmp a/result.json b/result.json || fail "another result"
  echo '# another comment' >>configs/parts/ub-cloudmatrix384.yaml
  cmsim run a --configs configs --set workload.tokens_per_rank=16 --out c
  assert_status 0
  assert_contains "$stderr" "a/result.json: parts/ub-cloudmatrix384.yaml has changed"
  cmsim compare b c
  assert_matches "$stdout" 'workload\.tokens_per_rank +8 +16'
  cmsim run configs/scenarios/p2p.yaml --configs configs --out d
  cmsim compare a d
  assert_status 2
  assert_contains "$stderr" 'the workload is "p2p", that of a/result.json is "ep": results of different workloads'
}

json_is_what_the_file_holds()
{
  cmsim "${small[@]}" --format json --out out
  assert_status 0
  cmp "$scratch/stdout" out/result.json || fail "the two differ"
  assert_json 'result["schema"] == "cmsim-result/1" and result["run"]["seed"] == 1 and result["run"]["steady"]'
  assert_json 'result["metrics"]["dispatch_us"]["unit"] == "us" and result["histograms"]["rank_wait_us"]["count"] > 0'
  assert_json 'len(result["run"]["assumed"]) == result["run"]["evidence"]["assumed"] > 0'
  assert_json 'len(result["tables"]["uncertain_numbers"]["rows"]) == sum(result["run"]["evidence"][each] for each in ("assumed", "calibrated"))'
  assert_json '[row[3:5] for row in result["tables"]["uncertain_numbers"]["rows"] if row[0] == "machine.die.exchange.launch"] == [["1 us", "4 us"]]'
  [[ $(<out/result.json) != *"$(hostname)"* ]] || fail "the host's name is in the result"
  assert_contains "$(<out/run.log)" wall_time_s
}

equal_seeds_give_equal_files()
{
  "$CM_BINARY" "${small[@]}" --seed 5 --out a >table_a || fail "first run"
  "$CM_BINARY" "${small[@]}" --seed 5 --out b/c >table_b || fail "second run"
  "$CM_BINARY" "${small[@]}" --seed 6 --out d >table_d || fail "third run"
  cmp a/result.json b/c/result.json || fail "equal seeds differ"
  assert_json 'result["run"]["seed"] == 6' d/result.json
  local times='import json, sys; print(json.load(open(sys.argv[1]))["metrics"]["dispatch_us"]["value"])'
  [[ $(python3 -c "$times" a/result.json) != $(python3 -c "$times" d/result.json) ]] || fail "the seed changes nothing"
}

out_takes_new_empty_and_earlier_folders()
{
  mkdir empty
  for folder in new with/parents empty ./slash/ new; do
    cmsim "${small[@]}" --out "$folder"
    assert_status 0
    assert_equal "result.json run.log" "$(ls -A "$folder" | paste -sd ' ')"
  done
  cmsim "${small[@]}" --seed 9 --out new
  assert_json 'result["run"]["seed"] == 9' new/result.json
  assert_equal "empty new slash with" "$(ls -d -- */ | tr -d / | paste -sd ' ')"
}

# Refused at once: the run itself would take much longer than the time that is allowed.
out_refuses_everything_else()
{
  mkdir other foreign
  : >file
  : >other/file
  echo '{"schema": "theirs/1"}' >foreign/result.json
  ln -s nowhere dangling
  local before
  before=$(find . ! -name 'std*' | sort)
  for folder in other foreign file file/below dangling ""; do
    run timeout 2 "$CM_BINARY" run "$scenarios/ep.yaml" --set workload.repeats=1000 --out "$folder"
    assert_status 2
    assert_contains "$stderr" --out
  done
  assert_equal "$before" "$(find . ! -name 'std*' | sort)"
}

out_refuses_what_cannot_be_written()
{
  for folder in /proc/cmsim-test /proc/cmsim/test; do
    run timeout 2 "$CM_BINARY" run "$scenarios/ep.yaml" --set workload.repeats=1000 --out "$folder"
    assert_status 2
    assert_contains "$stderr" "cannot write"
  done
}

a_full_disk_is_told()
{
  [[ -w /dev/full ]] || exit 0
  "$CM_BINARY" "${small[@]}" >/dev/full 2>"$scratch/stderr"
  status=$?
  assert_status 2
  assert_contains "$(<"$scratch/stderr")" "cannot write"
}

topology_counts()
{
  cmsim topology "$scenarios/ep.yaml" --format json
  assert_status 0
  assert_json 'result["counts"].items() >= dict(nodes=48, npus=384, dies=768, cpus=192, l1_switches=336,
    l2_switches=112, l1_l2_links=5376).items()'
  cmsim topology "$scenarios/ep.yaml" --format json --set machine.nodes=2 --set machine.ub.sub_planes=5
  assert_status 0
  assert_json 'result["counts"].items() >= dict(nodes=2, npus=16, dies=32, l1_switches=10, l2_switches=80).items()'
  cmsim topology "$scenarios/p2p.yaml"
  assert_status 0
  assert_contains "$stdout" "150.5 TB/s"
  cmsim topology "$scenarios/p2p.yaml" --set machine.nodes=1 --format dot
  assert_status 0
  assert_matches "$stdout" '^graph '
  cmsim topology "$scenarios/p2p.yaml" --set machine.nodes=0
  assert_status 2
}

signals_end_the_run()
{
  for signal in INT TERM; do
    start "$CM_BINARY" run "$scenarios/ep.yaml" --set workload.repeats=1000 --out out
    sleep 0.5
    stop_with "$signal" 5
    assert_status $((128 + $(kill -l "$signal")))
    assert_equal "" "$(find . -name 'out*')"
  done
}

# end_child SIGNAL: of a search whose child runs now; leaves what run leaves.
end_child()
{
  start "$CM_BINARY" run "$scenarios/serving-pdc.yaml" --find-capacity slo.ttft=3s,slo.tpot=50ms
  for _ in {1..100}; do
    pgrep -P "$started" >/dev/null && break
    sleep 0.05
  done
  kill -s "$1" "$(pgrep -P "$started" | head -n 1)" || fail "no child runs"
  wait "$started"
  status=$? started=
  stderr=$(<"$scratch/stderr")
}

a_crash_of_a_child_is_our_mistake()
{
  end_child SEGV
  assert_status 3
  assert_contains "$stderr" '--find-capacity, trial at 1 times the load: the run of '
  assert_contains "$stderr" 'was ended by signal 11 (Segmentation fault)'
  # Requests to stop are the search's own: only this one ends a child from outside.
  end_child KILL
  assert_status 2
  assert_contains "$stderr" 'was ended by signal 9 (Killed)'
}

# start_long: a run into `out` that takes longer than any test, once it has the folder.
start_long()
{
  start "$CM_BINARY" run "$scenarios/ep.yaml" --set workload.repeats=1000 --out out
  for _ in {1..100}; do
    [[ -e out/.lock ]] && return
    sleep 0.05
  done
  fail "out was not taken"
}

two_runs_exclude_each_other()
{
  start_long
  local first=$started
  cmsim "${small[@]}" --out out
  assert_status 2
  assert_contains "$stderr" "--out out: another run is writing there (process $first on $(hostname))"
  stop_with TERM 5
  cmsim "${small[@]}" --out out
  assert_status 0
}

a_killed_run_leaves_the_old_result()
{
  cmsim "${small[@]}" --out out
  cp out/result.json before.json
  start_long
  stop_with KILL 5
  cmp out/result.json before.json || fail "the old result changed"
  # As if it had been killed while it wrote.
  mkdir out/.partial-99999999
  cp before.json out/.partial-99999999/result.json
  mkdir base
  cp -r out base/out
  cmsim compare base base --format json
  assert_status 0
  assert_json 'len(result["points"]) == 1'
  cmsim "${small[@]}" --out out
  assert_status 0
  assert_equal "result.json run.log" "$(ls -A out | paste -sd ' ')"
}

# survives ARGUMENT ...: cmsim ARGUMENT ... whose streams are closed, full, or have no reader.
survives()
{
  run "$CM_BINARY" "$@"
  local usual=$status
  "$CM_BINARY" "$@" >&- 2>"$scratch/stderr"
  [[ $? == 2 ]] || fail "closed output of $*"
  assert_contains "$(<"$scratch/stderr")" "standard output: cannot write"
  "$CM_BINARY" "$@" >/dev/full 2>"$scratch/stderr"
  [[ $? == 2 ]] || fail "full disk of $*"
  assert_contains "$(<"$scratch/stderr")" "standard output: cannot write: No space left on device"
  "$CM_BINARY" "$@" >"$scratch/printed" 2>&-
  [[ $? == "$usual" ]] || fail "closed errors of $*"
  cmp "$scratch/printed" "$scratch/stdout" || fail "other output without errors of $*"
  "$CM_BINARY" "$@" >/dev/null 2>/dev/full
  [[ $? == "$usual" ]] || fail "full errors of $*"
  "$CM_BINARY" "$@" 2>/dev/null | true
  [[ ${PIPESTATUS[0]} =~ ^($usual|141)$ ]] || fail "no reader of $*"
  # Who ignores SIGPIPE hands that down.
  (
    trap '' PIPE
    "$CM_BINARY" "$@" 2>"$scratch/stderr" | true
    [[ ${PIPESTATUS[0]} =~ ^($usual|2)$ ]]
  ) || fail "no reader of $*, without SIGPIPE"
}

closed_streams_are_no_crash()
{
  [[ -w /dev/full ]] || exit 0
  cmsim "${small[@]}" --out result
  survives "${small[@]}"
  survives "${small[@]}" --format json -v
  survives "${small[@]}" --out out
  [[ $(head -c 1 out/result.json) == "{" ]] || fail "what was printed is in the file"
  survives compare result result
  survives topology "$scenarios/p2p.yaml" --format dot
  # It reads every shipped file, which takes seconds.
  "$CM_BINARY" explain workload.ep >/dev/full 2>&1
  [[ $? == 2 ]] || fail "full disk of explain"
  survives completion bash
  survives manual
  survives --help
  survives run --help
  survives --version
}

"$1"
