#!/usr/bin/env bash
# cmsim validate: rows, groups, planted mistakes, known gaps, the page. validate_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
cd "$scratch" || exit 1

# A tree whose only row is an intra-node read, published as 1.2 us and simulated as 1.17.
tree_with_row()
{
  mkdir -p tree/tests/validation/a-source tree/docs
  ln -sfn "$CM_SOURCE_DIR/configs" tree/configs
  {
    echo row,scenario,set,metric,published,tolerance,class,source,reason,gap,gap_from
    echo "near-read,p2p.yaml,workload.to=die:2 workload.op=read workload.bytes=512B,latency_us,1.2,$1,predicted,a page,\"a, reason\",$2"
  } >tree/tests/validation/a-source/p2p.csv
}

validate()
{
  run "$CM_BINARY" validate --configs tree/configs "$@"
}

a_row_within_its_tolerance()
{
  tree_with_row 5% ,
  validate
  assert_status 0
  assert_contains "$stdout" "1 of 1 rows as expected"
  assert_contains "$stdout" "not counted: ep, operators"
  validate --format json
  python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert len(rows) == 1 and rows[0]["published"] == 1.2 and rows[0]["class"] == "predicted", rows
assert abs(rows[0]["error"]) < 0.05 and rows[0]["verdict"] == "within" and rows[0]["reason"] == "a, reason", rows' "$scratch/stdout" ||
    fail "another row"
}

a_planted_bandwidth_is_named()
{
  run "$CM_BINARY" validate --configs "$CM_SOURCE_DIR/configs" --group p2p --set "machine.ub.lane_bandwidth=14 GB/s"
  assert_status 1
  assert_contains "$stdout" "OUTSIDE their tolerance: "
  assert_contains "$stdout" npu-read-inter-bandwidth
  tree_with_row 5% ,
  validate --set "machine.ub.access.npu_base=2 us"
  assert_status 1
  assert_contains "$stdout" "OUTSIDE their tolerance: near-read"
  assert_contains "$stdout" "0 of 1 rows as expected"
}

a_known_gap_must_still_be_there()
{
  tree_with_row 5% D999,1%
  validate
  assert_status 0
  assert_contains "$stdout" "known gaps, still there: near-read (D999)"
  tree_with_row 5% D999,4%
  validate
  assert_status 1
  assert_contains "$stdout" "GONE"
}

mistakes_exit_2()
{
  tree_with_row 5% ,
  validate --group p3p
  assert_status 2
  assert_contains "$stderr" 'did you mean "p2p"?'
  validate --set machine.ub.lane_bandwith=1
  assert_status 2
  assert_contains "$stderr" 'did you mean "lane_bandwidth"?'
  validate --write --group p2p
  assert_status 2
  tree_with_row five ,
  validate
  assert_status 2
  assert_contains "$stderr" 'p2p.csv:2:1: tolerance: expected a share like 3%, found "five"'
  tree_with_row 5% ,
  sed -i s/latency_us/latency_ms/ tree/tests/validation/a-source/p2p.csv
  validate
  assert_status 2
  assert_contains "$stderr" 'p2p.csv:2:1: row near-read: expected a metric of the run, found "latency_ms"'
}

write_keeps_the_words_around_the_rows()
{
  tree_with_row 5% ,
  validate --write
  assert_status 2
  printf '# Page\n\nBefore.\n\n%s\nold rows\n%s\n\nAfter.\n' '<!-- rows: written by `cmsim validate --write` -->' \
    '<!-- end of rows -->' >tree/docs/validation.md
  validate --write
  assert_status 0
  local page
  page=$(<tree/docs/validation.md)
  assert_contains "$page" Before.
  assert_contains "$page" After.
  assert_contains "$page" "| near-read | 1.200 | "
  [[ $page != *"old rows"* ]] || fail "the old rows are still there"
  python3 -c 'import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])' tree/docs/images/validation.svg ||
    fail "no picture"
}

ctrl_c_keeps_the_rows_that_are_there()
{
  start "$CM_BINARY" validate --configs "$CM_SOURCE_DIR/configs" --group p2p --jobs 1 --out out
  await_finished_runs 2
  stop_with INT 10
  assert_status 130
  assert_contains "$stdout" 'PARTIAL: interrupted by signal 2 (Interrupt)'
  assert_contains "$stdout" 'not run'
  assert_contains "$(<out/validation.json)" '"partial"'
  run "$CM_BINARY" validate --configs "$CM_SOURCE_DIR/configs" --group p2p --out out
  assert_status 0
  [[ $(<out/validation.json) != *'"partial"'* && ! -e out/finished-runs.jsonl ]] || fail "still partial"
}

"$1"
