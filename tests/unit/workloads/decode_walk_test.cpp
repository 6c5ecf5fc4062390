// The decode iteration, step by step: dense models and a network that takes no time can be added up here from the times
// of operators (what packets do to each other: decode_ranks_test.cpp).
#include "models/collectives/fused_kernels.h"
#include "models/collectives/tensor_operation.h"
#include "models/language_models/tensor_share.h"
#include "tests/support/result_values.h"
#include "tests/support/small_experts.h"
#include "tests/support/small_llama.h"
#include "tests/support/small_machine.h"
#include "workloads/decode/decode.h"
#include "workloads/decode/decode_plan.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::CoreShare;
using models::MachineSpec;
using models::ModelSpec;
using models::Operator;
using models::TensorOperation;

namespace {

constexpr std::uint64_t Seed = 1;
constexpr CoreShare AllCores{20, 40};

MachineSpec free_network()
{
  MachineSpec machine = tests::small_machine();
  models::set_free({.network = true}, machine);
  // Cores issue as fast as the write engine sends, so that local rows take as long as those that leave.
  machine.die.exchange.saturating_cores = AllCores.aiv;
  return machine;
}

// Rows of a group's exchange are one packet, which takes a lane 50 ps a byte.
MachineSpec round_lanes()
{
  MachineSpec machine = tests::small_machine();
  machine.topology.lane_bandwidth = 20_GBps;
  machine.ub.mtu = 64_KiB;
  return machine;
}

// Memory so fast that operators of two streams do not slow each other.
MachineSpec free_memory(MachineSpec machine)
{
  machine.die.hbm_bandwidth = BytesPerSecond(1e21);
  return machine;
}

ModelSpec dense_model()
{
  ModelSpec model = tests::small_llama();
  model.layers = 3;
  model.dense_layers = 3;
  model.step_overhead = 250_us;
  return model;
}

// One NPU, a batch of eight on its first die, all of 1,000 tokens.
DecodeSpec dense_decode()
{
  DecodeSpec spec;
  spec.dp = 1;
  spec.batch_per_npu = 16;
  spec.prompt_length = 1000;
  spec.mtp_tokens = 0;
  spec.microbatches = Microbatches::One;
  return spec;
}

// All dies of both nodes; 16 query tokens on each of them choose each of the 64 experts once.
DecodeSpec expert_decode()
{
  DecodeSpec spec;
  spec.ep = 32;
  spec.dp = 32;
  spec.batch_per_npu = 32;
  spec.prompt_length = 1000;
  spec.mtp_tokens = 0;
  spec.microbatches = Microbatches::One;
  spec.choices = {.routing = models::Routing::Balanced};
  spec.shared_on_every_rank = true;
  return spec;
}

Picoseconds time_on(const CoreShare& cores, const Operator& op, const MachineSpec& machine)
{
  return to_picoseconds(models::operator_time(op, machine.die, cores));
}

models::DecodeBatch batch_of(std::int64_t requests, std::int64_t queries = 1, std::int64_t kv = 1000)
{
  return {requests, requests * queries, requests * kv, requests * queries * kv};
}

// Times of the operators of one microbatch, each rounded as it enters the data plane.
struct Steps {
  const DecodeSpec& spec;
  const ModelSpec& model;
  const MachineSpec& machine;

  [[nodiscard]] Picoseconds attention(const models::DecodeBatch& batch, const CoreShare& cores = AllCores) const
  {
    Picoseconds sum;
    for (const Operator& op :
         models::attention_operators(models::tensor_share(model, spec.tp), spec.quantisation, batch))
      sum += time_on(cores, op, machine);
    return sum;
  }
  [[nodiscard]] Picoseconds dense_ffn(std::int64_t tokens, const CoreShare& cores = AllCores) const
  {
    return time_on(cores, models::dense_ffn_operator(models::tensor_share(model, spec.tp), spec.quantisation, tokens),
                   machine);
  }
  [[nodiscard]] Picoseconds head(std::int64_t tokens) const
  {
    return time_on(AllCores, models::head_operator(models::tensor_share(model, spec.tp), tokens), machine);
  }
  [[nodiscard]] Picoseconds projection(std::int64_t tokens) const
  {
    return time_on(AllCores, models::mtp_projection_operator(model, spec.quantisation, tokens), machine);
  }
  [[nodiscard]] Picoseconds overhead() const { return to_picoseconds(model.step_overhead); }
};

sim::metrics::Result decode(const DecodeSpec& spec, const ModelSpec& model, const MachineSpec& machine)
{
  sim::metrics::Result result;
  sim::metrics::NoProgress progress;
  run_decode(spec, model, machine, Seed, progress, result);
  return result;
}

// Time of one iteration, without an engine.
Picoseconds iteration(const DecodeSpec& spec, int microbatches, const ModelSpec& model, const MachineSpec& machine)
{
  const topology::Supernode supernode(machine.topology);
  return to_picoseconds(
      time_decode_iteration(spec, microbatches, model.layers, model, machine, supernode, Seed).iteration);
}

Picoseconds mean_part(const sim::metrics::Result& result, std::string_view name)
{
  return Picoseconds(tests::part_sum_ps(result, name, 1));
}

}  // namespace

TEST_CASE("an iteration of a dense model is its layers' operators, the head and the overhead, to the picosecond")
{
  const MachineSpec machine = tests::small_machine();
  const ModelSpec model = dense_model();
  const DecodeSpec spec = dense_decode();
  const Steps steps{spec, model, machine};
  const auto batch = batch_of(8);
  const Picoseconds layer = steps.attention(batch) + steps.dense_ffn(8);
  CHECK(iteration(spec, 1, model, machine) == layer * 3 + steps.head(8) + steps.overhead());
}

TEST_CASE("a speculative token takes a projection, a pass through the MTP layer and the head once more")
{
  const MachineSpec machine = tests::small_machine();
  ModelSpec model = dense_model();
  model.mtp_layers = 1;
  DecodeSpec spec = dense_decode();
  const Steps steps{spec, model, machine};
  for (const std::int64_t tokens : {1, 2, 3}) {
    spec.mtp_tokens = tokens;
    const std::int64_t queries = 1 + tokens;
    const Picoseconds layer = steps.attention(batch_of(8, queries)) + steps.dense_ffn(8 * queries);
    const Picoseconds pass = steps.projection(8 * queries) + layer + steps.head(8 * queries);
    CHECK(iteration(spec, 1, model, machine) == layer * 3 + steps.head(8 * queries) + pass * tokens + steps.overhead());
  }
}

TEST_CASE("parts of a dense layer are its operators, and the layer is their sum")
{
  const MachineSpec machine = tests::small_machine();
  const ModelSpec model = dense_model();
  const DecodeSpec spec = dense_decode();
  const Steps steps{spec, model, machine};
  const auto result = decode(spec, model, machine);
  CHECK(mean_part(result, "attention") == steps.attention(batch_of(8)));
  CHECK(mean_part(result, "dense feed-forward") == steps.dense_ffn(8));
  CHECK(mean_part(result, "wait for attention stream") == 0_ps);
  CHECK(mean_part(result, "wait for feed-forward stream") == 0_ps);
  CHECK(tests::metric_of(result, "layer_us") ==
        Approx(microseconds(steps.attention(batch_of(8)) + steps.dense_ffn(8))).epsilon(1e-12));
}

TEST_CASE("two microbatches alternate on two streams, and the slower stream is never idle")
{
  const MachineSpec machine = free_memory(tests::small_machine());
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  const Steps steps{spec, model, machine};
  for (const CoreShare cores : {CoreShare{1, 2}, CoreShare{5, 10}, CoreShare{19, 38}}) {
    spec.attention_cores = cores;
    const CoreShare others{AllCores.aic - cores.aic, AllCores.aiv - cores.aiv};
    const Picoseconds attention = steps.attention(batch_of(4), cores);
    const Picoseconds ffn = steps.dense_ffn(4, others);
    // The first attention and the last feed-forward of the pass have nothing beside them.
    const Picoseconds layers = attention > ffn ? attention * 6 + ffn : attention + ffn * 6;
    CHECK(iteration(spec, 2, model, machine) == layers + steps.head(8) + steps.overhead());
  }
}

TEST_CASE("a microbatch waits for the stream that the other one has, and the wait counts to that stream")
{
  const MachineSpec machine = free_memory(tests::small_machine());
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  spec.microbatches = Microbatches::Two;
  spec.attention_cores = CoreShare{1, 2};
  const Steps steps{spec, model, machine};
  const Picoseconds attention = steps.attention(batch_of(4), {1, 2});
  const Picoseconds ffn = steps.dense_ffn(4, {19, 38});
  REQUIRE(attention > ffn);
  const auto result = decode(spec, model, machine);
  // Six times a microbatch goes through a layer: the first one waits for nothing, the second one for a whole attention,
  // the others for what an attention is longer than a feed-forward.
  CHECK(tests::part_sum_ps(result, "wait for attention stream", 6) == (attention + (attention - ffn) * 4).count());
  CHECK(tests::part_sum_ps(result, "wait for feed-forward stream", 6) == 0);
  CHECK(tests::part_sum_ps(result, "attention", 6) == (attention * 6).count());
  CHECK(tests::part_sum_ps(result, "dense feed-forward", 6) == (ffn * 6).count());
  CHECK(tests::metric_of(result, "microbatches") == 2);
  CHECK(tests::metric_of(result, "attention_aic") == 1);
}

TEST_CASE("a feed-forward stream that is slower is waited for")
{
  const MachineSpec machine = free_memory(tests::small_machine());
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  spec.microbatches = Microbatches::Two;
  spec.attention_cores = CoreShare{19, 38};
  const Steps steps{spec, model, machine};
  const Picoseconds attention = steps.attention(batch_of(4), {19, 38});
  const Picoseconds ffn = steps.dense_ffn(4, {1, 2});
  REQUIRE(ffn > attention);
  const auto result = decode(spec, model, machine);
  CHECK(tests::part_sum_ps(result, "wait for attention stream", 6) == attention.count());
  CHECK(tests::part_sum_ps(result, "wait for feed-forward stream", 6) == ((ffn - attention) * 5).count());
}

TEST_CASE("microbatches that take turns have all cores, one after the other")
{
  const MachineSpec machine = tests::small_machine();
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  spec.takes_turns = true;
  const Steps steps{spec, model, machine};
  const Picoseconds layer = steps.attention(batch_of(4)) + steps.dense_ffn(4);
  CHECK(iteration(spec, 2, model, machine) == layer * 6 + steps.head(8) + steps.overhead());
}

TEST_CASE("an odd batch is cut into microbatches of unequal length, the first one taking the odd request")
{
  const MachineSpec machine = tests::small_machine();
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  spec.batch_per_npu = 14;  // seven on the first die
  spec.takes_turns = true;
  const Steps steps{spec, model, machine};
  const Picoseconds layers =
      steps.attention(batch_of(4)) + steps.dense_ffn(4) + steps.attention(batch_of(3)) + steps.dense_ffn(3);
  CHECK(iteration(spec, 2, model, machine) == layers * 3 + steps.head(7) + steps.overhead());
}

TEST_CASE("the time of every operator is scattered by its own draw from the rank's stream, in the order of the steps")
{
  MachineSpec machine = tests::small_machine();
  machine.die.compute.jitter = 0.05;
  const ModelSpec model = dense_model();
  const DecodeSpec spec = dense_decode();
  sim::RandomStream jitter(Seed, "operator jitter", 0);
  const auto scattered = [&](Seconds time) { return to_picoseconds(time * (1.0 + 0.05 * jitter.normal())); };
  const auto on_all = [&](const Operator& op) { return scattered(models::operator_time(op, machine.die, AllCores)); };
  Picoseconds sum;
  for (std::int64_t layer = 0; layer < model.layers; ++layer) {
    for (const Operator& op : models::attention_operators(model, spec.quantisation, batch_of(8)))
      sum += on_all(op);
    sum += on_all(models::dense_ffn_operator(model, spec.quantisation, 8));
  }
  sum += on_all(models::head_operator(model, 8));
  sum += scattered(model.step_overhead);
  CHECK(iteration(spec, 1, model, machine) == sum);
}

TEST_CASE("every iteration draws the lengths of its requests anew")
{
  const MachineSpec machine = tests::small_machine();
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  spec.output_length = 500;
  spec.iterations = 3;
  const Steps steps{spec, model, machine};
  std::int64_t sum = 0;
  std::int64_t longest = 0;
  for (std::uint64_t number = 0; number < spec.iterations; ++number) {
    sim::RandomStream lengths(Seed, "KV lengths", number);
    models::DecodeBatch batch = batch_of(8, 1, 0);
    for (int request = 0; request < 8; ++request)
      batch.kv_tokens += 1000 + lengths.below(501);
    batch.query_kv_pairs = batch.kv_tokens;
    const Picoseconds layer = steps.attention(batch) + steps.dense_ffn(8);
    const Picoseconds whole = layer * 3 + steps.head(8) + steps.overhead();
    sum += whole.count();
    longest = std::max(longest, whole.count());
  }
  const auto result = decode(spec, model, machine);
  const auto& iterations = tests::histogram_of(result, "rank_iteration_ms");
  CHECK(iterations.count() == 3);
  CHECK(tests::sum_ps(iterations) == sum);
  CHECK(tests::most_ps(iterations) == longest);
  CHECK(tests::metric_of(result, "iteration_ms") * 3e9 == Approx(static_cast<double>(sum)).epsilon(1e-12));
}

TEST_CASE("a MoE layer is attention, gate, dispatch, experts and combine, to the picosecond")
{
  const MachineSpec machine = free_network();
  const ModelSpec model = tests::small_experts();
  const DecodeSpec spec = expert_decode();
  const Steps steps{spec, model, machine};
  const models::DieSpec& die = machine.die;
  const std::int64_t tokens = 16;
  const std::int64_t rows = tokens * model.top_k;
  const Bytes row(2 * model.hidden);
  const auto dispatched = models::plan_dispatch(die, AllCores.aiv, row, true, Seconds(0));
  const auto combined = models::plan_combine(die, AllCores.aiv, row, Seconds(0));
  const auto sending = [&](Bytes message, std::int64_t count) {
    return to_picoseconds(message / die.write_engine) * count;
  };

  const Picoseconds attention = steps.attention(batch_of(tokens));
  const Picoseconds gate = time_on(AllCores, models::gate_operator(model, tokens), machine);
  // A rank's own experts come first; the last row leaves as soon as the write engine gets to it.
  const Picoseconds dispatch =
      to_picoseconds(die.exchange.launch) + sending(dispatched.message, rows - 1) +
      to_picoseconds(die.exchange.synchronise) +
      to_picoseconds(models::plan_reordering(die, AllCores.aiv, spec.ep, rows, dispatched.message).time);
  // Two slots of the rank, and the shared expert for the rank's own tokens.
  const Picoseconds experts = time_on(
      AllCores, models::expert_operator(model, spec.quantisation, rows + tokens, 2 + model.shared_experts), machine);
  // A rank's own tokens come last, which a core puts in place itself.
  const Picoseconds combine = to_picoseconds(die.exchange.launch) + sending(combined.message, rows) +
                              to_picoseconds(models::plan_gather(die, AllCores.aiv, tokens, model.top_k + 1, row).time);

  const auto result = decode(spec, model, machine);
  CHECK(mean_part(result, "wait for attention stream") == 0_ps);
  CHECK(mean_part(result, "attention") == attention);
  CHECK(mean_part(result, "wait for MoE stream") == 0_ps);
  CHECK(mean_part(result, "gate") == gate);
  CHECK(mean_part(result, "dispatch") + mean_part(result, "dispatch: wait in barrier") == dispatch);
  CHECK(mean_part(result, "experts") == experts);
  CHECK(mean_part(result, "combine") + mean_part(result, "combine: wait for tokens") == combine);
  const Picoseconds whole = attention * 4 + steps.dense_ffn(tokens) + (gate + dispatch + experts + combine) * 3 +
                            steps.head(tokens) + steps.overhead();
  const auto& iterations = tests::histogram_of(result, "rank_iteration_ms");
  CHECK(iterations.count() == 32);
  CHECK(tests::least_ps(iterations) == whole.count());
  CHECK(tests::most_ps(iterations) == whole.count());
}

TEST_CASE("dies of a tensor-parallel group add up after attention and after the feed-forward")
{
  const MachineSpec machine = round_lanes();
  const ModelSpec model = dense_model();
  DecodeSpec spec = dense_decode();
  spec.tp = 2;
  const Steps steps{spec, model, machine};
  const std::int64_t tokens = 16;  // of both dies
  const Bytes row(2 * model.hidden);
  const Bytes piece = models::piece_of({TensorOperation::AllReduce, tokens, row, 2}, 0);
  REQUIRE(piece <= machine.ub.mtu);
  // There, its acknowledgement back, and the flag.
  const Picoseconds phase =
      to_picoseconds(piece / machine.topology.lane_bandwidth) + to_picoseconds(machine.ub.traversal) * 3;
  const Picoseconds exchange = to_picoseconds(machine.die.exchange.launch) + phase +
                               time_on(AllCores, models::reduction_operator(piece, 2), machine) + phase;
  const Picoseconds attention = steps.attention(batch_of(tokens));
  const Picoseconds ffn = steps.dense_ffn(tokens);
  const auto result = decode(spec, model, machine);
  CHECK(mean_part(result, "attention") == attention);
  CHECK(mean_part(result, "attention: tensor exchange") == exchange);
  CHECK(mean_part(result, "dense feed-forward") == ffn);
  CHECK(mean_part(result, "feed-forward: tensor exchange") == exchange);
  CHECK(tests::histogram_of(result, "tensor_exchange_us").count() == 2 * 3 * 2);
  CHECK(tests::sum_ps(tests::histogram_of(result, "tensor_exchange_us")) == (exchange * 12).count());
  const auto& iterations = tests::histogram_of(result, "rank_iteration_ms");
  CHECK(tests::sum_ps(iterations) ==
        (((attention + exchange + ffn + exchange) * 3 + steps.head(tokens) + steps.overhead()) * 2).count());
}

TEST_CASE("progress of a decode grows with the layers of the first rank and ends at the end")
{
  class Shares final : public sim::metrics::Progress {
   public:
    void update(double share, std::string_view what) override
    {
      shares.push_back(share);
      CHECK(what == "decoding");
    }
    std::vector<double> shares;
  };
  DecodeSpec spec = dense_decode();
  spec.iterations = 2;
  Shares progress;
  sim::metrics::Result result;
  run_decode(spec, dense_model(), tests::small_machine(), Seed, progress, result);
  // Three layers and what follows them, twice.
  CHECK(progress.shares == std::vector<double>{1.0 / 8, 2.0 / 8, 3.0 / 8, 5.0 / 8, 6.0 / 8, 7.0 / 8});
}

TEST_CASE("the timeline of a rank shows every operator of a pass, one after the other")
{
  const MachineSpec machine = tests::small_machine();
  const ModelSpec model = dense_model();
  const DecodeSpec spec = dense_decode();
  sim::metrics::Result result;
  sim::metrics::NoProgress progress;
  sim::timeline::Timeline timeline;
  run_decode(spec, model, machine, Seed, progress, result, &timeline);
  std::vector<std::string> names;
  Picoseconds end;
  for (const sim::timeline::Slice& slice : timeline.slices()) {
    names.push_back(slice.name);
    CHECK(slice.start == end);
    end = slice.end;
    const bool is_of_moe_stream = slice.name == "dense FFN";
    CHECK(timeline.tracks().at(slice.track).name == (is_of_moe_stream ? "MoE stream" : "attention stream"));
  }
  std::vector<std::string> expected;
  for (int layer = 0; layer < 3; ++layer)
    expected.insert(expected.end(), {"qkv_proj", "attention", "o_proj", "dense FFN"});
  expected.insert(expected.end(), {"head", "step overhead"});
  CHECK(names == expected);
  CHECK(end.count() == tests::sum_ps(tests::histogram_of(result, "rank_iteration_ms")));
  CHECK(timeline.slices().at(4).arguments ==
        std::vector<sim::timeline::Argument>{{"layer", 1}, {"microbatch", 0}, {"iteration", 0}});
}
