#include "workloads/prefill/prefill_run.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cm::workloads {
namespace {

using Action = PrefillAction;
using Exchange = PrefillExchange;

constexpr std::uint64_t RankBits = 18;
constexpr std::uint64_t ExchangeShift = 20;  // slot 0: ends of steps; slot 1 + 5 * microbatch + exchange: that exchange

std::size_t index(Exchange which)
{
  return static_cast<std::size_t>(which);
}

std::size_t index(int micro)
{
  return static_cast<std::size_t>(micro);
}

// `bytes`: [source * ranks + destination].
std::int64_t sent_to_others(const std::vector<std::int64_t>& bytes, std::uint32_t ranks)
{
  std::int64_t sum = std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0});
  for (std::size_t own = 0; own < bytes.size(); own += ranks + 1)
    sum -= bytes[own];
  return sum;
}

}  // namespace

PrefillRun::PrefillRun(const PrefillSetup& setup, sim::streams::DataPlane& plane,
                       const models::EndpointEngines& engines, sim::streams::Signal finished,
                       sim::metrics::Progress& progress)
    : setup_(setup), costs_(setup.deployment, setup.model, setup.machine.die, setup.microbatches), plane_(plane),
      finished_(finished), progress_(progress)
{
  const std::size_t microbatches = setup.microbatches.size();
  ensure(microbatches == 1 || microbatches == 2, "a prefill batch of {} microbatches", microbatches);
  build_layers();
  for (std::size_t micro = 0; micro < microbatches; ++micro) {
    Traffic& traffic = traffic_.emplace_back();
    for (std::size_t which = 0; which < PrefillExchanges; ++which)
      traffic.exchanges[which] =
          std::make_unique<BulkExchange>(setup.first_die, setup.deployment.ranks, setup.machine, plane, engines,
                                         setup.notice_base + ((1 + PrefillExchanges * micro + which) << ExchangeShift));
  }
  for (std::uint32_t rank = 0; rank < setup.deployment.ranks; ++rank)
    ranks_.emplace_back(setup.seed, rank);
}

// Dense layers all run. Of the MoE layers, the MTP layer among them, as many as the deployment asks for.
void PrefillRun::build_layers()
{
  const PrefillDeployment& d = setup_.deployment;
  const models::ModelSpec& model = setup_.model;
  const std::int64_t simulated = std::min(d.moe_layers(model), d.layers_simulated);
  layers_ = model.dense_layers + simulated;
  layers_left_ = d.moe_layers(model) - simulated;
  for (std::int64_t layer = model.dense_layers; layer < layers_; ++layer) {
    models::Gate gate(d.gate(model, setup_.seed), static_cast<std::uint64_t>(layer));
    models::Placement placement(d.slots(model), d.placement, gate.loads());
    moe_.push_back({std::move(gate), std::move(placement)});
  }
}

void PrefillRun::start()
{
  begin_ = plane_.now().count();
  for (std::uint32_t rank = 0; rank < setup_.deployment.ranks; ++rank)
    for (int micro = 0; micro < static_cast<int>(traffic_.size()); ++micro) {
      at(rank, micro).since = begin_;
      if (perform(rank, micro, steps(0).front(), begin_))
        next_step(rank, micro, begin_);
    }
}

std::span<const PrefillStep> PrefillRun::steps(std::int64_t layer) const
{
  return layer < setup_.model.dense_layers ? dense_layer() : moe_layer();
}

bool PrefillRun::counts(std::int64_t layer) const
{
  const std::int64_t first = setup_.model.dense_layers < layers_ ? setup_.model.dense_layers : 0;
  return layer > first || (layer == first && layers_ == first + 1);
}

// The step that a microbatch is at has ended: on to the next one that takes time.
void PrefillRun::next_step(std::uint32_t rank, int micro, std::int64_t now)
{
  Microbatch& batch = at(rank, micro);
  for (bool ended = true; ended;) {
    const PrefillStep& step = steps(batch.layer)[batch.step];
    if (counts(batch.layer))
      sums_[static_cast<std::size_t>(step.stage)] += static_cast<double>(now - batch.since) * 1e-9;
    batch.since = now;
    ++batch.step;
    if (step.action == Action::EndLayer)
      end_layer(rank, micro);
    ended = batch.layer < layers_ && perform(rank, micro, steps(batch.layer)[batch.step], now);
  }
}

// True when the step took no time.
bool PrefillRun::perform(std::uint32_t rank, int micro, const PrefillStep& step, std::int64_t now)
{
  const Microbatch& batch = at(rank, micro);
  const std::size_t parity = static_cast<std::size_t>(batch.layer - setup_.model.dense_layers) % 2;
  switch (step.action) {
  case Action::TakeCube: return take(ranks_[rank].cube, micro);
  case Action::ReleaseCube: release_cube(rank, now); return true;
  case Action::HostTurn: start_turn(rank, micro); return false;
  case Action::Send: send(rank, micro, step.exchange); return true;
  case Action::Await: return batch.received[index(step.exchange)] > generation_of(step.exchange, batch.layer);
  case Action::EndLayer: return true;
  case Action::Gate: draw_experts(micro, batch.layer); break;
  case Action::Experts:
    if (setup_.machine.free.experts) {
      run(rank, micro, {});
      return false;
    }
    [[fallthrough]];
  case Action::Sort:
  case Action::PackForCombine:
    run(rank, micro,
        costs_.of_rows(index(micro), rank, step.action, traffic_[index(micro)].rows[parity].received[rank]));
    return false;
  default: break;
  }
  run(rank, micro, costs_.fixed(index(micro), rank, step.action));
  return false;
}

// True when the server was free.
bool PrefillRun::take(Server& server, int micro)
{
  if (server.holder == Nobody) {
    server.holder = micro;
    return true;
  }
  ensure(server.waiting == Nobody, "two microbatches wait for one server");
  server.waiting = micro;
  return false;
}

void PrefillRun::release_cube(std::uint32_t rank, std::int64_t now)
{
  Server& cube = ranks_[rank].cube;
  cube.holder = std::exchange(cube.waiting, Nobody);
  if (cube.holder != Nobody)
    next_step(rank, cube.holder, now);
}

void PrefillRun::start_turn(std::uint32_t rank, int micro)
{
  if (take(ranks_[rank].host, micro))
    plane_.remind(to_picoseconds(setup_.machine.die.host.turn), notice(rank, micro));
}

void PrefillRun::end_turn(std::uint32_t rank)
{
  Server& host = ranks_[rank].host;
  host.holder = Nobody;
  if (const int next = std::exchange(host.waiting, Nobody); next != Nobody)
    start_turn(rank, next);
}

// Work of the step that the microbatch is at; what comes behind the layers belongs to no stage.
void PrefillRun::add_work(const Microbatch& batch, const models::StageWork& work)
{
  if (batch.layer < layers_ && counts(batch.layer))
    work_[static_cast<std::size_t>(steps(batch.layer)[batch.step].stage)] += work;
}

std::uint64_t PrefillRun::notice(std::uint32_t rank, int micro) const
{
  return setup_.notice_base + (static_cast<std::uint64_t>(micro) << RankBits | rank);
}

void PrefillRun::run(std::uint32_t rank, int micro, const StepCost& cost)
{
  add_work(at(rank, micro), cost.work);
  const double factor = std::max(0.5, 1.0 + setup_.machine.die.compute.jitter * ranks_[rank].jitter.normal());
  plane_.start({.die = setup_.first_die + rank,
                .alone = to_picoseconds(cost.time * factor),
                .memory_traffic = cost.traffic,
                .end_notice = notice(rank, micro)});
}

void PrefillRun::on_notice(std::uint64_t notice, Picoseconds time)
{
  const std::uint64_t number = notice - setup_.notice_base;
  const std::int64_t now = time.count();
  if (const std::uint64_t slot = number >> ExchangeShift; slot > 0) {
    on_exchange_notice(static_cast<int>((slot - 1) / PrefillExchanges),
                       static_cast<Exchange>((slot - 1) % PrefillExchanges), number & ((1ULL << ExchangeShift) - 1),
                       now);
    return;
  }
  const auto rank = static_cast<std::uint32_t>(number & ((1ULL << RankBits) - 1));
  const auto micro = static_cast<int>(number >> RankBits);
  const Microbatch& batch = at(rank, micro);
  if (batch.layer == layers_) {
    end_ = now;
    if (++ranks_finished_ == setup_.deployment.ranks)
      plane_.raise(finished_);
    return;
  }
  if (steps(batch.layer)[batch.step].action == Action::HostTurn)
    end_turn(rank);
  next_step(rank, micro, now);
}

// Bytes may all have come before the rank itself gets to where it needs them.
void PrefillRun::on_exchange_notice(int micro, Exchange which, std::uint64_t notice, std::int64_t now)
{
  if (!traffic_[index(micro)].exchanges[index(which)]->on_notice(notice))
    return;
  const std::uint32_t rank = BulkExchange::rank_of(notice);
  Microbatch& batch = at(rank, micro);
  const bool is_awaited = awaits(batch, which);
  ++batch.received[index(which)];
  if (is_awaited)
    next_step(rank, micro, now);
}

bool PrefillRun::awaits(const Microbatch& batch, Exchange which) const
{
  if (batch.layer == layers_)
    return false;
  const PrefillStep& step = steps(batch.layer)[batch.step];
  return step.action == Action::Await && step.exchange == which;
}

std::int64_t PrefillRun::generation_of(Exchange which, std::int64_t layer) const
{
  return which == Exchange::Dispatch || which == Exchange::Combine ? layer - setup_.model.dense_layers : layer;
}

void PrefillRun::send(std::uint32_t rank, int micro, Exchange which)
{
  Traffic& traffic = traffic_[index(micro)];
  Microbatch& batch = at(rank, micro);
  const std::int64_t generation = generation_of(which, batch.layer);
  BulkExchange& exchange = *traffic.exchanges[index(which)];
  if (generation == traffic.opened[index(which)]) {
    BulkBytes bytes{exchanged_bytes(micro, which, generation)};
    const ExpertRows& rows = traffic.rows[static_cast<std::size_t>(generation) % 2];
    if (which == Exchange::Dispatch)
      bytes.by_lane = bytes_by_lane(rows, costs_.dispatch_row(), false);
    else if (which == Exchange::Combine)
      bytes.by_lane = bytes_by_lane(rows, costs_.combine_row(), true);
    sent_[batch.layer < setup_.model.dense_layers ? 0 : 1] += sent_to_others(bytes.pairs, setup_.deployment.ranks);
    exchange.open(static_cast<std::uint32_t>(generation), std::move(bytes));
    ++traffic.opened[index(which)];
  }
  add_work(batch,
           {.sent_bytes = static_cast<double>(exchange.outbound(static_cast<std::uint32_t>(generation), rank)),
            .received_bytes = static_cast<double>(exchange.inbound(static_cast<std::uint32_t>(generation), rank))});
  if (exchange.send(static_cast<std::uint32_t>(generation), rank))
    ++batch.received[index(which)];
}

std::vector<std::int64_t> PrefillRun::exchanged_bytes(int micro, Exchange which, std::int64_t generation) const
{
  const std::uint32_t ranks = setup_.deployment.ranks;
  const ExpertRows& rows = traffic_[index(micro)].rows[static_cast<std::size_t>(generation) % 2];
  std::vector<std::int64_t> bytes;
  bytes.reserve(static_cast<std::size_t>(ranks) * ranks);
  for (std::uint32_t source = 0; source < ranks; ++source)
    for (std::uint32_t destination = 0; destination < ranks; ++destination) {
      const std::size_t there = static_cast<std::size_t>(source) * ranks + destination;
      const std::size_t back = static_cast<std::size_t>(destination) * ranks + source;
      switch (which) {
      case Exchange::KeyValueLatents:
      case Exchange::QueryLatents: bytes.push_back(costs_.latents(index(micro), source, which)); break;
      case Exchange::Heads: bytes.push_back(costs_.heads_to(index(micro), destination)); break;
      case Exchange::Dispatch: bytes.push_back(rows.rows[there] * costs_.dispatch_row().count()); break;
      case Exchange::Combine: bytes.push_back(rows.rows[back] * costs_.combine_row().count()); break;
      }
    }
  return bytes;
}

// The first rank to reach the gate draws for all, from a stream of this layer and microbatch alone: which rank that is,
// and when, decides nothing.
void PrefillRun::draw_experts(int micro, std::int64_t layer)
{
  Traffic& traffic = traffic_[index(micro)];
  const std::int64_t moe_layer = layer - setup_.model.dense_layers;
  if (moe_layer < traffic.drawn)
    return;
  ++traffic.drawn;
  std::vector<std::int64_t> tokens;
  for (std::uint32_t rank = 0; rank < setup_.deployment.ranks; ++rank)
    tokens.push_back(costs_.tokens(index(micro), rank));
  const Layer& l = moe_[static_cast<std::size_t>(moe_layer)];
  const std::uint64_t member = static_cast<std::uint64_t>(micro) << 32U | static_cast<std::uint64_t>(layer);
  sim::RandomStream random(setup_.seed, "prefill gate", member);
  ExpertRows& rows = traffic.rows[static_cast<std::size_t>(moe_layer) % 2];
  rows = draw_rows(l.gate, l.placement, static_cast<std::uint32_t>(setup_.model.top_k), tokens, random,
                   models::expert_lanes(setup_.machine));
  const std::int64_t sum = std::accumulate(rows.received.begin(), rows.received.end(), std::int64_t{0});
  if (sum > 0)
    worst_imbalance_ =
        std::max(worst_imbalance_.value_or(1), static_cast<double>(*std::ranges::max_element(rows.received)) *
                                                   static_cast<double>(tokens.size()) / static_cast<double>(sum));
}

void PrefillRun::end_layer(std::uint32_t rank, int micro)
{
  Rank& r = ranks_[rank];
  Microbatch& batch = at(rank, micro);
  if (counts(batch.layer))
    ++layers_counted_;
  ++batch.layer;
  batch.step = 0;
  if (rank == 0 && micro == 0)
    progress_.update(static_cast<double>(batch.layer) / static_cast<double>(layers_), "prefilling");
  if (batch.layer == layers_ && ++r.through == traffic_.size())
    run(rank, 0, costs_.head(rank, setup_.prompts));
}

double PrefillRun::sent_bytes() const
{
  const double moe_layers_over_simulated =
      moe_.empty() ? 0 : 1 + static_cast<double>(layers_left_) / static_cast<double>(moe_.size());
  return static_cast<double>(sent_[0]) + static_cast<double>(sent_[1]) * moe_layers_over_simulated;
}

std::array<double, PrefillStages> PrefillRun::stage_ms() const
{
  std::array<double, PrefillStages> mean = sums_;
  for (double& stage : mean)
    stage /= std::max(1.0, static_cast<double>(layers_counted_));
  return mean;
}

std::array<models::StageWork, PrefillStages> PrefillRun::stage_work() const
{
  std::array<models::StageWork, PrefillStages> mean = work_;
  for (models::StageWork& stage : mean)
    stage = stage * (1 / std::max(1.0, static_cast<double>(layers_counted_)));
  return mean;
}

double PrefillRun::layer_ms() const
{
  const auto stages = stage_ms();
  return std::accumulate(stages.begin(), stages.end(), 0.0);
}

}  // namespace cm::workloads
