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

mistakes_exit_2()
{
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_ns
  assert_status 2
  assert_contains "$stderr" 'did you mean "latency_us"?'
  run "$CM_BINARY" sensitivity "${p2p[@]}" --metric latency_us --set "machine.ub.traversal_latency={value: 200 ns, range: [300 ns, 400 ns], assumed: why}"
  assert_status 2
  assert_contains "$stderr" "expected a lower and a higher end with 200 ns between them"
}

"$1"
