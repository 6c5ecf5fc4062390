// A prefill batch, step by step: between two dies a layer can be added up here from operators, turns of the host and
// bytes over a lane; what packets and microbatches do to each other is kept as numbers.
#include "models/language_models/prefill_operators.h"
#include "tests/support/result_values.h"
#include "tests/support/small_experts.h"
#include "tests/support/small_machine.h"
#include "workloads/prefill/prefill.h"
#include "workloads/prefill/prefill_time.h"

#include <catch2/catch.hpp>

#include <array>
#include <ostream>
#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::MachineSpec;
using models::ModelSpec;
using models::Operator;

namespace {

constexpr std::uint64_t Seed = 1;
constexpr models::CoreShare AllCores{20, 40};
constexpr std::int64_t Tokens = 256;  // of a batch on the two dies of an NPU

// Lanes of 50 ps a byte. All that a die sends another one in an exchange is one packet.
MachineSpec round_lanes()
{
  MachineSpec machine = tests::small_machine();
  machine.topology.lane_bandwidth = 20_GBps;
  return machine;
}

// Dies of one NPU, each of which gets as many rows as it sends.
PrefillSpec even_prefill()
{
  PrefillSpec spec;
  spec.npus = 1;
  spec.tokens_per_npu = Tokens;
  spec.prompt_length = Tokens;
  spec.deployment.ranks = 2;
  spec.deployment.microbatches = PrefillMicrobatches::One;
  spec.deployment.placement = models::PlacementRule::Contiguous;
  spec.deployment.shared_copies = 2;
  spec.deployment.batch_tokens = Tokens;
  spec.deployment.with_mtp = false;
  spec.deployment.layers_simulated = 12;
  spec.deployment.chunk = 1_MiB;
  return spec;
}

// A batch of one microbatch on two dies, worked out.
struct Steps {
  const PrefillDeployment& deployment;
  const ModelSpec& model;
  const MachineSpec& machine;
  PrefillLoad load;

  [[nodiscard]] std::int64_t tokens() const { return load.tokens / 2; }  // of a die
  [[nodiscard]] Picoseconds time(const std::vector<Operator>& operators) const
  {
    Seconds sum;
    for (const Operator& op : operators)
      sum += models::operator_time(op, machine.die, AllCores);
    return to_picoseconds(sum);
  }
  [[nodiscard]] Picoseconds start_up() const { return to_picoseconds(machine.die.sdma.start_up); }
  [[nodiscard]] Picoseconds crossing(Bytes bytes) const
  {
    REQUIRE(bytes <= deployment.chunk);
    return to_picoseconds(bytes / machine.topology.lane_bandwidth) + to_picoseconds(machine.ub.traversal);
  }
  [[nodiscard]] Picoseconds turns(int count) const { return to_picoseconds(machine.die.host.turn) * count; }

  [[nodiscard]] models::PrefillAttention attention() const
  {
    return models::prefill_attention(model, deployment.quantisation,
                                     {.ranks = 2,
                                      .tokens = tokens(),
                                      .cached = load.cached_tokens / 2,
                                      .all_tokens = load.tokens,
                                      .all_cached = load.cached_tokens,
                                      .query_key_pairs = load.query_key_pairs});
  }
  // Latents of keys and values cross while those of the queries are computed, and these while the first are projected.
  [[nodiscard]] Picoseconds before_heads() const
  {
    const auto plan = attention();
    const Picoseconds key_values = time(plan.key_value.down);
    const Picoseconds queries = key_values + time(plan.query.down);
    const Picoseconds key_values_there = key_values + start_up() + crossing(plan.key_value.gathered);
    // The copy engine is free again for the queries' latents.
    REQUIRE(to_picoseconds(plan.key_value.gathered / machine.die.sdma.bandwidth) < time(plan.query.down));
    const Picoseconds queries_there = queries + start_up() + crossing(plan.query.gathered);
    const Picoseconds projected = std::max(queries, key_values_there) + time(plan.key_value.up);
    return std::max(projected, queries_there) + time(plan.query.up);
  }
  [[nodiscard]] Picoseconds heads() const { return time({attention().heads}); }
  [[nodiscard]] Picoseconds after_heads() const
  {
    const auto plan = attention();
    return start_up() + crossing(plan.exchanged * tokens()) + time({plan.output});
  }
  [[nodiscard]] Picoseconds gate() const
  {
    return time({models::gate_operator(model, tokens()), models::route(model, tokens(), rows())}) + turns(1);
  }
  [[nodiscard]] std::int64_t rows() const { return tokens() * model.top_k; }  // that a die sends and gets
  // While the rows cross, the shared expert runs and half of the rows are sorted.
  [[nodiscard]] Picoseconds dispatch() const
  {
    const Bytes row = models::dispatch_row(model, deployment.quantisation, machine.die);
    const std::int64_t first = rows() / 2;
    const auto sorting = [&](std::int64_t count) {
      return time({models::sort_by_expert(model, deployment.quantisation, count, row)});
    };
    const Picoseconds crossed = start_up() + crossing(row * (rows() / 2));
    const Picoseconds left = std::max(Picoseconds(0), crossed - shared_expert() - sorting(first));
    return time({models::pack_for_dispatch(model, tokens(), rows(), row)}) + turns(2) + sorting(first) + left +
           sorting(rows() - first);
  }
  [[nodiscard]] Picoseconds shared_expert() const
  {
    return time({models::expert_operator(model, deployment.quantisation, tokens(), 1)});
  }
  [[nodiscard]] Picoseconds experts() const
  {
    return shared_expert() +
           time({models::grouped_experts(model, deployment.quantisation, rows(), model.routed_experts / 2)});
  }
  [[nodiscard]] Picoseconds combine() const
  {
    return time({models::pack_for_combine(model, rows())}) + turns(1) + start_up() +
           crossing(Bytes(2 * model.hidden) * (rows() / 2)) + time({models::accumulate(model, tokens(), rows())});
  }
  [[nodiscard]] Picoseconds dense_ffn() const
  {
    return time({models::dense_ffn_operator(model, deployment.quantisation, tokens())});
  }
  [[nodiscard]] Picoseconds dense_layer() const { return before_heads() + heads() + after_heads() + dense_ffn(); }
  [[nodiscard]] Picoseconds moe_layer() const
  {
    return before_heads() + heads() + after_heads() + gate() + dispatch() + experts() + combine();
  }
  // Head on the die that has a prompt more than the other.
  [[nodiscard]] Picoseconds head(std::int64_t prompts) const
  {
    std::vector<Operator> operators;
    if (deployment.with_mtp)
      operators.push_back(models::mtp_projection_operator(model, deployment.quantisation, tokens()));
    operators.push_back(models::head_operator(model, prompts));
    return time(operators);
  }
};

sim::metrics::Result prefill(const PrefillSpec& spec, const ModelSpec& model, const MachineSpec& machine)
{
  sim::metrics::Result result;
  sim::metrics::NoProgress progress;
  run_prefill(spec, model, machine, Seed, progress, result);
  return result;
}

PrefillTime time_of(const PrefillDeployment& deployment, const std::vector<PrefillLoad>& loads, std::int64_t prompts,
                    const ModelSpec& model, const MachineSpec& machine, double lane_share = 1)
{
  const topology::Supernode supernode(machine.topology);
  return time_prefill_loads(deployment, loads, prompts, model, machine, supernode, Seed, lane_share);
}

Picoseconds mean_part(const sim::metrics::Result& result, std::string_view name)
{
  return Picoseconds(tests::part_sum_ps(result, name, 1));
}

Picoseconds first_token(const sim::metrics::Result& result)
{
  return Picoseconds(std::llround(tests::metric_of(result, "ttft_ms") * 1e9));
}

}  // namespace

TEST_CASE("a layer of prefill is its operators, exchanges and turns of the host, stage by stage")
{
  const MachineSpec machine = round_lanes();
  const ModelSpec model = tests::small_experts();
  const PrefillSpec spec = even_prefill();
  const Steps steps{spec.deployment, model, machine, load_of({Tokens, 0})};
  const auto result = prefill(spec, model, machine);
  CHECK(mean_part(result, "wait for cube cores") == 0_ps);
  CHECK(mean_part(result, "attention: before heads") == steps.before_heads());
  CHECK(mean_part(result, "attention: heads") == steps.heads());
  CHECK(mean_part(result, "attention: after heads") == steps.after_heads());
  CHECK(mean_part(result, "gate") == steps.gate());
  CHECK(mean_part(result, "dispatch") == steps.dispatch());
  CHECK(mean_part(result, "experts") == steps.experts());
  CHECK(mean_part(result, "combine") == steps.combine());
  CHECK(first_token(result) ==
        steps.dense_layer() + steps.moe_layer() * 3 + steps.head(1) + to_picoseconds(machine.die.host.batch));
  CHECK(tests::metric_of(result, "expert_imbalance") == 1);
  CHECK(tests::metric_of(result, "batches") == 1);
}

TEST_CASE("cached tokens are gathered and projected, and new ones attend to them")
{
  const MachineSpec machine = round_lanes();
  const ModelSpec model = tests::small_experts();
  const PrefillSpec spec = even_prefill();
  const PrefillLoad load = load_of({Tokens, 512});
  const Steps steps{spec.deployment, model, machine, load};
  const PrefillTime time = time_of(spec.deployment, {load}, 1, model, machine);
  CHECK(to_picoseconds(time.device) == steps.dense_layer() + steps.moe_layer() * 3 + steps.head(1));
  CHECK(to_picoseconds(time.layer) == steps.moe_layer());
  CHECK(time.total == time.device + machine.die.host.batch);
}

TEST_CASE("the MTP layer is one more MoE layer, and its projection comes before the head")
{
  const MachineSpec machine = round_lanes();
  const ModelSpec model = tests::small_experts();
  PrefillDeployment deployment = even_prefill().deployment;
  deployment.with_mtp = true;
  const PrefillLoad load = load_of({Tokens, 0});
  const Steps steps{deployment, model, machine, load};
  CHECK(to_picoseconds(time_of(deployment, {load}, 5, model, machine).device) ==
        steps.dense_layer() + steps.moe_layer() * 4 + steps.head(3));
}

TEST_CASE("layers that are left out take the mean of those that are simulated, and send as much")
{
  const MachineSpec machine = round_lanes();
  ModelSpec model = tests::small_experts();
  model.layers = 10;
  PrefillDeployment deployment = even_prefill().deployment;
  const PrefillLoad load = load_of({Tokens, 0});
  const PrefillTime all = time_of(deployment, {load}, 1, model, machine);
  deployment.layers_simulated = 2;
  const PrefillTime few = time_of(deployment, {load}, 1, model, machine);
  const Steps steps{deployment, model, machine, load};
  CHECK(to_picoseconds(all.device) == steps.dense_layer() + steps.moe_layer() * 9 + steps.head(1));
  CHECK(to_picoseconds(few.device) == to_picoseconds(all.device));
  const auto plan = steps.attention();
  const Bytes attention = plan.key_value.gathered + plan.query.gathered + plan.exchanged * steps.tokens();
  const Bytes rows = (models::dispatch_row(model, deployment.quantisation, machine.die) + Bytes(2 * model.hidden)) *
                     (steps.rows() / 2);
  CHECK(all.sent == static_cast<double>((attention * 10 + rows * 9).count()));
  CHECK(few.sent == all.sent);
}

TEST_CASE("batches of prefill follow one another, and the last one's first tokens wait for all of them")
{
  const MachineSpec machine = round_lanes();
  const ModelSpec model = tests::small_experts();
  PrefillSpec spec = even_prefill();
  spec.tokens_per_npu = 2 * Tokens;
  const Steps steps{spec.deployment, model, machine, load_of({Tokens, 0})};
  const Picoseconds batch = steps.dense_layer() + steps.moe_layer() * 3 + steps.head(1);
  const auto result = prefill(spec, model, machine);
  CHECK(tests::metric_of(result, "batches") == 2);
  CHECK(first_token(result) == batch * 2 + to_picoseconds(machine.die.host.batch));
  CHECK(tests::metric_of(result, "prefill_tokens_per_s_per_npu") ==
        Approx(2.0 * Tokens / to_seconds(batch * 2).count()).epsilon(1e-12));
}

TEST_CASE("copies that are left half of the lanes take as long as on lanes of half the rate")
{
  MachineSpec machine = round_lanes();
  const ModelSpec model = tests::small_experts();
  const PrefillDeployment deployment = even_prefill().deployment;
  const PrefillLoad load = load_of({Tokens, 0});
  const PrefillTime narrowed = time_of(deployment, {load}, 1, model, machine, 0.5);
  machine.topology.lane_bandwidth = 10_GBps;
  const Steps steps{deployment, model, machine, load};
  CHECK(to_picoseconds(narrowed.layer) == steps.moe_layer());
}

TEST_CASE("every step of a prefill is scattered by its own draw from the rank's stream")
{
  MachineSpec machine = round_lanes();
  ModelSpec model = tests::small_experts();
  model.layers = 1;
  machine.die.compute.jitter = 0.05;
  // A single die has nobody to exchange with: its steps follow each other.
  PrefillDeployment deployment = even_prefill().deployment;
  deployment.ranks = 1;
  deployment.layers_simulated = 0;
  const PrefillLoad load = load_of({Tokens, 0});
  const auto plan = models::prefill_attention(model, deployment.quantisation,
                                              {.ranks = 1,
                                               .tokens = Tokens,
                                               .cached = 0,
                                               .all_tokens = Tokens,
                                               .all_cached = 0,
                                               .query_key_pairs = load.query_key_pairs});
  sim::RandomStream jitter(Seed, "prefill operator jitter", 0);
  Picoseconds sum;
  for (const std::vector<Operator>& step :
       {plan.key_value.down, plan.query.down, plan.key_value.up, plan.query.up, std::vector{plan.heads},
        std::vector{plan.output}, std::vector{models::dense_ffn_operator(model, deployment.quantisation, Tokens)},
        std::vector{models::head_operator(model, 1)}}) {
    Seconds time;
    for (const Operator& op : step)
      time += models::operator_time(op, machine.die, AllCores);
    sum += to_picoseconds(time * (1.0 + 0.05 * jitter.normal()));
  }
  CHECK(to_picoseconds(time_of(deployment, {load}, 1, model, machine).device) == sum);
}

TEST_CASE("the host drives the microbatches of a die side by side")
{
  MachineSpec machine = round_lanes();
  machine.die.host.turn = 100.0_ms;
  const ModelSpec model = tests::small_experts();
  const PrefillDeployment deployment = even_prefill().deployment;
  const PrefillLoad half = part_of(load_of({Tokens, 0}), 0.5);
  const Picoseconds one = to_picoseconds(time_of(deployment, {half}, 1, model, machine).device);
  const Picoseconds two = to_picoseconds(time_of(deployment, {half, half}, 1, model, machine).device);
  const Picoseconds turn = to_picoseconds(machine.die.host.turn);
  // Four turns a layer, which those of the other microbatch do not keep waiting.
  for (const Picoseconds taken : {one, two}) {
    CHECK(taken > turn * (4 * 3));
    CHECK(taken < turn * (4 * 3 + 1));
  }
}

TEST_CASE("progress of a prefill grows with the layers of the first rank")
{
  class Shares final : public sim::metrics::Progress {
   public:
    void update(double share, std::string_view what) override
    {
      shares.push_back(share);
      CHECK(what == "prefilling");
    }
    std::vector<double> shares;
  };
  Shares progress;
  sim::metrics::Result result;
  run_prefill(even_prefill(), tests::small_experts(), round_lanes(), Seed, progress, result);
  // Four layers and the head.
  CHECK(progress.shares == std::vector<double>{1.0 / 5, 2.0 / 5, 3.0 / 5, 4.0 / 5});
}

namespace {

// Sums over everything that a run records, in picoseconds.
struct Facts {
  std::int64_t first_token = 0;
  std::vector<std::int64_t> parts;  // of the breakdown, in its order
  double imbalance = 0;
  std::int64_t port_hops = 0;

  friend bool operator==(const Facts&, const Facts&) = default;
};

std::ostream& operator<<(std::ostream& out, const Facts& facts)
{
  out << '{' << facts.first_token << ", {";
  for (std::size_t part = 0; part < facts.parts.size(); ++part)
    out << (part == 0 ? "" : ", ") << facts.parts[part];
  out.precision(17);
  return out << "}, " << facts.imbalance << ", " << facts.port_hops << '}';
}

Facts facts_of(const PrefillSpec& spec, const ModelSpec& model, const MachineSpec& machine)
{
  const auto result = prefill(spec, model, machine);
  // The first MoE layer is left out of the means.
  const std::int64_t layers = spec.deployment.ranks *
                              static_cast<std::int64_t>(tests::metric_of(result, "microbatches")) *
                              (spec.deployment.moe_layers(model) - 1);
  Facts facts{.first_token = first_token(result).count(),
              .parts = {},
              .imbalance = tests::metric_of(result, "expert_imbalance"),
              .port_hops = std::llround(tests::metric_of(result, "port_hops"))};
  for (const sim::metrics::Part& part : result.breakdown)
    facts.parts.push_back(tests::part_sum_ps(result, part.name, layers));
  return facts;
}

// Two nodes, uneven experts, prompts that do not divide evenly.
PrefillSpec uneven_prefill()
{
  PrefillSpec spec = even_prefill();
  spec.npus = 16;
  spec.tokens_per_npu = 250;
  spec.prompt_length = 900;
  spec.deployment.ranks = 32;
  spec.deployment.routing = models::Routing::Measured;
  spec.deployment.placement = models::PlacementRule::Balanced;
  spec.deployment.shared_copies = 32;
  spec.deployment.batch_tokens = 100'000;
  spec.deployment.chunk = 256_KiB;
  spec.deployment.with_mtp = true;
  return spec;
}

// Captured from the program: they change with the physics of the model and with nothing else.
const Facts OneMicrobatch{66802081691,
                          {0, 3464843480, 825099840, 1346365507, 96575320800, 192872756013, 3459130011, 102274254970},
                          2.6880000000000002,
                          69184};
const Facts TwoMicrobatches{
    66721949879,
    {338440835, 4768898090, 1113107232, 2341582320, 193070688480, 387034425019, 4844259378, 200069369694},
    2.5800000000000001,
    138332};
const Facts Scattered{
    66574822324,
    {249053659, 4417014147, 1030066473, 2118136545, 193035446214, 386485939836, 4264417080, 195055777424},
    1.26,
    138348};
const Facts FastHost{
    52889072328,
    {10761510157, 21280937348, 3951311328, 7683380502, 1505666496, 11614540237, 15475266779, 42361994191},
    2.6299999999999999,
    138520};

}  // namespace

TEST_CASE("ranks with uneven experts meet in the exchanges of prefill")
{
  CHECK(facts_of(uneven_prefill(), tests::small_experts(), tests::small_machine()) == OneMicrobatch);
}

TEST_CASE("two microbatches of prefill share cores, copy engine and memory")
{
  PrefillSpec spec = uneven_prefill();
  spec.deployment.microbatches = PrefillMicrobatches::Two;
  CHECK(facts_of(spec, tests::small_experts(), tests::small_machine()) == TwoMicrobatches);
}

TEST_CASE("scattered operators, cached prompts and copies of experts go together in prefill")
{
  MachineSpec machine = tests::small_machine();
  machine.die.compute.jitter = 0.05;
  PrefillSpec spec = uneven_prefill();
  spec.reuse_rate = 0.4;
  spec.deployment.microbatches = PrefillMicrobatches::Two;
  spec.deployment.routing = models::Routing::Skewed;
  spec.deployment.sigma = 0.8;
  spec.deployment.redundant = 32;
  CHECK(facts_of(spec, tests::small_experts(), machine) == Scattered);
}

TEST_CASE("without turns of the host microbatches of prefill wait for each other's cube cores")
{
  MachineSpec machine = tests::small_machine();
  machine.die.host.turn = Seconds(0);
  PrefillSpec spec = uneven_prefill();
  spec.tokens_per_npu = 1500;
  spec.deployment.microbatches = PrefillMicrobatches::Two;
  CHECK(facts_of(spec, tests::small_experts(), machine) == FastHost);
}
