#include "workloads/decode/decode_run.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::workloads {
namespace {

constexpr std::uint64_t RankBits = 20;
constexpr std::uint64_t ExchangeShift = 40;  // notices of microbatch m's exchange start at (m + 1) << ExchangeShift

}  // namespace

DecodeRun::DecodeRun(const DecodeSpec& spec, const DecodePlan& plan, const models::ModelSpec& model,
                     const models::MachineSpec& machine, std::uint64_t seed, sim::streams::DataPlane& plane,
                     const models::EndpointEngines& engines, sim::streams::Signal finished,
                     sim::metrics::Progress& progress)
    : spec_(spec), plan_(plan), model_(model), machine_(machine), plane_(plane), finished_(finished),
      progress_(progress), seed_(seed), all_cores_{machine.die.aic_cores, machine.die.aiv_cores}
{
  build_layers(seed);
  const ExchangeSetup setup{.ranks = spec.ep,
                            .cores = plan.moe_cores.aiv,
                            .row = Bytes(2 * model.hidden),
                            .quantised = spec.quantisation == models::Quantisation::Int8,
                            .rows_per_token =
                                static_cast<std::uint32_t>(model.top_k + (spec.shared_copies > 0 ? 1 : 0))};
  for (int micro = 0; micro < plan.microbatches; ++micro) {
    const auto m = static_cast<std::size_t>(micro);
    tokens_[m].resize(spec.ep);
    exchanges_[m] = std::make_unique<FusedExchange>(static_cast<std::uint32_t>(micro), setup, machine, plane, engines,
                                                    *this, static_cast<std::uint64_t>(micro + 1) << ExchangeShift);
  }
  attention_.resize(spec.ep);
  for (std::uint32_t rank = 0; rank < spec.ep; ++rank)
    ranks_.emplace_back(seed, rank);
  iteration_ms_.resize(spec.iterations);
}

void DecodeRun::build_layers(std::uint64_t seed)
{
  const auto experts = static_cast<std::uint32_t>(model_.routed_experts);
  const models::GateSpec gate{.routing = spec_.routing,
                              .experts = experts,
                              .top_k = static_cast<std::uint32_t>(model_.top_k),
                              .sigma = spec_.sigma,
                              .profile = model_.expert_load,
                              .seed = seed};
  const models::SlotSpec slots{spec_.ep, experts, spec_.redundant, spec_.shared_copies};
  for (std::int64_t layer = model_.dense_layers; layer <= model_.layers; ++layer) {
    models::Gate of_layer(gate, static_cast<std::uint64_t>(layer));
    models::Placement placement(slots, spec_.placement, of_layer.loads());
    layers_.push_back({std::move(of_layer), std::move(placement)});
  }
}

void DecodeRun::show_on(RankTimeline& timeline)
{
  timeline_ = &timeline;
  for (int micro = 0; micro < plan_.microbatches; ++micro)
    exchanges_[static_cast<std::size_t>(micro)]->show_on(timeline);
}

void DecodeRun::show_operator(std::uint32_t rank, int micro, Step step)
{
  const auto m = static_cast<std::size_t>(micro);
  const Microbatch& batch = ranks_[rank].microbatches[m];
  const Walker walker{rank, static_cast<std::uint32_t>(micro)};
  const bool is_of_layer = step == Step::Attention || step == Step::Gate || step == Step::Mlp || step == Step::DenseFfn;
  if (is_of_layer)
    timeline_->enter(walker, {{"layer", batch.layer}, {"microbatch", micro}, {"iteration", ranks_[rank].iteration}});
  else
    timeline_->enter(walker, {{"iteration", ranks_[rank].iteration}});
  switch (step) {
  case Step::Attention: {
    const std::string_view name = attention_[rank][m].names[batch.next_operator - 1];
    timeline_->begin(walker, AttentionStream, name, plane_.now());
    break;
  }
  case Step::Gate: timeline_->begin(walker, MoeStream, "gate", plane_.now()); break;
  case Step::Mlp: {
    timeline_->begin(walker, MoeStream, "experts", plane_.now());
    const std::uint32_t generation = batch.exchanges - 1;
    timeline_->use_rows(walker, MoeStream, generation, exchanges_[m]->traffic(generation), plane_.now());
    break;
  }
  case Step::DenseFfn: timeline_->begin(walker, MoeStream, "dense FFN", plane_.now()); break;
  case Step::Head: timeline_->begin(walker, AttentionStream, "head", plane_.now()); break;
  case Step::MtpProjection: timeline_->begin(walker, AttentionStream, "MTP projection", plane_.now()); break;
  case Step::StepOverhead: timeline_->begin(walker, AttentionStream, "step overhead", plane_.now()); break;
  }
}

void DecodeRun::start()
{
  for (std::uint32_t rank = 0; rank < spec_.ep; ++rank) {
    ranks_[rank].iteration_start = plane_.now().count();
    start_pass(rank, 0, plane_.now().count());
  }
}

// Steady state: each request is somewhere in its output, so KV lengths spread over prompt..prompt + output.
void DecodeRun::draw_batches(std::uint32_t rank)
{
  const std::int64_t requests = spec_.requests_on(rank, machine_.topology.dies_per_npu);
  const std::int64_t queries = 1 + spec_.mtp_tokens;
  // One stream per rank and iteration: the order in which ranks get there decides nothing.
  sim::RandomStream random(seed_, "KV lengths", static_cast<std::uint64_t>(ranks_[rank].iteration) * spec_.ep + rank);
  for (int micro = 0; micro < plan_.microbatches; ++micro) {
    const auto m = static_cast<std::size_t>(micro);
    AttentionWork& work = attention_[rank][m];
    work.batch = {};
    work.batch.requests = requests / plan_.microbatches + (micro < requests % plan_.microbatches ? 1 : 0);
    work.batch.query_tokens = work.batch.requests * queries;
    for (std::int64_t request = 0; request < work.batch.requests; ++request) {
      const std::int64_t kv = spec_.prompt_length + random.below(static_cast<std::uint32_t>(spec_.output_length + 1));
      work.batch.kv_tokens += kv;
      work.batch.query_kv_pairs += kv * queries;
    }
    tokens_[m][rank] = static_cast<std::uint32_t>(work.batch.query_tokens);
    work.times.clear();
    work.traffic.clear();
    work.names.clear();
    for (const models::Operator& op : models::attention_operators(model_, spec_.quantisation, work.batch)) {
      work.times.push_back(models::operator_time(op, machine_.die, plan_.attention_cores));
      work.traffic.push_back(op.traffic);
      work.names.push_back(op.name);
    }
  }
}

void DecodeRun::start_pass(std::uint32_t rank, std::int64_t first_layer, std::int64_t now)
{
  if (first_layer == 0)
    draw_batches(rank);
  ranks_[rank].joined = 0;
  for (int micro = 0; micro < plan_.microbatches; ++micro) {
    Microbatch& batch = ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
    batch.layer = first_layer;
    batch.since = now;
    enter_layer(rank, micro, now);
  }
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
    (stream == AttentionStream ? sums_.wait_attention : sums_.wait_moe) += waited;
  if (stream == AttentionStream) {
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
  run_operator(rank, micro, step, models::operator_time(op, machine_.die, cores), op.traffic);
}

void DecodeRun::next_attention_operator(std::uint32_t rank, int micro)
{
  const AttentionWork& work = attention_[rank][static_cast<std::size_t>(micro)];
  const std::size_t which = ranks_[rank].microbatches[static_cast<std::size_t>(micro)].next_operator++;
  run_operator(rank, micro, Step::Attention, work.times[which], work.traffic[which]);
}

void DecodeRun::start_moe(std::uint32_t rank, int micro)
{
  const auto m = static_cast<std::size_t>(micro);
  const std::int64_t tokens = tokens_[m][rank];
  if (is_moe(ranks_[rank].microbatches[m].layer))
    run_operator(rank, micro, Step::Gate, models::gate_operator(model_, tokens), plan_.moe_cores);
  else
    run_operator(rank, micro, Step::DenseFfn, models::dense_ffn_operator(model_, spec_.quantisation, tokens),
                 plan_.moe_cores);
}

void DecodeRun::on_notice(std::uint64_t notice, Picoseconds time)
{
  if (const std::uint64_t exchange = notice >> ExchangeShift; exchange > 0) {
    exchanges_[exchange - 1]->on_notice(notice & ((1ULL << ExchangeShift) - 1), time);
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
    if (const double spent = lap(rank, micro, now); counts(batch.layer))
      sums_.attention += spent;
    release(rank, AttentionStream, now);
    take(rank, micro, MoeStream, now);
    break;
  case Step::Gate: start_dispatch(rank, micro, now); break;
  case Step::Mlp:
    if (const double spent = lap(rank, micro, now); counts(batch.layer))
      sums_.mlp += spent;
    exchanges_[m]->start_combine(batch.exchanges - 1, rank);
    break;
  case Step::DenseFfn:
    lap(rank, micro, now);
    leave_layer(rank, micro, now);
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
}

// The first rank to get there draws the routing of all, from a stream of this exchange alone: which rank that is, and
// when, decides nothing.
void DecodeRun::prepare_exchange(int micro, std::uint32_t generation, std::int64_t layer)
{
  const auto m = static_cast<std::size_t>(micro);
  const std::int64_t moe_layer = std::min(layer, model_.layers) - model_.dense_layers;
  const Layer& l = layers_[static_cast<std::size_t>(moe_layer)];
  const SharedMessages shared = spec_.shared_copies > 0 ? SharedMessages::Nearest : SharedMessages::None;
  sim::RandomStream random(seed_, "gate", static_cast<std::uint64_t>(micro) << 32U | generation);
  ExchangeTraffic& traffic = exchanges_[m]->prepare(generation, tokens_[m]);
  route_tokens({l.gate, l.placement, shared, static_cast<std::uint32_t>(model_.top_k)}, tokens_[m], random, traffic);
  exchanges_[m]->open(generation);
  ++prepared_[m];
}

void DecodeRun::on_dispatched(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now, Picoseconds waited)
{
  Microbatch& batch = ranks_[rank].microbatches[microbatch];
  const double spent = lap(rank, static_cast<int>(microbatch), now.count());
  if (counts(batch.layer)) {
    sums_.dispatch += spent - microseconds(waited);
    sums_.dispatch_wait += microseconds(waited);
    dispatch_us.record(spent);
    wait_us.record(microseconds(waited));
  }
  const std::int64_t received = exchanges_[microbatch]->traffic(batch.exchanges - 1).received[rank];
  const std::int64_t slots = layers_.front().placement.slots_per_rank();
  if (received == 0)
    run_operator(rank, static_cast<int>(microbatch), Step::Mlp, machine_.die.compute.cube_operator, Bytes(0));
  else
    run_operator(rank, static_cast<int>(microbatch), Step::Mlp,
                 models::expert_operator(model_, spec_.quantisation, received, std::min(slots, received)),
                 plan_.moe_cores);
}

void DecodeRun::on_combined(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now, Picoseconds waited)
{
  const double spent = lap(rank, static_cast<int>(microbatch), now.count());
  if (counts(ranks_[rank].microbatches[microbatch].layer)) {
    sums_.combine += spent - microseconds(waited);
    sums_.combine_wait += microseconds(waited);
    combine_us.record(spent);
    wait_us.record(microseconds(waited));
    ++layers_counted_;
  }
  leave_layer(rank, static_cast<int>(microbatch), now.count());
}

void DecodeRun::leave_layer(std::uint32_t rank, int micro, std::int64_t now)
{
  Microbatch& batch = ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
  release(rank, MoeStream, now);
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

// Both microbatches are through a pass: the head for all tokens, on all cores.
void DecodeRun::join(std::uint32_t rank)
{
  ++ranks_[rank].passes_done;
  std::int64_t tokens = 0;
  for (int micro = 0; micro < plan_.microbatches; ++micro)
    tokens += tokens_[static_cast<std::size_t>(micro)][rank];
  run_operator(rank, 0, Step::Head, models::head_operator(model_, tokens), all_cores_);
}

// Speculation: one more pass through the MTP layer per token, else the end of the iteration.
void DecodeRun::after_head(std::uint32_t rank)
{
  if (ranks_[rank].passes_done <= spec_.mtp_tokens) {
    std::int64_t tokens = 0;
    for (int micro = 0; micro < plan_.microbatches; ++micro)
      tokens += tokens_[static_cast<std::size_t>(micro)][rank];
    run_operator(rank, 0, Step::MtpProjection, models::mtp_projection_operator(model_, spec_.quantisation, tokens),
                 all_cores_);
    return;
  }
  run_operator(rank, 0, Step::StepOverhead, model_.step_overhead, Bytes(0));
}

void DecodeRun::end_iteration(std::uint32_t rank, std::int64_t now)
{
  Rank& r = ranks_[rank];
  const double ms = static_cast<double>(now - r.iteration_start) * 1e-9;
  iteration_ms_[r.iteration] += ms / spec_.ep;
  rank_iteration_ms.record(ms);
  r.passes_done = 0;
  r.iteration_start = now;
  if (++r.iteration < spec_.iterations)
    start_pass(rank, 0, now);
  else if (++ranks_finished_ == spec_.ep)
    plane_.raise(finished_);
}

LayerTimes DecodeRun::layer_times() const
{
  const double count = std::max<double>(1.0, static_cast<double>(layers_counted_));
  LayerTimes mean = sums_;
  for (double* part : {&mean.wait_attention, &mean.attention, &mean.wait_moe, &mean.gate, &mean.dispatch,
                       &mean.dispatch_wait, &mean.mlp, &mean.combine, &mean.combine_wait})
    *part /= count;
  return mean;
}

}  // namespace cm::workloads
