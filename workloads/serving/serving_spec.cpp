#include "workloads/serving/serving_spec.h"

#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <utility>

namespace cm::workloads {
namespace {

using sim::config::Reader;

void read_length(Reader length, LengthSpec& spec)
{
  length.required({"mean", "tokens", 1.0, 1e7}, spec.mean);
  length.optional({"sigma", "standard deviation of the logarithm of log-normal lengths; 0: all are equal", 0.0, 4.0},
                  spec.sigma);
  spec.most = 131072;
  length.optional({"most", "longer ones are cut", 1.0, 1e7}, spec.most);
  length.finish();
}

void read_generator(Reader reader, GeneratedRequestsSpec& spec)
{
  const auto is_typed = [&](std::string_view key) {
    return reader.has(key) && sim::config::is_from_command_line(reader.position(key));
  };
  reader.required({"requests", "how many", 1.0, 1e9}, spec.requests);
  reader.required({"rate", "requests per second", 1e-6, 1e6}, spec.rate);
  reader.choice({"arrivals", "how they are spread over time"}, spec.arrivals,
                {{"poisson", Arrivals::Poisson}, {"gamma", Arrivals::Gamma}, {"bursts", Arrivals::Bursts}});
  if (spec.arrivals == Arrivals::Gamma)
    reader.required({"variation", "coefficient of variation of the gaps", 0.01, 100.0}, spec.variation);
  if (spec.arrivals == Arrivals::Bursts) {
    reader.required({"burst_factor", "rate inside a burst over the mean rate", 1.01, 1000.0}, spec.burst_factor);
    reader.required({"burst_length", "mean length of a burst", 1e-3, 1e6}, spec.burst_length);
  }
  read_length(reader.section({"input", "tokens of a prompt; of a follow-up: tokens beyond what it continues"}),
              spec.input);
  read_length(reader.section({"output", "tokens of an answer"}), spec.output);
  if (const double last = static_cast<double>(spec.requests) / spec.rate; spec.rate > 0 && last > LatestArrival.count())
    reader.complain(is_typed("requests") && !is_typed("rate") ? "requests" : "rate",
                    fmt::format("expected all requests within {:.0f} days, found {} in about {:.4g} days",
                                LatestArrival.count() / 86400, spec.requests, last / 86400));
  reader.optional({"roots", "common prompts that others begin with; 0: none", 0.0, 1e6}, spec.roots);
  reader.optional({"root_tokens", "length of a common prompt", 0.0, 1e7}, spec.root_tokens);
  reader.optional_fraction({"follow_up", "share of requests that are a later turn of a conversation"}, spec.follow_up);
  // A short answer is read and a line typed; longer than a first token takes, so that what was computed is cached.
  spec.think_time = Seconds(10.0);
  reader.optional(
      {"think_time", "mean time from an answer's end to the next turn of its conversation, exponential", 0.0, 1e6},
      spec.think_time);
  // The service level that is usual for a token of DeepSeek-R1: what holds it has answered by then.
  spec.answer_token_time = Seconds(0.05);
  reader.optional(
      {"answer_token_time", "time that a token of an answer is taken to need before the next turn", 0.0, 1e3},
      spec.answer_token_time);
  reader.finish();
}

void read_requests(Reader& workload, ServingSpec& spec)
{
  std::string path;
  workload.optional({"trace",
                     "file of requests, plain or gzip, instead of generated ones: a trace (JSON lines or CSV), "
                     "a benchmark's log or a ServeGen archive; trace_format names the dialects"},
                    path);
  spec.block_tokens = 512;
  workload.optional(
      {"block_tokens",
       "tokens of a cached block; a trace's hash ids stand for as many, or trace_format.block_tokens says for how many",
       16.0, 4096.0},
      spec.block_tokens);
  bool skips = false;
  Seconds spread(3.0);
  workload.optional({"skip_damaged_lines", "leave out lines of the trace that cannot be read, and count them"}, skips);
  workload.optional({"trace_step",
                     "requests with one time stamp are spread evenly up to the next stamp, at most over this time", 0.0,
                     3600.0},
                    spread);
  workload.optional({"trace_start",
                     "requests of the trace that arrive earlier, counted from its first one, are left out", 0.0,
                     LatestArrival.count()},
                    spec.trace_part.start);
  workload.optional({"trace_length", "time behind it from which requests are used; 0 s: to the end", 0.0, 1e9},
                    spec.trace_part.length);
  const TraceDialect dialect = read_trace_dialect(
      workload.optional_section(
          {"trace_format", "how the records of a trace are meant, where its beginning does not say so"}),
      spec.block_tokens);
  if (!workload.has("trace"))
    for (const char* key : {"skip_damaged_lines", "trace_step", "trace_start", "trace_length", "trace_format"})
      if (workload.has(key))
        workload.complain(key, "says how a trace is read: expected workload.trace too");
  if (!path.empty())
    spec.trace = {.path = workload.named_file("trace", path),
                  .skip_damaged_lines = skips,
                  .spread = spread,
                  .block_tokens = spec.block_tokens,
                  .dialect = dialect,
                  .seed = 1};
  workload.optional({"time_scale", "arrival times are multiplied by it", 1e-6, 1e6}, spec.scaling.time_scale);
  workload.optional({"copies", "copies of every request, each with separate prefixes", 1.0, 10000.0},
                    spec.scaling.copies);
  const sim::config::Key generator{"generator", "requests when there is no trace"};
  if (!spec.trace || workload.has(generator.name))
    read_generator(workload.section(generator), spec.generated);
  spec.generated.block_tokens = spec.block_tokens;
}

// Blocks that a share of the memory of one of the pool's CPUs or nodes holds.
std::int64_t blocks_of(Bytes capacity, double share, Bytes block)
{
  return static_cast<std::int64_t>(static_cast<double>(capacity.count()) * share / static_cast<double>(block.count()));
}

void check_pool(Reader& pool, const PoolSpec& spec, Bytes block, const models::MachineSpec& machine)
{
  if (spec.nodes > machine.topology.nodes)
    pool.complain("nodes", fmt::format("the machine has {} nodes, found {}", machine.topology.nodes, spec.nodes));
  if (!machine.memory)
    return;
  if (blocks_of(machine.cpu.dram_capacity, spec.dram_share, block) == 0)
    pool.complain("dram_share", fmt::format("expected room for at least one block of {} in {} of each CPU, found none",
                                            to_text(block), to_text(machine.cpu.dram_capacity)));
  if (spec.volume_share > 0 &&
      blocks_of(machine.memory->ssd.capacity, spec.volume_share, block) < machine.topology.cpus_per_node)
    pool.complain("volume_share",
                  fmt::format("expected room for at least one block of {} a CPU in {} of each node, or 0, "
                              "found none",
                              to_text(block), to_text(machine.memory->ssd.capacity)));
}

// A pool that is not there is told with the keys that make one, at the workload.
Reader pool_section(Reader& workload)
{
  const sim::config::Key pool{"pool", "context cache in the memory of the nodes"};
  if (workload.has(pool.name))
    return workload.section(pool);
  workload.complain("pool", "expected a map of keys like {nodes: 32, dram_share: 50 %}, or {on: false} for no context "
                            "cache, found no such key");
  return workload.optional_section(pool);
}

// `block`: 0 when the model could not be read.
void read_pool(Reader& workload, Bytes block, const models::MachineSpec& machine, PoolSpec& spec)
{
  Reader pool = pool_section(workload);
  pool.optional({"on", "whether there is a context cache; false: no other key of the pool matters"}, spec.is_on);
  pool.choice({"plane", "plane that its blocks travel on"}, spec.plane,
              {{"ub", PoolPlane::Ub}, {"vpc", PoolPlane::Vpc}});
  using sim::config::Key;
  const Key nodes{"nodes", "whose CPUs are its servers, from node 0", 1.0, 100000.0};
  const Key dram_share{"dram_share", "share of each CPU's DRAM that holds blocks"};
  if (spec.is_on) {
    pool.required(nodes, spec.nodes);
    pool.required_fraction(dram_share, spec.dram_share);
  } else {
    spec.nodes = 1;
    pool.optional(nodes, spec.nodes);
    pool.optional_fraction(dram_share, spec.dram_share);
  }
  spec.loads = 64;
  pool.optional(
      {"loads", "requests whose blocks an instance loads at a time; others wait in order of arrival", 1.0, 1e6},
      spec.loads);
  pool.optional_fraction({"volume_share", "share of each node's volume that holds blocks; 0: no volume"},
                         spec.volume_share);
  if (workload.has("pool") && spec.is_on && machine.topology.nodes > 0 && !machine.memory)
    pool.complain("on", "needs machine.memory, which this machine file does not have; false serves without a context "
                        "cache");
  // A machine or a model that could not be read has been complained about, and so has a number that is missing here.
  if (spec.is_on && machine.topology.nodes > 0 && block > Bytes(0) && pool.has("nodes") && pool.has("dram_share"))
    check_pool(pool, spec, block, machine);
  pool.finish();
}

void read_instances(Reader& workload, const models::ModelSpec& model, const models::MachineSpec& machine,
                    ServingSpec& spec)
{
  int instances = 0;
  workload.required({"prefill_instances",
                     "number of prefill instances, each of the size that `prefill` says, from die 0", 1.0, 10000.0},
                    instances);
  spec.prefill_instances = static_cast<std::uint32_t>(instances);
  Reader prefill = workload.section(
      {"prefill", "one prefill instance: the keys of a prefill workload but for those of its prompts"});
  models::MachineSpec prefill_machine = machine;
  spec.prefill = read_prefill_instance(prefill, model, prefill_machine);
  spec.prefill_fabric = prefill_machine.ub;
  spec.prefill_npus = spec.prefill.npus;
  Reader decode = workload.section({"decode", "one decode instance: the keys of a decode workload; batch_per_npu is "
                                              "its largest batch"});
  models::MachineSpec decode_machine = machine;
  spec.decode = read_decode(decode, model, decode_machine);
  spec.decode_fabric = decode_machine.ub;
  instances = 1;
  workload.optional(
      {"decode_instances",
       "number of decode instances, each of the size that `decode` says, from the die behind the last prefill instance",
       1.0, 10000.0},
      instances);
  spec.decode_instances = static_cast<std::uint32_t>(instances);
  workload.optional(
      {"batch_wait", "time that an idle prefill instance waits for more requests before it starts", 0.0, 1e3},
      spec.batch_wait);
  workload.choice_of_row({"router", "which prefill instance takes a request"}, spec.router, prefill_routers());
  workload.choice_of_row({"decode_router", "which decode instance takes a request that is prefilled"},
                         spec.decode_router, decode_routers());
  workload.choice({"handover", "plane that takes keys and values from prefill to decode"}, spec.handover,
                  {{"rdma", HandoverPlane::Rdma}, {"ub", HandoverPlane::Ub}});
  workload.choice({"first_token", "where the first token leaves: after the first decode iteration, or from prefill"},
                  spec.first_token, {{"decode", FirstToken::Decode}, {"prefill", FirstToken::Prefill}});
}

// `warm_up: auto`, or a share.
void read_warm_up(Reader& workload, ServingSpec& spec)
{
  const sim::config::Value* value =
      workload.value({"warm_up", "the first requests, which statistics leave out: auto finds how many (MSER-5, and "
                                 "until decode is full); or a share of all, 0.1"},
                     false);
  if (value == nullptr || (value->kind == sim::config::Value::Kind::Scalar && value->text == "auto"))
    return;
  if (value->kind == sim::config::Value::Kind::Scalar)
    spec.warm_up = parse_fraction(value->text);
  if (!spec.warm_up || *spec.warm_up < 0 || *spec.warm_up >= 1)
    workload.complain("warm_up",
                      fmt::format("expected auto, or a share from 0 to below 1 like 0.1 or \"10 %\", found {}",
                                  sim::config::found_text(*value)));
}

void read_levels(Reader& workload, ServingSpec& spec)
{
  Reader slo = workload.section({"slo", "limits that a request must hold to count as good"});
  slo.required({"ttft", "time to first token", 0.0, 1e6}, spec.slo_ttft);
  slo.required({"tpot", "time per output token", 0.0, 1e6}, spec.slo_tpot);
  slo.finish();
  Seconds target(0.0);
  workload.optional({"tpot_target", "admission to decode lowers the batch to hold it; 0 s: no such control", 0.0, 1e3},
                    target);
  if (target > Seconds(0))
    spec.tpot_target = target;
  read_warm_up(workload, spec);
  spec.cell_layers = 3;
  workload.optional({"cell_layers", "MoE layers that a cell simulates; the others take their mean", 2.0, 1000.0},
                    spec.cell_layers);
  workload.optional({"cell_cache", "keep cells between runs in $XDG_CACHE_HOME/cmsim and use those that are there"},
                    spec.keeps_cells);
  workload.optional({"requests_csv", "with --out, write DIR/requests.csv too: one line a request"},
                    spec.writes_requests);
}

// How many prefill instances `dies` have room for, beside the decode instances or else beside one.
std::string prefill_that_fits(const ServingSpec& spec, std::uint64_t dies)
{
  const std::uint64_t prefill = spec.prefill.deployment.ranks;
  const std::uint64_t decode = spec.decode.dies();
  const std::uint64_t all_decode = spec.decode_instances * decode;
  if (prefill + all_decode <= dies)
    return fmt::format("enough for prefill_instances: at most {}", (dies - all_decode) / prefill);
  if (prefill + decode <= dies)
    return fmt::format("enough for decode_instances: 1 and prefill_instances: at most {}", (dies - decode) / prefill);
  return fmt::format("too few for one prefill instance of {} and one decode instance of {}", prefill, decode);
}

void check(Reader& workload, const ServingSpec& spec, const models::ModelSpec& model,
           const models::MachineSpec& machine)
{
  if (machine.topology.nodes == 0 || spec.prefill.deployment.ranks == 0 || spec.decode.dies() == 0)
    return;
  const std::uint64_t prefill_dies = std::uint64_t{spec.prefill_instances} * spec.prefill.deployment.ranks;
  const std::uint64_t decode_dies = std::uint64_t{spec.decode_instances} * spec.decode.dies();
  if (const std::uint64_t dies = machine.topology.dies(); prefill_dies + spec.decode.dies() > dies)
    workload.complain("prefill_instances",
                      fmt::format("prefill needs {} dies and decode {}, {} in all; the machine has {}, {}",
                                  prefill_dies, decode_dies, prefill_dies + decode_dies, dies,
                                  prefill_that_fits(spec, dies)));
  else if (prefill_dies + decode_dies > dies)
    workload.complain(
        "decode_instances",
        fmt::format("prefill needs {} dies and each of {} decode instances {}, {} in all; the machine has {}, "
                    "enough for decode_instances: {}",
                    prefill_dies, spec.decode_instances, spec.decode.dies(), prefill_dies + decode_dies, dies,
                    (dies - prefill_dies) / spec.decode.dies()));
  if (spec.decode.tp != 1 || !model.has_experts())
    workload.complain("decode", "serving models decode with one die a rank and experts: expected tp: 1 and a model "
                                "with experts");
  if (machine.topology.rdma_bandwidth <= BytesPerSecond(0) && spec.handover == HandoverPlane::Rdma)
    workload.complain("handover", "the machine has no RDMA plane");
}

}  // namespace

ServingSpec read_serving(Reader& workload, const models::ModelSpec& model, const models::MachineSpec& machine)
{
  ServingSpec spec;
  enum class Kind { Serving } kind = Kind::Serving;
  workload.choice({"kind", "kind of the workload"}, kind, {{"serving", Kind::Serving}}, true);
  read_requests(workload, spec);
  read_instances(workload, model, machine, spec);
  const Bytes block = model.hidden > 0 ? kv_bytes_per_token(spec, model) * spec.block_tokens : Bytes(0);
  read_pool(workload, block, machine, spec.pool);
  read_levels(workload, spec);
  check(workload, spec, model, machine);
  workload.finish();
  return spec;
}

Bytes kv_bytes_per_token(const ServingSpec& spec, const models::ModelSpec& model)
{
  return models::kv_bytes_per_token_and_layer(model) * (model.layers + (spec.decode.mtp_tokens > 0 ? 1 : 0));
}

std::unique_ptr<RequestSource> requests_of(const ServingSpec& spec, std::uint64_t seed)
{
  if (!spec.trace)
    return within_clock(scaled(generate_requests(spec.generated, seed), spec.scaling),
                        "workload.generator.rate, workload.time_scale");
  RequestFileSpec file = *spec.trace;
  file.seed = seed;
  return within_clock(scaled(part_of(open_request_file(file), spec.trace_part), spec.scaling), "workload.time_scale");
}

}  // namespace cm::workloads
