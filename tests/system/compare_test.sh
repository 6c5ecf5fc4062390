#!/usr/bin/env bash
# cmsim compare as CI calls it: exit statuses, formats, what it says of a planted regression.
# compare_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
cd "$scratch" || exit 1

cmsim()
{
  run "$CM_BINARY" "$@"
}

# A decode small enough for a test, as `base` or with what is planted.
decode()
{
  local folder=$1
  shift
  "$CM_BINARY" run "$CM_SOURCE_DIR/configs/scenarios/decode-ep320.yaml" --set workload.ep=32 --set model.layers=5 \
    --set workload.batch_per_npu=16 --set workload.iterations=2 --set 'workload.experts={redundant: 0, shared_copies: 32}' \
    "$@" --out "$folder" >"$scratch/$folder.log" 2>&1 || fail "$(<"$scratch/$folder.log")"
}

ep()
{
  local folder=$1
  shift
  "$CM_BINARY" run "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --set workload.ep=8 --set workload.tokens_per_rank=8 \
    "$@" --out "$folder" >"$scratch/$folder.log" 2>&1 || fail "$(<"$scratch/$folder.log")"
}

# tampered FROM TO FACTOR: a copy of a result with tpot_ms and one part of its layer FACTOR times as large.
tampered()
{
  mkdir -p "$2"
  python3 - "$1/result.json" "$2/result.json" "$3" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
factor = float(sys.argv[3])
result["metrics"]["tpot_ms"]["value"] *= factor
layer = sum(part["value"] for part in result["breakdown"].values())
result["breakdown"]["experts"]["value"] += (factor - 1) * layer
json.dump(result, open(sys.argv[2], "w"))
END
}

equal_runs_are_equal()
{
  ep a
  ep b
  cmsim compare a b
  assert_status 0
  assert_contains "$stdout" "1 result: 1 equal"
  cmsim compare a/result.json b
  assert_status 0
}

a_planted_regression_is_found_and_explained()
{
  decode base
  tampered base worse 1.03
  cmsim compare base worse
  assert_status 1
  assert_matches "$stdout" 'tpot_ms .*\+3\.00 % +1 % +worse'
  assert_matches "$stdout" 'cause: experts \+.*\(100 %\)'
  cmsim compare base worse --tolerance tpot_ms=4%
  assert_status 0
  cmsim compare worse base
  assert_status 0
  assert_contains "$stdout" better
}

# Nothing is tampered with: slower vector cores make dispatch and combine slower, and the note names the number.
a_slower_machine_is_found_and_explained()
{
  decode base
  decode slower --set machine.die.hbm.bandwidth="0.8 TB/s"
  cmsim compare base slower
  assert_status 1
  assert_matches "$stdout" 'tpot_ms .*worse'
  assert_matches "$stdout" 'cause: (experts|attention) \+'
  assert_contains "$stdout" "the configurations differ"
  assert_contains "$stdout" "machine.die.hbm.bandwidth"
}

a_lost_sub_plane_is_named()
{
  ep base --set workload.tokens_per_rank=64
  ep fewer --set workload.tokens_per_rank=64 --set machine.ub.sub_planes=5
  cmsim compare base fewer
  assert_status 1
  assert_contains "$stdout" "sub-plane 5 carries 0 % of the traffic, was 14"
}

formats_for_ci()
{
  ep a
  ep b --set workload.aiv_cores=16
  cmsim compare a b --format markdown
  assert_status 1
  assert_matches "$stdout" '^## cmsim: regression'
  cmsim compare a b --format junit
  assert_status 1
  python3 - "$scratch/stdout" <<'END' || fail "JUnit"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites"
failed = [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]
assert len(failed) == int(root.get("failures")) > 0 and "dispatch_us" in failed, failed
END
}

wrong_use()
{
  ep a
  mkdir empty
  echo '{"schema": "theirs/1"}' >theirs.json
  printf '{\n  "schema":' >cut.json
  for arguments in 'a' 'a a a' 'a empty' 'a absent' 'a theirs.json' 'a cut.json' 'a a --tolerance dispatch_u=1%' \
    'a a --tolerance dispatch_us=much' 'a a --set a=1' '--rev HEAD' '--rev absent-1 absent-2 absent.yaml'; do
    # Several words each.
    # shellcheck disable=SC2086
    cmsim compare $arguments
    assert_status 2
    assert_equal "" "$stdout"
    [[ -n $stderr ]] || fail "compare $arguments: says nothing"
  done
  cmsim compare theirs.json cut.json
  assert_contains "$stderr" "theirs.json:1:12: schema: expected"
  assert_contains "$stderr" "cut.json:2:12: expected a value of JSON"
  cmsim compare a a --tolerance dispatch_u=1%
  assert_contains "$stderr" 'did you mean "dispatch_us"?'
  # Before anything is built.
  run timeout 5 "$CM_BINARY" compare --rev HEAD HEAD "$CM_SOURCE_DIR/configs/scenarios/ep.yaml" --tolerance dispatch_u=1%
  assert_status 2
  assert_contains "$stderr" 'did you mean "dispatch_us"?'
  cmsim compare a a --out a
  assert_status 2
  assert_contains "$stderr" 'found a result (result.json)'
}

"$1"
