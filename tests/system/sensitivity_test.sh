#!/usr/bin/env bash
# cmsim sensitivity and cmsim run --uncertainty. sensitivity_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
cd "$scratch" || exit 1
p2p=("$CM_SOURCE_DIR/configs/scenarios/p2p.yaml" --configs "$CM_SOURCE_DIR/configs")

a_latency_depends_most_on_its_traversals()
{
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us --format json
  assert_status 0
  python3 -c 'import json, sys
found = json.load(open(sys.argv[1]))
first = found["numbers"][0]
assert first["path"] == "machine.ub.traversal_latency" and first["at_low"] < found["value"] < first["at_high"], first
assert found["low"] < 1.9 < found["high"], found
listed = [each["path"] for each in found["numbers"]] + found["not_varied"]
assert "machine.ub.cpu_lanes" not in listed, "a number that the run does not use: %s" % listed' "$scratch/stdout" || fail "another tornado"
}

error_bars_are_the_same_for_equal_seeds()
{
  run "$CM_BINARY" run "${p2p[@]}" --uncertainty 5 --format json
  assert_status 0
  cp stdout first
  run "$CM_BINARY" run "${p2p[@]}" --uncertainty 5 --format json
  cmp -s first stdout || fail "two results of one seed differ"
  python3 -c 'import json, sys
row = json.load(open(sys.argv[1]))["tables"]["uncertainty"]["rows"][0]
assert row[0] == "latency_us" and row[2] < row[1] < row[3], row' "$scratch/stdout" || fail "another table"
}

every_part_is_made_free_by_a_run()
{
  local small=("$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --configs "$CM_SOURCE_DIR/configs" --set workload.ep=32
    --set workload.tokens_per_rank=16 --set workload.repeats=1)
  run "$CM_BINARY" run "${small[@]}" --set workload.free=host --out out
  assert_status 0
  run "$CM_BINARY" run "${small[@]}" --what-if-free --out with
  assert_status 0
  assert_contains "$stdout" "what_if_free"
  python3 - <<'EOF' || fail "another table"
import json
free, whole = json.load(open("out/result.json")), json.load(open("with/result.json"))
rows = {row[0]: row for row in whole["tables"]["what_if_free"]["rows"]}
assert list(rows) == ["nothing", "network", "host", "queueing"], rows
# By a run of that name, and by nothing else.
assert rows["host"][1] == free["metrics"]["dispatch_us"]["value"], rows
assert rows["nothing"][1] == whole["metrics"]["dispatch_us"]["value"] > rows["network"][1], rows
assert abs(rows["host"][2] - 100 * (rows["host"][1] / rows["nothing"][1] - 1)) < 1e-9, rows
assert any("idealisation" in note for note in free["notes"]) and "--what-if-free" in whole["run"]["inputs"]["command"]
EOF
  run "$CM_BINARY" run with --out again
  assert_status 0
  cmp -s with/result.json again/result.json || fail "the repeated result differs"
}

mistakes_exit_2()
{
  run "$CM_BINARY" run "$CM_SOURCE_DIR/configs/scenarios/gemm.yaml" --configs "$CM_SOURCE_DIR/configs" --what-if-free
  assert_status 2
  assert_contains "$stderr" "a run of gemm has no parts that could be free; these kinds do: p2p, collective, ep, decode, prefill"
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_ns
  assert_status 2
  assert_contains "$stderr" 'did you mean "latency_us"?'
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us --set "machine.ub.traversal_latency={value: 200 ns, range: [300 ns, 400 ns], assumed: why}"
  assert_status 2
  assert_contains "$stderr" "expected a lower and a higher end with 200 ns between them"
}

names_are_checked_before_anything_runs()
{
  run timeout 5 "$CM_BINARY" sensitivity "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --metric nonsense
  assert_status 2
  assert_contains "$stderr" '--metric: expected a metric of the run, found "nonsense"; metrics: '
  run timeout 5 "$CM_BINARY" sensitivity "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --metric dispach_us
  assert_status 2
  assert_contains "$stderr" 'did you mean "dispatch_us"?'
}

# An end of a range that its run refuses: more than all of the bytes.
a_failing_end_is_a_row_and_the_others_stay()
{
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us \
    --set "machine.ub.payload_share={value: 97 %, range: [95 %, 130 %], assumed: why}"
  assert_status 2
  assert_contains "$stdout" 'machine.ub.traversal_latency'
  assert_matches "$stdout" 'machine.ub.payload_share: [0-9.]+ at low, - at high: '
  assert_matches "$stdout" 'PARTIAL: 1 run failed; what is told rests on [0-9]+ finished runs'
}

ctrl_c_prints_what_is_known_and_the_same_command_goes_on()
{
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us --out whole --format json
  assert_status 0
  cp stdout whole.json
  start "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us --jobs 1 --out out
  await_finished_runs 3
  stop_with INT 10
  assert_status 130
  assert_contains "$stdout" 'PARTIAL: interrupted by signal 2 (Interrupt); what is told rests on'
  assert_contains "$stdout" 'not run: '
  assert_contains "$(<out/sensitivity.json)" '"partial"'
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us --out out --format json
  assert_status 0
  cmp -s whole.json stdout || fail "another result than in one go"
  [[ ! -e out/finished-runs.jsonl ]] || fail "the journal outlives the result"
  # In a folder with a result of another kind it would pass for that.
  run "$CM_BINARY" run "${p2p[@]}" --out out
  assert_status 2
  assert_contains "$stderr" 'found a sensitivity (sensitivity.json)'
}

# Before anything is known.
the_status_is_that_of_the_signal()
{
  start "$CM_BINARY" sensitivity "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --set workload.repeats=1000 --metric dispatch_us
  until pgrep -P "$started" >/dev/null; do kill -0 "$started" || fail "it ended"; sleep 0.02; done
  stop_with TERM 10
  assert_status 143
  assert_contains "$stderr" 'stopped before the run as shipped was finished'
}

# Statistics of histograms are known as comparisons call them.
a_statistic_is_watched()
{
  run "$CM_BINARY" run "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --set workload.ep=8 --set workload.tokens_per_rank=8 --format json
  assert_status 0
  name=$(python3 -c 'import json, sys
histograms = json.load(open(sys.argv[1]))["histograms"]
print(next(name for name, values in histograms.items() if values["count"] > 0))' stdout)
  run "$CM_BINARY" sensitivity "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --set workload.ep=8 \
    --set workload.tokens_per_rank=8 --metric "$name.p99"
  assert_status 0
  assert_contains "$stdout" "$name.p99 = "
}

interrupted_error_bars_rest_on_what_is_finished()
{
  start "$CM_BINARY" run "${p2p[@]}" --uncertainty 200 --what-if-free --out out
  await_finished_runs 3
  stop_with INT 10
  assert_status 130
  python3 -c 'import json, sys
result = json.load(open(sys.argv[1]))
table = result["tables"]["uncertainty"]
assert "PARTIAL" in table["sentence"] and "of 200 runs finished" in table["sentence"] and table["rows"], table
# Who asks to stop wants no other runs instead.
assert "what_if_free" not in result["tables"], result["tables"]
assert any("what_if_free is missing" in warning for warning in result["warnings"]), result["warnings"]' out/result.json || fail "no partial table"
  [[ -s out/finished-runs.jsonl ]] || fail "the runs are lost"
}

"$1"
