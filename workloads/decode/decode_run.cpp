#include "workloads/decode/decode_run.h"

#include "models/language_models/tensor_share.h"
#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <numeric>

namespace cm::workloads {
namespace {

constexpr std::uint64_t RankBits = 20;
// Notices of microbatch m's exchange start at (m + 1) << ExchangeShift, those of its tensor exchange two further on.
constexpr std::uint64_t ExchangeShift = 40;
constexpr std::uint64_t TensorExchanges = 3;

}  // namespace

DecodeRun::DecodeRun(const DecodeSpec& spec, const DecodePlan& plan, const models::ModelSpec& model,
                     const models::MachineSpec& machine, std::uint64_t seed, sim::streams::DataPlane& plane,
                     const models::EndpointEngines& engines, sim::streams::Signal finished,
                     sim::metrics::Progress& progress)
    : spec_(spec), plan_(plan), model_(model), share_(models::tensor_share(model, spec.tp)), machine_(machine),
      plane_(plane), finished_(finished), progress_(progress), seed_(seed),
      all_cores_{machine.die.aic_cores, machine.die.aiv_cores}
{
  if (model.has_experts())
    // The MTP layer is one more.
    layers_ = build_expert_layers(spec.choices,
                                  {.slots = spec.slots(model, machine),
                                   .top_k = static_cast<std::uint32_t>(model.top_k),
                                   .profile = model.expert_load,
                                   .first = static_cast<std::uint64_t>(model.dense_layers),
                                   .count = static_cast<std::uint32_t>(model.moe_layers() + 1)},
                                  seed);
  setup_ = {.ranks = spec.ep,
            .cores = plan.moe_cores.aiv,
            .row = Bytes(2 * model.hidden),
            .quantised = spec.quantised_dispatch,
            .rows_per_token = static_cast<std::uint32_t>(model.top_k + (spec.has_shared() ? 1 : 0)),
            .slots_per_rank = spec.ep > 0 ? spec.slots(model, machine).slots() / spec.ep : 0};
  for (int micro = 0; micro < plan.microbatches; ++micro) {
    const auto m = static_cast<std::size_t>(micro);
    tokens_[m].resize(spec.dies());
    if (model.has_experts())
      exchanges_[m] = make_exchange(spec.exchange, setup_,
                                    {.id = static_cast<std::uint32_t>(micro),
                                     .machine = machine,
                                     .plane = plane,
                                     .engines = engines,
                                     .listener = *this,
                                     .notice_base = static_cast<std::uint64_t>(micro + 1) << ExchangeShift});
    if (spec.tp > 1)
      tensor_exchanges_[m] =
          std::make_unique<TensorExchange>(static_cast<std::uint32_t>(micro), spec.dies(), spec.tp, machine, plane,
                                           engines, *this, (TensorExchanges + m) << ExchangeShift);
  }
  attention_.resize(spec.dies());
  for (std::uint32_t rank = 0; rank < spec.dies(); ++rank)
    ranks_.emplace_back(seed, rank);
  iteration_ms_.resize(spec.iterations);
}

double DecodeRun::lap(std::uint32_t rank, int micro, std::int64_t now)
{
  Microbatch& batch = ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
  const double part = static_cast<double>(now - batch.since) * 1e-6;
  batch.since = now;
  return part;
}

void DecodeRun::enter_layer(std::uint32_t rank, int micro, std::int64_t now)
{
  take(rank, micro, AttentionStream, now);
}

// A stream serves one microbatch at a time; the other one waits its turn.
void DecodeRun::take(std::uint32_t rank, int micro, Stream stream, std::int64_t now)
{
  Rank& r = ranks_[rank];
  if (r.holder[stream] != NoMicrobatch) {
    ensure(r.waiting[stream] == NoMicrobatch, "two microbatches wait for stream {} of rank {}",
           static_cast<int>(stream), rank);
    r.waiting[stream] = micro;
    return;
  }
  r.holder[stream] = micro;
  Microbatch& batch = r.microbatches[static_cast<std::size_t>(micro)];
  const double waited = lap(rank, micro, now);
  if (counts(batch.layer))
    (stream == AttentionStream && !batch.has_rows ? sums_.wait_attention : sums_.wait_moe) += waited;
  work_on(rank, micro, stream);
}

void DecodeRun::work_on(std::uint32_t rank, int micro, Stream stream)
{
  Microbatch& batch = ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
  if (batch.has_rows) {
    run_experts(rank, micro);
  } else if (stream == AttentionStream) {
    batch.next_operator = 0;
    next_attention_operator(rank, micro);
  } else {
    start_moe(rank, micro);
  }
}

void DecodeRun::release(std::uint32_t rank, Stream stream, std::int64_t now)
{
  Rank& r = ranks_[rank];
  r.holder[stream] = NoMicrobatch;
  if (const int next = std::exchange(r.waiting[stream], NoMicrobatch); next != NoMicrobatch)
    take(rank, next, stream, now);
}

void DecodeRun::run_operator(std::uint32_t rank, int micro, Step step, Seconds time, Bytes traffic)
{
  if (timeline_ != nullptr)
    show_operator(rank, micro, step);
  const double factor = std::max(0.5, 1.0 + machine_.die.compute.jitter * ranks_[rank].jitter.normal());
  plane_.start(
      {.die = rank,
       .alone = to_picoseconds(time * factor),
       .memory_traffic = traffic,
       .end_notice = (static_cast<std::uint64_t>(step) << 1U | static_cast<std::uint64_t>(micro)) << RankBits | rank});
}

void DecodeRun::run_operator(std::uint32_t rank, int micro, Step step, const models::Operator& op,
                             const models::CoreShare& cores)
{
  if (const auto stage = stage_of(step);
      stage && counts(ranks_[rank].microbatches[static_cast<std::size_t>(micro)].layer))
    add_work(*stage, models::work_of(op, machine_.die, cores));
  run_operator(rank, micro, step, models::operator_time(op, machine_.die, cores), op.traffic);
}

void DecodeRun::next_attention_operator(std::uint32_t rank, int micro)
{
  const AttentionWork& work = attention_[rank][static_cast<std::size_t>(micro)];
  const std::size_t which = ranks_[rank].microbatches[static_cast<std::size_t>(micro)].next_operator++;
  run_operator(rank, micro, Step::Attention, work.times[which], work.traffic[which]);
}

void DecodeRun::end_attention(std::uint32_t rank, int micro, std::int64_t now)
{
  if (plan_.takes_turns) {
    start_moe(rank, micro);
    return;
  }
  release(rank, AttentionStream, now);
  take(rank, micro, MoeStream, now);
}

void DecodeRun::start_moe(std::uint32_t rank, int micro)
{
  const auto m = static_cast<std::size_t>(micro);
  if (is_moe(ranks_[rank].microbatches[m].layer))
    run_operator(rank, micro, Step::Gate, models::gate_operator(model_, tokens_[m][rank]), plan_.moe_cores);
  else
    run_operator(rank, micro, Step::DenseFfn,
                 models::dense_ffn_operator(share_, spec_.quantisation, attention_[rank][m].batch.query_tokens),
                 plan_.moe_cores);
}

void DecodeRun::exchange_in_group(std::uint32_t rank, int micro, models::TensorOperation operation, int cores)
{
  const auto m = static_cast<std::size_t>(micro);
  if (timeline_ != nullptr)
    timeline_->begin({rank, static_cast<std::uint32_t>(micro)},
                     ranks_[rank].holder[AttentionStream] == micro ? AttentionStream : MoeStream, "tensor exchange",
                     plane_.now());
  tensor_exchanges_[m]->start(rank,
                              {.operation = operation,
                               .tokens = attention_[rank][m].batch.query_tokens,
                               .row = Bytes(2 * model_.hidden),
                               .members = spec_.tp},
                              cores);
}

// The one that follows attention ends while the microbatch has the attention stream.
void DecodeRun::on_tensor_exchanged(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now)
{
  const int micro = static_cast<int>(microbatch);
  const bool is_after_attention = ranks_[rank].holder[AttentionStream] == micro;
  if (timeline_ != nullptr)
    timeline_->end({rank, microbatch}, now);
  const double spent = lap(rank, micro, now.count());
  if (counts(ranks_[rank].microbatches[microbatch].layer)) {
    (is_after_attention ? sums_.attention_exchange : sums_.ffn_exchange) += spent;
    add_work(is_after_attention ? DecodeStage::AttentionExchange : DecodeStage::FfnExchange,
             tensor_exchanges_[microbatch]->work(rank, Seconds(spent * 1e-6)));
    tensor_exchange_us.record(spent);
  }
  if (is_after_attention)
    end_attention(rank, micro, now.count());
  else
    leave_layer(rank, micro, now.count());
}

void DecodeRun::on_notice(std::uint64_t notice, Picoseconds time)
{
  if (const std::uint64_t exchange = notice >> ExchangeShift; exchange > 0) {
    const std::uint64_t rest = notice & ((1ULL << ExchangeShift) - 1);
    if (exchange < TensorExchanges)
      exchanges_[exchange - 1]->on_notice(rest, time);
    else
      tensor_exchanges_[exchange - TensorExchanges]->on_notice(rest, time);
    return;
  }
  const std::int64_t now = time.count();
  const auto rank = static_cast<std::uint32_t>(notice & ((1ULL << RankBits) - 1));
  const int micro = static_cast<int>(notice >> RankBits & 1U);
  const auto m = static_cast<std::size_t>(micro);
  Microbatch& batch = ranks_[rank].microbatches[m];
  if (timeline_ != nullptr)
    timeline_->end({rank, static_cast<std::uint32_t>(micro)}, time);
  switch (static_cast<Step>(notice >> (RankBits + 1))) {
  case Step::Attention:
    if (batch.next_operator < attention_[rank][m].times.size()) {
      next_attention_operator(rank, micro);
      return;
    }
    if (const double spent = lap(rank, micro, now); counts(batch.layer)) {
      sums_.attention += spent;
      add_work(DecodeStage::Attention, attention_[rank][m].work);
    }
    if (spec_.tp == 1)
      end_attention(rank, micro, now);
    else
      exchange_in_group(rank, micro,
                        is_moe(batch.layer) ? models::TensorOperation::ReduceScatter
                                            : models::TensorOperation::AllReduce,
                        plan_.attention_cores.aiv);
    break;
  case Step::Gate: start_dispatch(rank, micro, now); break;
  case Step::Mlp:
    if (const double spent = lap(rank, micro, now); counts(batch.layer))
      sums_.mlp += spent;
    batch.has_rows = false;
    if (plan_.takes_turns)
      release(rank, AttentionStream, now);
    exchanges_[m]->start_combine(batch.exchanges - 1, rank);
    break;
  case Step::DenseFfn:
    if (const double spent = lap(rank, micro, now); counts(batch.layer))
      sums_.dense_ffn += spent;
    end_feed_forward(rank, micro, now);
    break;
  case Step::Head: after_head(rank); break;
  case Step::MtpProjection: start_pass(rank, model_.layers, now); break;
  case Step::StepOverhead: end_iteration(rank, now); break;
  }
}

void DecodeRun::start_dispatch(std::uint32_t rank, int micro, std::int64_t now)
{
  const auto m = static_cast<std::size_t>(micro);
  Microbatch& batch = ranks_[rank].microbatches[m];
  if (const double spent = lap(rank, micro, now); counts(batch.layer))
    sums_.gate += spent;
  const std::uint32_t generation = batch.exchanges++;
  if (generation == prepared_[m])
    prepare_exchange(micro, generation, batch.layer);
  exchanges_[m]->start_dispatch(generation, rank);
  if (plan_.takes_turns)
    release(rank, AttentionStream, now);
}

// The first rank to get there draws the routing of all, from a stream of this exchange alone: which rank that is, and
// when, decides nothing.
void DecodeRun::prepare_exchange(int micro, std::uint32_t generation, std::int64_t layer)
{
  const auto m = static_cast<std::size_t>(micro);
  const ExpertLayer& l = expert_layer(layer);
  const SharedMessages shared = spec_.shared_copies > 0 ? SharedMessages::Nearest : SharedMessages::None;
  sim::RandomStream random(seed_, "gate", static_cast<std::uint64_t>(micro) << 32U | generation);
  const RoutingTask task{l.gate,
                         l.placement,
                         shared,
                         static_cast<std::uint32_t>(model_.top_k),
                         trace_walk(m, generation),
                         models::expert_lanes(machine_)};
  route_tokens(task, tokens_[m], random, exchanges_[m]->traffic(generation));
  exchanges_[m]->open(generation, tokens_[m]);
  ++prepared_[m];
}

// Every request of the batch reads on in its own part of the trace: one row for each query token, and as many further
// on in the next iteration. The passes of an iteration take the same rows, each in its layer.
models::TraceWalk DecodeRun::trace_walk(std::size_t micro, std::uint32_t generation) const
{
  const auto together = static_cast<std::uint64_t>(1 + spec_.mtp_tokens);
  const auto passes = static_cast<std::uint64_t>(model_.moe_layers() + spec_.mtp_tokens);
  const std::uint64_t tokens = std::accumulate(tokens_[micro].begin(), tokens_[micro].end(), std::uint64_t{0});
  const std::uint64_t requests = tokens / together;
  // Requests of the second microbatch start half way between those of the first.
  const std::uint64_t offset = requests == 0 ? 0 : layers_.front().gate.trace_tokens() / requests * micro / 2;
  return {offset + generation / passes * together, together, requests};
}

void DecodeRun::on_dispatched(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now, Picoseconds waited)
{
  Microbatch& batch = ranks_[rank].microbatches[microbatch];
  const double spent = lap(rank, static_cast<int>(microbatch), now.count());
  if (counts(batch.layer)) {
    sums_.dispatch += spent - microseconds(waited);
    sums_.dispatch_wait += microseconds(waited);
    add_work(DecodeStage::Dispatch,
             dispatch_work(exchange_worker(), exchanges_[microbatch]->traffic(batch.exchanges - 1), rank,
                           Seconds(spent * 1e-6)));
    dispatch_us.record(spent);
    wait_us.record(microseconds(waited));
  }
  batch.has_rows = true;
  if (plan_.takes_turns)
    take(rank, static_cast<int>(microbatch), AttentionStream, now.count());
  else
    run_experts(rank, static_cast<int>(microbatch));
}

void DecodeRun::run_experts(std::uint32_t rank, int micro)
{
  const auto m = static_cast<std::size_t>(micro);
  const Microbatch& batch = ranks_[rank].microbatches[m];
  const ExchangeTraffic& traffic = exchanges_[m]->traffic(batch.exchanges - 1);
  // A copy of the shared experts is all of them side by side: a row for it counts once for each.
  const std::int64_t shared = traffic.received[rank] - traffic.received_routed[rank];
  const std::int64_t wider = shared > 0 ? model_.shared_experts - 1 : 0;
  const std::int64_t received = traffic.received[rank] + shared * wider;
  const std::int64_t slots = expert_layer(batch.layer).placement.slots_per_rank() + wider;
  // Shared experts beside the slots take the rank's own tokens, which never left it.
  const std::int64_t apart = spec_.shared_on_every_rank && tokens_[m][rank] > 0 ? model_.shared_experts : 0;
  const std::int64_t rows = received + apart * tokens_[m][rank];
  if (rows == 0 || machine_.free.experts)
    run_operator(rank, micro, Step::Mlp, machine_.free.experts ? Seconds(0) : machine_.die.compute.cube_operator,
                 Bytes(0));
  else
    run_operator(rank, micro, Step::Mlp,
                 models::expert_operator(model_, spec_.quantisation, rows, std::min(slots, received) + apart),
                 plan_.moe_cores);
}

void DecodeRun::on_combined(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now, Picoseconds waited)
{
  const double spent = lap(rank, static_cast<int>(microbatch), now.count());
  const Microbatch& batch = ranks_[rank].microbatches[microbatch];
  if (counts(batch.layer)) {
    sums_.combine += spent - microseconds(waited);
    sums_.combine_wait += microseconds(waited);
    add_work(DecodeStage::Combine, combine_work(exchange_worker(), exchanges_[microbatch]->traffic(batch.exchanges - 1),
                                                rank, tokens_[microbatch][rank], Seconds(spent * 1e-6)));
    combine_us.record(spent);
    wait_us.record(microseconds(waited));
  }
  end_feed_forward(rank, static_cast<int>(microbatch), now.count());
}

// A MoE layer leaves each die of a group with its share of the tokens, a dense one with a part of the sum.
void DecodeRun::end_feed_forward(std::uint32_t rank, int micro, std::int64_t now)
{
  const std::int64_t layer = ranks_[rank].microbatches[static_cast<std::size_t>(micro)].layer;
  if (counts(layer))
    ++layers_counted_;
  if (spec_.tp == 1)
    leave_layer(rank, micro, now);
  else
    exchange_in_group(rank, micro,
                      is_moe(layer) ? models::TensorOperation::AllGather : models::TensorOperation::AllReduce,
                      plan_.moe_cores.aiv);
}

void DecodeRun::leave_layer(std::uint32_t rank, int micro, std::int64_t now)
{
  Microbatch& batch = ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
  if (!plan_.takes_turns)
    release(rank, MoeStream, now);
  else if (!is_moe(batch.layer))
    release(rank, AttentionStream, now);
  ++batch.layer;
  if (rank == 0 && micro == 0)
    progress_.update((static_cast<double>(ranks_[0].iteration) +
                      std::min(1.0, static_cast<double>(batch.layer) / static_cast<double>(model_.layers + 1))) /
                         spec_.iterations,
                     "decoding");
  if (batch.layer < model_.layers) {
    enter_layer(rank, micro, now);
    return;
  }
  if (++ranks_[rank].joined == plan_.microbatches)
    join(rank);
}

// Stage that a step counts for. Work of attention is known as a whole only; steps after the layers belong to none.
std::optional<DecodeStage> DecodeRun::stage_of(Step step)
{
  switch (step) {
  case Step::Gate: return DecodeStage::Gate;
  case Step::Mlp: return DecodeStage::Experts;
  case Step::DenseFfn: return DecodeStage::DenseFfn;
  default: return std::nullopt;
  }
}

models::StageWork DecodeRun::stage_work(DecodeStage stage) const
{
  const double count = std::max(1.0, static_cast<double>(layers_counted_));
  return work_[static_cast<std::size_t>(stage)] * (1 / count);
}

std::optional<LayerTimes> DecodeRun::layer_times() const
{
  if (layers_counted_ == 0)
    return std::nullopt;
  const auto count = static_cast<double>(layers_counted_);
  LayerTimes mean = sums_;
  for (double* part :
       {&mean.wait_attention, &mean.attention, &mean.attention_exchange, &mean.wait_moe, &mean.dense_ffn, &mean.gate,
        &mean.dispatch, &mean.dispatch_wait, &mean.mlp, &mean.combine, &mean.combine_wait, &mean.ffn_exchange})
    *part /= count;
  return mean;
}

}  // namespace cm::workloads
