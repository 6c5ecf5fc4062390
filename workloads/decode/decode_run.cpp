#include "workloads/decode/decode_run.h"

#include "models/language_models/tensor_share.h"
#include "workloads/exchanges/rank_timeline.h"

namespace cm::workloads {
namespace {

using Op = DecodeOperator;

// Through the layers, then the MTP layer once per speculative token, each time with a head behind it.
std::vector<WalkPass> passes_of(const DecodeSetup& setup)
{
  const std::int64_t layers = setup.model.layers;
  std::vector<WalkPass> passes{{0, layers, {}}};
  for (int token = 0; token < setup.spec.mtp_tokens; ++token)
    passes.push_back({layers, layers + 1, {}});
  for (WalkPass& pass : passes)
    pass.afterwards = {static_cast<std::uint8_t>(Op::Head),
                       static_cast<std::uint8_t>(&pass == &passes.back() ? Op::StepOverhead : Op::MtpProjection)};
  return passes;
}

WalkSetup walk_setup(const DecodeSetup& setup)
{
  return {.ranks = setup.spec.dies(),
          .microbatches = static_cast<std::uint32_t>(setup.plan.microbatches),
          .iterations = setup.spec.iterations,
          .passes = passes_of(setup),
          .unit = {},
          .jitter = setup.machine.die.compute.jitter,
          .seed = setup.seed,
          .jitter_name = "operator jitter",
          .doing = "decoding"};
}

}  // namespace

DecodeRun::DecodeRun(const DecodeSetup& setup, LiveMachine& live, sim::streams::Signal finished,
                     sim::metrics::Progress& progress)
    : setup_(setup), share_(models::tensor_share(setup.model, setup.spec.tp)),
      moe_program_(decode_layer({true, setup.plan.takes_turns, setup.spec.tp > 1})),
      dense_program_(decode_layer({false, setup.plan.takes_turns, setup.spec.tp > 1})), batches_(setup, share_),
      costs_(setup, share_, batches_), routing_(setup, batches_),
      walk_(walk_setup(setup), *this, live.plane(), finished, progress), iteration_ms_(setup.spec.iterations)
{
  for (std::uint32_t micro = 0; micro < static_cast<std::uint32_t>(setup.plan.microbatches); ++micro)
    add_exchanges(micro, live);
}

void DecodeRun::add_exchanges(std::uint32_t micro, LiveMachine& live)
{
  const DecodeSpec& spec = setup_.spec;
  const models::ModelSpec& model = setup_.model;
  const auto place = [&](DecodeExchange which) {
    return walk_.place_of(static_cast<std::uint8_t>(which), micro, setup_.machine, live.engines());
  };
  if (model.has_experts())
    experts_[micro] = make_exchange(
        spec.exchange,
        {.ranks = spec.ep,
         .cores = setup_.plan.moe_cores.aiv,
         .row = Bytes(2 * model.hidden),
         .quantised = spec.quantised_dispatch,
         .rows_per_token = static_cast<std::uint32_t>(model.top_k + (spec.has_shared() ? 1 : 0)),
         .slots_per_rank = spec.ep > 0 ? spec.slots(model, setup_.machine).slots() / spec.ep : 0},
        place(DecodeExchange::Experts), [this, micro](std::uint32_t generation, ExchangeTraffic& traffic) {
          return routing_.route(micro, generation, traffic);
        });
  if (spec.tp > 1)
    tensors_[micro] = std::make_unique<TensorExchange>(
        spec.dies(), spec.tp, place(DecodeExchange::Tensor),
        [this, micro](std::uint32_t part, std::uint32_t rank) { return tensor_kernel(part, rank, micro); });
}

void DecodeRun::show_on(RankTimeline& timeline)
{
  walk_.show_on(timeline);
  for (const auto& experts : experts_)
    if (experts)
      experts->show_on(timeline);
  for (const auto& tensors : tensors_)
    if (tensors)
      tensors->show_on(timeline);
}

bool DecodeRun::is_moe(std::int64_t layer) const
{
  return setup_.model.has_experts() && layer >= setup_.model.dense_layers;
}

std::span<const LayerStep> DecodeRun::program(std::int64_t layer) const
{
  return is_moe(layer) ? moe_program_ : dense_program_;
}

bool DecodeRun::counts(std::int64_t layer) const
{
  return layer < setup_.model.layers && (is_moe(layer) || !setup_.model.has_experts());
}

Exchange& DecodeRun::exchange(std::uint8_t exchange, std::uint32_t micro)
{
  if (static_cast<DecodeExchange>(exchange) == DecodeExchange::Tensor)
    return *tensors_[micro];
  return *experts_[micro];
}

void DecodeRun::begin_iteration(std::uint32_t rank, std::uint32_t iteration)
{
  batches_.draw(rank, iteration);
}

void DecodeRun::end_iteration(std::uint32_t /*rank*/, std::uint32_t iteration, Picoseconds took)
{
  const double ms = static_cast<double>(took.count()) * 1e-9;
  iteration_ms_[iteration] += ms / setup_.spec.dies();
  times_.rank_iteration_ms.record(ms);
}

OperatorCost DecodeRun::cost(std::uint8_t op, const WalkPlace& place) const
{
  const auto which = static_cast<Op>(op);
  if (which == Op::Experts)
    return costs_.of_experts(place, experts_[place.micro]->traffic(generation(place)),
                             routing_.slots_per_rank(place.layer));
  return costs_.of(which, place);
}

std::uint32_t DecodeRun::generation(const WalkPlace& place) const
{
  return walk_.started(place.rank, place.micro, static_cast<std::uint8_t>(DecodeExchange::Experts)) - 1;
}

// A MoE layer leaves each die of a group with its share of the tokens, a dense one with a part of the sum.
TensorKernel DecodeRun::tensor_kernel(std::uint32_t part, std::uint32_t rank, std::uint32_t micro) const
{
  const bool is_after_attention = part == AfterAttention;
  models::TensorOperation operation = models::TensorOperation::AllReduce;
  if (is_moe(walk_.place(rank, micro).layer))
    operation = is_after_attention ? models::TensorOperation::ReduceScatter : models::TensorOperation::AllGather;
  return {.task = {.operation = operation,
                   .tokens = batches_.group_tokens(rank, micro),
                   .row = Bytes(2 * setup_.model.hidden),
                   .members = setup_.spec.tp},
          .cores = is_after_attention ? setup_.plan.attention_cores.aiv : setup_.plan.moe_cores.aiv};
}

void DecodeRun::note_exchange(const LayerStep& step, double spent, double waited)
{
  if (static_cast<DecodeExchange>(step.what) == DecodeExchange::Tensor) {
    times_.tensor_exchange_us.record(spent);
    return;
  }
  (step.part == DispatchPart ? times_.dispatch_us : times_.combine_us).record(spent);
  times_.wait_us.record(waited);
}

void DecodeRun::show_operator(std::uint8_t op, const WalkPlace& place, RankTimeline& timeline)
{
  if (static_cast<Op>(op) == Op::Experts)
    timeline.use_rows({place.rank, place.micro}, static_cast<std::size_t>(DecodeStream::Moe), generation(place),
                      experts_[place.micro]->traffic(generation(place)), walk_.now());
}

std::optional<LayerTimes> DecodeRun::layer_times() const
{
  if (walk_.breakdown().layers() == 0)
    return std::nullopt;
  return workloads::layer_times(walk_.breakdown());
}

}  // namespace cm::workloads
