#!/usr/bin/env bash
# cmsim report without a browser, topology --format svg, completion, the manual page. report_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
cd "$scratch" || exit 1

configs=$CM_SOURCE_DIR/configs
small=("$configs/scenarios/ep.yaml" --set workload.ep=8 --set workload.repeats=1 --set workload.tokens_per_rank=16)

# A tree with what draws charts, and a PATH on which there is no npm.
tree_without_npm()
{
  mkdir -p tree/tools/report bin
  cp -r "$CM_SOURCE_DIR/tools/report/charts" tree/tools/report/charts
  rm -rf tree/tools/report/charts/node_modules
  ln -s "$configs" tree/configs
  local tool
  for tool in bash cat cksum dirname flock mkdir readlink rm; do
    ln -s "$(command -v "$tool")" "bin/$tool"
  done
}

without_npm_tables_are_written_and_the_rest_is_told()
{
  tree_without_npm
  cp "$configs/scenarios/ep.yaml" 'a<script>alert(1)&".yaml'
  run "$CM_BINARY" run 'a<script>alert(1)&".yaml' "${small[@]:1}" --configs "$configs" --out out
  assert_status 0
  run env PATH="$PWD/bin" "$CM_BINARY" report out --configs tree/configs --specs
  assert_status 3
  assert_contains "$stderr" "npm"
  assert_contains "$stderr" "apt-get install nodejs npm"
  assert_contains "$stdout" "written: out/report.html"
  local page
  page=$(<out/report.html)
  assert_contains "$page" "<td>dispatch_<wbr>us</td>"
  assert_contains "$page" "The charts are not drawn"
  assert_contains "$page" "L1 chips: no packet crossed their links."
  assert_contains "$page" "a&lt;script&gt;alert(1)&amp;&quot;.yaml"
  [[ $page != *"<script>alert"* ]] || fail "a name is part of the page's code"
  python3 - out/charts/*.vl.json <<'EOF' || fail "another specification"
import json, sys
names = {path.split("/")[-1] for path in sys.argv[1:]}
assert {"cumulative-us.vl.json", "use-per-stage.vl.json"} <= names, names
# Eight ranks of one node: packets cross no link between switches.
assert not any("chips" in name for name in names), names
for path in sys.argv[1:]:
    chart = json.load(open(path))
    assert chart["data"]["values"] and chart["$schema"].endswith("/vega-lite/v6.json"), path
EOF
}

folders_without_results_are_refused()
{
  mkdir empty
  run "$CM_BINARY" report empty
  assert_status 2
  assert_contains "$stderr" "found none of them"
  run "$CM_BINARY" report nowhere
  assert_status 2
  assert_contains "$stderr" "nowhere: expected a folder with results, found nothing"
  echo '{"schema": "cmsim-result/1", "run": 7}' >empty/result.json
  run "$CM_BINARY" report empty
  assert_status 2
  assert_contains "$stderr" "empty/result.json:1:37: run: expected an object, found 7"
  echo '{"schema": "other/1"}' >empty/result.json
  run "$CM_BINARY" report empty
  assert_status 2
  assert_contains "$stderr" 'expected "cmsim-result/1", found "other/1"'
  [[ ! -e empty/report.html ]] || fail "a page was written"
}

topology_is_a_picture()
{
  # Ranks in several nodes, or no packet would leave an L1 chip upwards.
  run "$CM_BINARY" run "${small[@]}" --set workload.ep=32 --out out
  assert_status 0
  run "$CM_BINARY" topology "$configs/scenarios/ep.yaml" --format svg --result out
  assert_status 0
  python3 - "$scratch/stdout" <<'EOF' || fail "another picture"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.attrib["width"] == "297mm" and root.attrib["height"] == "210mm"
tips = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
count = lambda start: sum(tip.startswith(start) for tip in tips)
# Ranks in two nodes: the racks behind theirs are folded into one place.
texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
assert count("L2 chip") == 7 * 16 and count("L1 chip") == 4 * 7, tips[:3]
assert sum(", die " in tip for tip in tips) == 64 and sum(", CPU " in tip for tip in tips) == 16
assert "racks 1-11" in texts and "nodes 4-47: idle" in texts and "100 %" in texts, texts
assert any(text.startswith("L1: nodes 0-1 send; nodes 2-47 are idle") for text in texts), texts
assert any("% busy" in tip and " 0.00 %" not in tip for tip in tips)
EOF
  run "$CM_BINARY" topology "$configs/scenarios/ep.yaml" --format svg --set machine.ub.sub_planes=5
  assert_status 0
  assert_contains "$stdout" "node 47, CPU 3"
  assert_contains "$stdout" "L1 chip of node 0, sub-plane 6: out of service"
  run "$CM_BINARY" topology "$configs/scenarios/ep.yaml" --format svg --result out --set machine.ub.sub_planes=5
  assert_status 2
  assert_contains "$stderr" "expected 5 sub-planes of 48 chips, as this machine has"
  run "$CM_BINARY" topology "$configs/scenarios/ep.yaml" --result out
  assert_status 2
  assert_contains "$stderr" "expected --format svg too"
}

# complete_words WORD ...: what bash offers after these words, as it takes them apart at "=".
complete_words()
{
  mkdir -p bin
  ln -sf "$CM_BINARY" bin/cmsim
  PATH=$PWD/bin:$PATH bash -c 'source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cmsim
    printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}

bash_completes()
{
  "$CM_BINARY" completion bash >completion.bash || fail "no script"
  mkdir results
  assert_equal "$(complete_words cmsim rep)" report
  assert_contains "$(complete_words cmsim run --ti)" --timeline
  assert_equal "$(complete_words cmsim topology x.yaml --format "")" "$(printf '%s\n' table json dot svg)"
  assert_equal "$(complete_words cmsim run x.yaml --out res)" results
  assert_equal "$(complete_words cmsim run x.yaml --out = res)" results
  assert_equal "$(complete_words cmsim completion z)" zsh
  assert_equal "$(complete_words cmsim run decode)" "$(printf '%s\n' decode-dense decode-ep320)"
  assert_equal "$(complete_words cmsim run p2p --set workload.t)" workload.to=
  assert_equal "$(complete_words cmsim run ep --set workload.fused = )" "$(printf '%s\n' true false)"
  assert_equal "$(complete_words cmsim run ep --set machine = h8)" h800-cluster
  assert_equal "$(complete_words cmsim run p2p --set workload.from = die :)" 0
  assert_equal "$(complete_words cmsim validate --group p2)" p2p
  assert_equal "$(complete_words cmsim list mod)" models
  assert_equal "$(complete_words cmsim sensitivity p2p --metric lat)" latency_us
  local command
  for command in $(complete_words cmsim "" | grep -v '^--'); do
    run "$CM_BINARY" "$command" --help
    assert_status 0
  done
}

# Whoever presses the key waits: the slowest question, which reads every shipped scenario, in a second at most on a busy
# machine.
completion_is_quick()
{
  local begin=$EPOCHREALTIME
  run "$CM_BINARY" complete-words run --set workload.
  assert_status 0
  local spent=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
  echo "$spent ms"
  python3 -c 'import resource, subprocess, sys
subprocess.run([sys.argv[1], "complete-words", "run", "--set", "workload."], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
assert used.ru_utime + used.ru_stime < 0.3, used' "$CM_BINARY" || fail "more than 300 ms of processor time"
}

zsh_script_is_one()
{
  run "$CM_BINARY" completion zsh
  assert_status 0
  assert_contains "$stdout" "#compdef cmsim"
  assert_contains "$stdout" "complete-words"
  ! command -v zsh >/dev/null || zsh -n "$scratch/stdout" || fail "zsh does not take it"
  run "$CM_BINARY" completion fish
  assert_status 2
}

the_manual_names_every_command()
{
  run "$CM_BINARY" manual
  assert_status 0
  cp "$scratch/stdout" cmsim.1
  "$CM_BINARY" completion bash >completion.bash
  local command
  for command in $(complete_words cmsim "" | grep -v '^--'); do
    grep -q "^.SS cmsim $command\$" cmsim.1 || fail "the manual lacks $command"
  done
  if command -v groff >/dev/null; then
    assert_equal "$(groff -man -Tutf8 -ww cmsim.1 2>&1 >/dev/null)" ""
  fi
}

every_command_shows_an_example()
{
  "$CM_BINARY" completion bash >completion.bash
  local command
  for command in $(complete_words cmsim "" | grep -v '^--'); do
    run "$CM_BINARY" "$command" --help
    assert_matches "$stdout" "Examples?:"
    assert_contains "$stdout" "cmsim $command"
    assert_equal "$(awk 'length($0) > 80' <<<"$stdout")" ""
  done
}

a_sweep_ends_with_its_front()
{
  cat >sweep.yaml <<EOF
bases:
  - scenario: decode-ep320
    set: {workload.iterations: 1, workload.ep: 32, workload.experts: {redundant: 32, shared_copies: 32}}
    axes:
      - workload.batch_per_npu: [4, 8]
EOF
  run "$CM_BINARY" sweep sweep.yaml --out out --configs "$configs"
  assert_status 0
  assert_contains "$stdout" "tokens/s/NPU (up) against tokens/s/user (right)"
  assert_contains "$stdout" "no point is better in both: "
  [[ $stdout != *$'\x1b'* ]] || fail "colour without a terminal"
  local line
  while IFS= read -r line; do
    ((${#line} <= 80)) || fail "wider than 80: $line"
  done <<<"$stdout"
}

"$1"
