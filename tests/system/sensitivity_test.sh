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
assert "machine.ub.cpu_lanes" in found["not_varied"], found["not_varied"]' "$scratch/stdout" || fail "another tornado"
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

"$1"
