#!/usr/bin/env bash
# What a user can get wrong: status 2, a position on standard error, nothing on standard output, no folder left behind.
# bad_input_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"
scenarios=$CM_SOURCE_DIR/configs/scenarios
position=':[0-9]+:[0-9]+: '
cd "$scratch" || exit 1

# refused WORDS ARGUMENT ...: `cmsim run ARGUMENT ...` complains with a position and WORDS.
refused()
{
  local words=$1
  shift
  run "$CM_BINARY" run "$@" --out out/deep
  assert_status 2
  assert_equal "" "$stdout"
  assert_matches "$stderr" "$position"
  assert_contains "$stderr" "$words"
  [[ ! -e out ]] || fail "an output folder was left behind by: $*"
}

# Of ep.yaml with one key set.
refused_set()
{
  refused "--set ${2%%=*}:1:1: " "$scenarios/ep.yaml" --set "$2"
  assert_contains "$stderr" "$1"
}

wrong_types_and_units()
{
  refused_set 'expected an integer' 'workload.ep=many'
  refused_set 'expected an integer' 'workload.ep=[8]'
  refused '--set workload.ep:1:1: ' "$scenarios/ep.yaml" --set 'workload.ep={a: 1}'
  refused_set 'expected an integer' 'workload.ep='
  refused_set 'expected an integer' 'workload.tokens_per_rank=1.5'
  refused_set 'expected true or false' 'workload.fused=maybe'
  refused_set 'expected a bandwidth' 'machine.ub.lane_bandwidth=14'
  refused_set 'expected a bandwidth' 'machine.ub.lane_bandwidth=14 GB'
  refused_set 'expected a size' 'machine.ub.mtu=8 us'
  refused_set 'expected a time' 'machine.ub.traversal_latency=8 KiB'
  refused_set 'expected a map of keys' 'machine.ub=7'
  refused_set 'expected a map of keys' 'workload=7'
  refused_set 'expected one of' 'workload.routing=evenly'
  refused 'workload.from: expected an endpoint like' "$scenarios/p2p.yaml" --set workload.from=die
  refused 'workload.to: the machine has cpu:0 to cpu:191' "$scenarios/p2p.yaml" --set workload.to=cpu:192
}

absurd_numbers()
{
  refused_set 'expected an integer between' 'workload.ep=0'
  refused_set 'expected an integer between' 'workload.ep=-8'
  refused_set 'expected an integer' 'workload.ep=1e9'
  refused_set 'expected an integer' 'workload.ep=nan'
  refused_set 'expected an integer' 'workload.ep=99999999999999999999'
  refused_set 'do not divide over 7 ranks' 'workload.ep=7'
  refused_set 'the machine has 768' 'workload.ep=1024'
  refused_set 'expected an integer between' 'workload.tokens_per_rank=0'
  refused_set 'expected an integer between' 'machine.ub.sub_planes=0'
  refused_set 'expected an integer' 'machine.ub.sub_planes=1e9'
  refused_set 'expected an integer' 'machine.nodes=nan'
  refused_set 'expected a bandwidth' 'machine.ub.lane_bandwidth=nan GB/s'
  refused_set 'expected a bandwidth' 'machine.ub.lane_bandwidth=-28 GB/s'
  refused_set 'expected a bandwidth' 'machine.ub.lane_bandwidth=inf GB/s'
  refused_set 'expected an integer of at least 0' 'seed=-1'
}

wrong_keys()
{
  refused_set 'did you mean "ep"?' 'workload.epp=8'
  refused_set 'did you mean "sub_planes"?' 'machine.ub.sub_plane=5'
  refused_set 'did you mean "machine"?' 'machien=cloudmatrix384'
  refused_set 'did you mean "ep"?' 'workload.kind=eep'
  refused_set 'did you mean "cloudmatrix384"?' 'machine=cloudmatrix348'
  refused_set 'available: ' 'machine=zzz'
  refused_set 'did you mean "kunpeng-920"?' 'machine.cpu.part=kunpeng-90'
  refused_set 'found no no/such.yaml' 'machine=no/such.yaml'
  refused_set 'names no model' 'model.layers=4'
  refused_set 'expected key=value' 'workload.ep'
  refused_set 'expected a "]" that closes the "["' 'workload.ep=[8'
  refused_set 'expected a path' 'workload..ep=8'
}

files_that_are_no_scenarios()
{
  mkdir folder
  : >empty.yaml
  printf '# only a comment\n' >comment.yaml
  printf -- '- a\n- list\n' >list.yaml
  printf 'word\n' >word.yaml
  printf 'machine: \xff\xfe\n' >latin.yaml
  printf '\x7fELF\x02\x00\x00' >binary.yaml
  printf 'machine: cloudmatrix384\nworkload: {kind: ep\n' >open.yaml
  printf 'machine: a\nmachine: b\n' >twice.yaml
  printf 'seed: &x 1\nmachine: *x\n' >alias.yaml
  refused 'missing.yaml:1:1: ' missing.yaml
  refused 'folder:1:1: expected a file, found a directory' folder
  refused 'empty.yaml:1:1: ' empty.yaml
  refused 'comment.yaml:1:1: ' comment.yaml
  refused 'found a list' list.yaml
  refused 'found a single value' word.yaml
  refused 'latin.yaml:1:10: expected UTF-8' latin.yaml
  refused 'binary.yaml:1:1: ' binary.yaml
  refused 'open.yaml:' open.yaml
  refused 'twice.yaml:2:1: expected each key once' twice.yaml
  refused 'alias.yaml:1:7: ' alias.yaml
  refused '/dev/null:1:1: ' /dev/null
}

files_that_a_scenario_names()
{
  mkdir machines
  : >machines/empty.yaml
  printf '\xff' >machines/latin.yaml
  printf 'name: x\nub: {part: nothing}\n' >machines/part.yaml
  for machine in machines machines/empty.yaml machines/latin.yaml machines/part.yaml; do
    printf 'machine: ./%s\nworkload: {kind: ep, ep: 8}\n' "$machine" >s.yaml
    refused "$machine:" s.yaml
  done
  printf 'machine: ./none.yaml\nworkload: {kind: ep, ep: 8}\n' >s.yaml
  refused 's.yaml:1:10: machine: ' s.yaml
}

wrong_memory()
{
  local kv=$scenarios/kv-access.yaml load=$scenarios/model-load.yaml
  refused 'machine.memory.tiers.ssd.capacity' "$kv" --set 'machine.memory.tiers.ssd.capacity=0 GB'
  refused 'did you mean "ssd"' "$kv" --set 'machine.memory.tiers.sdd.capacity=1 GB'
  refused 'fits one place of the pool' "$kv" --set 'workload.block=600 GB'
  refused 'do not fit' "$kv" --set 'workload.blocks=100000000'
  refused 'pool: expected one of dram, hbm' "$kv" --set 'workload.pool=dran'
  refused 'machine.memory.ladder' "$kv" --set 'machine.memory.ladder.dram=2 us'
  refused 'expected a list of numbers' "$kv" --set 'workload.compare.stripes=[0]'
  refused 'expected a readable file' "$kv" --set workload.popularity=trace --set workload.trace=nowhere.txt
  refused 'expected immutable blocks' "$kv" --set workload.migration.policy=lru --set 'workload.write_share=1 %'
  refused 'fits the HBM of 16 NPUs' "$load" --set 'workload.model_bytes=3 TB'
  refused 'do not fit' "$load" --set workload.instances=25
  refused 'the DRAM of an instance' "$load" --set 'workload.local_dram=9 TB'
}

# What-ifs that no device could be wired for, or that no memory holds: the key, the limit and where it is from.
machines_that_cannot_be_built()
{
  refused_set 'expected at most 48 nodes, found 96' 'machine.nodes=96'
  assert_contains "$stderr" 'machine.ub.ports.l2 at '
  assert_contains "$stderr" 'ub-cloudmatrix384.yaml:'
  assert_contains "$stderr" 'arXiv:2506.12708v2 3.3.3'
  refused_set 'expected at most 7 sub-planes, found 8' 'machine.ub.sub_planes=8'
  refused_set 'expected at most 16 L2 switch chips in a sub-plane, found 17' 'machine.ub.l2_per_sub_plane=17'
  refused_set 'expected at most 20 dies and CPUs in a node, found 36' 'machine.node.npus=16'
  refused_set 'expected at most 20 dies and CPUs in a node, found 24' 'machine.node.cpus=8'
  refused_set 'expected less than the capacity' 'machine.die.hbm.reserved=64 GB'
  refused_set 'expected at most ' 'workload.tokens_per_rank=100000'
  refused '--set machine.nodes:1:1: machine.nodes: expected at most 64 nodes' "$scenarios/h800-ep.yaml" --set machine.nodes=65
  refused '--set machine.node.npus:1:1: ' "$scenarios/h200-copy.yaml" --set machine.node.npus=13
  refused 'of the smaller of the two memories' "$scenarios/p2p.yaml" --set 'workload.bytes=65 GB'
  refused 'expected buffers that fit' "$scenarios/collective.yaml" --set 'workload.bytes=4 GB'
  refused 'expected factors and a result that fit the HBM' "$scenarios/gemm.yaml" --set workload.m=16777216
}

# The links of a node that stand beside a simulated fat tree.
traffic_inside_a_node()
{
  local links='takes the links of machine.ub on this machine'
  refused "$links" "$scenarios/prefill-ep32.yaml" --set machine=h800-cluster
  refused "$links" "$scenarios/collective.yaml" --set machine=h800-cluster
  refused "$links" "$scenarios/p2p.yaml" --set machine=h800-cluster --set workload.to=die:7
  refused "$links" "$scenarios/h800-decode-ep144.yaml" --set workload.tp=2 --set workload.split=auto
  refused "$links" "$scenarios/serving-pdc.yaml" --set machine=h800-cluster
}

# Copies and batches that are offered instead of those that cannot be.
offers()
{
  local decode=$scenarios/decode-ep320.yaml dense=$scenarios/decode-dense.yaml
  refused '320 ranks do not divide into groups of 3; the nearest size that they divide into is 2 or 4' "$decode" --set workload.tp=3
  refused 'fewer than the 24 aic and 48 aiv of a die, found {aic: 24, aiv: 8}' "$decode" --set 'workload.split={aic: 24, aiv: 8}'
  refused 'expected quantisation: int8, found fp8' "$decode" --set workload.quantisation=fp8 --set workload.compare_quantisation=true
  refused 'but the machine has 384: expected at most 96' "$dense" --set workload.dp=384
  refused 'for 300 ranks: workload.experts=auto, which takes 10 redundant and 34 shared copies, or redundant: 12; the nearest EP' \
    "$decode" --set workload.ep=300
  # At what was typed, not at what it does not go with.
  refused '--set workload.experts.redundant:1:1: workload.experts.redundant: 256 routed + 5 redundant' "$decode" --set workload.experts.redundant=5
  refused '--set workload.experts.shared_copies:1:1: workload.experts.shared_copies: 256 routed' "$decode" --set workload.experts.shared_copies=5
  refused '--set workload.redundant:1:1: workload.redundant: 256 routed + 5 redundant' "$scenarios/ep.yaml" --set workload.redundant=5
  refused '--set workload.prefill.experts.shared_copies:1:1: workload.prefill.experts.shared_copies: the shared' "$scenarios/serving-pdc.yaml" --set workload.prefill.experts.shared_copies=5
  refused "$decode:9:7: workload.ep: 255 routed" "$decode" --set model.moe.routed_experts=255
  refused '--set workload.output_length:1:1: workload.output_length: 4096 + 200000 tokens' "$decode" --set workload.output_length=200000
  refused '--set workload.generator.requests:1:1: ' "$scenarios/serving-pdc.yaml" --set workload.generator.requests=1000000000
  refused 'did you mean "auto"' "$decode" --set workload.experts=atuo
  refused 'auto chooses copies in decode, prefill and serving' "$scenarios/ep.yaml" --set workload.experts=auto
  refused 'did you mean workload.prefill.experts or workload.decode.experts?' "$scenarios/serving-pdc.yaml" --set workload.experts=auto
  run "$CM_BINARY" run "$decode" --set workload.experts=auto --set workload.batch_per_npu=400
  assert_status 2
  assert_matches "$stderr" "^$decode$position"'workload: the deployment does not fit the HBM'
  assert_contains "$stderr" '; the largest batch_per_npu that fits is '
  run "$CM_BINARY" run "$scenarios/serving-pdc.yaml" --set workload.decode.batch_per_npu=9000
  assert_status 2
  assert_contains "$stderr" '; the largest batch_per_npu that leaves room for a request of 4352 tokens is '
}

# Endless, inflated and nested input, and a file that would steer the terminal.
files_that_do_harm()
{
  local serving=$scenarios/serving-mooncake.yaml
  mkfifo pipe
  printf '{"timestamp": 0, "input_length": %s\n' "$(printf '%*s' 200000 '' | tr ' ' '[')" | gzip >deep.jsonl.gz
  head -c 40000000 /dev/zero | tr '\0' x | gzip >line.gz
  printf 'machine: cloudmatrix384\nworkload: {kind: "\\e[2J"}\n' >screen.yaml
  refused 'pipe:1:1: expected a file, found a pipe' pipe
  refused 'pipe:1:1: expected a file, found a pipe' "$serving" --set workload.trace=pipe
  refused '/dev/zero:1:1: expected a file, found a device' "$serving" --set workload.trace=/dev/zero
  refused 'deep.jsonl.gz:1:97: expected at most 64 levels' "$serving" --set workload.trace=deep.jsonl.gz
  refused 'line.gz:1:1: ' "$serving" --set workload.trace=line.gz
  refused '\x1b[2J' screen.yaml
  [[ $stderr != *$'\e'* ]] || fail 'an escape reached the terminal'
}

# refuses_endless WORDS ARGUMENT ...: cmsim ARGUMENT ... says at once that a file is none.
refuses_endless()
{
  local words=$1
  shift
  run timeout 5 "$CM_BINARY" "$@"
  assert_status 2
  assert_matches "$stderr" "$position"
  assert_contains "$stderr" "$words"
}

# Wherever a file is named, a pipe without a writer would keep the program waiting, and a device feed it for ever.
files_that_have_no_end()
{
  local found endless
  mkdir -p tree/tests/validation/source tree/docs result
  ln -s "$CM_SOURCE_DIR/configs" tree/configs
  cp "$CM_SOURCE_DIR/configs/parts/ub-cloudmatrix384.yaml" ub.yaml
  printf 'machine: ./endless\nworkload: {kind: p2p}\n' >machine.yaml
  printf 'machine: cloudmatrix384\nmodel: ./endless\nworkload: {kind: gemm, m: 1, k: 1, n: 1}\n' >model.yaml
  printf 'bases: [{name: a, scenario: ./endless}]\naxes: [{workload.ep: [8]}]\n' >base.yaml
  printf 'parameters: {machine.ub.mtu: {minimum: 1, maximum: 2, start: 1, round: 1}}\nfiles: [{file: %s, section: machine.ub}]
rows: [{%s, metric: latency_us, deviation: 1 %%}]\n' ub.yaml 'file: endless' >rows.yaml
  printf 'parameters: {machine.ub.mtu: {minimum: 1, maximum: 2, start: 1, round: 1}}\nfiles: [{file: %s, section: machine.ub}]
rows: [{%s, metric: latency_us, deviation: 1 %%}]\n' endless 'row: a, scenario: p2p, published: 1' >part.yaml
  for endless in pipe device; do
    rm -f endless
    if [[ $endless == pipe ]]; then mkfifo endless; else ln -s /dev/zero endless; fi
    found="endless:1:1: expected a file, found a $endless"
    refuses_endless "$found" run endless
    refuses_endless "found a $endless" run machine.yaml
    refuses_endless "found a $endless" run model.yaml
    refuses_endless "$found" run "$scenarios/ep.yaml" --set workload.placement_file=endless
    ln -sf endless endless.json
    refuses_endless "endless.json:1:1: expected a file, found a $endless" run "$scenarios/ep.yaml" --set workload.routing=trace \
      --set workload.routing_file=endless.json
    refuses_endless "$found" run "$scenarios/serving-mooncake.yaml" --set workload.trace=endless
    refuses_endless "$found" run "$scenarios/kv-access.yaml" --set workload.popularity=trace --set workload.trace=endless
    refuses_endless "$found" run "$scenarios/serving-mooncake.yaml" --set workload.trace=endless --find-capacity slo.ttft=2s,slo.tpot=50ms
    refuses_endless "$found" sensitivity endless --metric latency_us
    refuses_endless "$found" topology endless
    refuses_endless "$found" topology "$scenarios/p2p.yaml" --format svg --result endless
    refuses_endless "$found" compare endless endless
    refuses_endless "$found" sweep endless --out out
    refuses_endless "found a $endless" sweep base.yaml --out out
    refuses_endless "$found" calibrate endless
    refuses_endless "rows.yaml:3:15: " calibrate rows.yaml
    refuses_endless "found a $endless" calibrate part.yaml
    ln -sf ../endless result/result.json
    refuses_endless "found a $endless" report result
    refuses_endless "found a $endless" compare result result
    rm result/result.json
    ln -sf ../endless result/sweep.json
    refuses_endless "found a $endless" report result
    refuses_endless "found a $endless" sweep "$CM_SOURCE_DIR/configs/sweeps/ep-by-planes.yaml" --out result --resume
    rm result/sweep.json
    ln -sf ../../../../endless tree/tests/validation/source/p2p.csv
    refuses_endless "found a $endless" validate --configs tree/configs
  done
}

all_problems_at_once()
{
  cat >s.yaml <<'YAML'
machine: cloudmatrix384
sead: 1
overrides:
  machine.ub.sub_planes: 0
  machine: {ub: {lane_bandwidth: 28}}
  workload.ep: 8
workload:
  kind: ep
  ep: 8
  tokens: 128
YAML
  refused 's.yaml:2:1: sead: unknown key' s.yaml --set workload.top_k=x
  assert_contains "$stderr" 's.yaml:4:26: machine.ub.sub_planes: '
  assert_contains "$stderr" 's.yaml:5:34: machine.ub.lane_bandwidth: '
  assert_contains "$stderr" 's.yaml:6:3: overrides: '
  assert_contains "$stderr" 's.yaml:10:3: workload.tokens: unknown key'
  assert_contains "$stderr" '--set workload.top_k:1:1: '
  assert_equal 6 "$(wc -l <"$scratch/stderr")"
}

"$1"
