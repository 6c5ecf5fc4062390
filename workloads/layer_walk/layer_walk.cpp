#include "workloads/layer_walk/layer_walk.h"

#include "sim/diagnostics/ensure.h"
#include "workloads/exchanges/rank_timeline.h"

#include <algorithm>
#include <utility>

namespace cm::workloads {

LayerWalk::LayerWalk(WalkSetup setup, WalkedPhase& phase, sim::streams::DataPlane& plane, sim::streams::Signal finished,
                     sim::metrics::Progress& progress)
    : setup_(std::move(setup)), phase_(phase), plane_(plane), notices_(plane.add_owner(*this)), finished_(finished),
      progress_(progress)
{
  ensure(setup_.microbatches >= 1 && setup_.microbatches <= MostMicrobatches, "{} microbatches", setup_.microbatches);
  for (std::uint32_t rank = 0; rank < setup_.ranks; ++rank)
    ranks_.emplace_back(sim::RandomStream(setup_.seed, setup_.jitter_name, rank));
}

ExchangePlace LayerWalk::place_of(std::uint8_t exchange, std::uint32_t micro, const models::MachineSpec& machine,
                                  const models::EndpointEngines& engines)
{
  return {.id = static_cast<std::uint32_t>(micro * MostExchanges + exchange),
          .machine = machine,
          .plane = plane_,
          .engines = engines,
          .listener = *this,
          .microbatch = micro};
}

WalkPlace LayerWalk::place(std::uint32_t rank, std::uint32_t micro) const
{
  const Rank& r = ranks_[rank];
  const Microbatch& batch = r.microbatches[micro];
  return {rank, micro, r.iteration, batch.layer, batch.operators_done};
}

void LayerWalk::start()
{
  for (std::uint32_t rank = 0; rank < setup_.ranks; ++rank)
    begin_iteration(rank);
}

void LayerWalk::begin_iteration(std::uint32_t rank)
{
  Rank& r = ranks_[rank];
  r.iteration_start = plane_.now();
  r.pass = 0;
  phase_.begin_iteration(rank, r.iteration);
  begin_pass(rank);
}

void LayerWalk::begin_pass(std::uint32_t rank)
{
  Rank& r = ranks_[rank];
  r.joined = 0;
  r.operators_done = 0;
  for (std::uint32_t micro = 0; micro < setup_.microbatches; ++micro) {
    Microbatch& batch = at(rank, micro);
    batch.layer = setup_.passes[r.pass].first_layer;
    batch.step = 0;
    batch.since = plane_.now();
    walk_on(rank, micro);
  }
}

// Performs steps from the present one on, up to the first that takes time or ends the pass.
void LayerWalk::walk_on(std::uint32_t rank, std::uint32_t micro)
{
  const Microbatch& batch = at(rank, micro);
  while (perform(rank, micro, step_of(batch))) {
    const bool ends_layer = step_of(batch).kind == StepKind::EndLayer;
    end_step(rank, micro);
    if (ends_layer && !enter_next_layer(rank, micro))
      return;
  }
}

// True when the step took no time.
bool LayerWalk::perform(std::uint32_t rank, std::uint32_t micro, const LayerStep& step)
{
  Microbatch& batch = at(rank, micro);
  const std::size_t number = number_of(step.what, step.part);
  switch (step.kind) {
  case StepKind::Take: return take(ranks_[rank].streams.at(step.what), micro, step);
  case StepKind::Release: release(rank, ranks_[rank].streams.at(step.what)); return true;
  case StepKind::Turn:
    plane_.remind(to_picoseconds(phase_.turn()), notices_(Event::TurnEnded, rank, micro));
    return false;
  case StepKind::Operator:
    batch.operators_done = 0;
    run_operator(rank, micro, step.what);
    return false;
  case StepKind::Start: phase_.exchange(step.what, micro).start(step.part, batch.started[number]++, rank); return true;
  // All may have come before the rank itself gets to where it needs it.
  case StepKind::Await: return batch.through[number] >= batch.started[number];
  case StepKind::EndLayer: return true;
  }
  return true;
}

// The time since the step before goes to the step's stage.
void LayerWalk::end_step(std::uint32_t rank, std::uint32_t micro)
{
  Microbatch& batch = at(rank, micro);
  const LayerStep& step = step_of(batch);
  const Picoseconds spent = plane_.now() - std::exchange(batch.since, plane_.now());
  const Picoseconds waited = std::exchange(batch.waited, Picoseconds(0));
  ++batch.step;
  if (!phase_.counts(batch.layer))
    return;
  if (step.kind == StepKind::Await)
    count_exchange(step, place(rank, micro), spent, waited);
  else
    breakdown_.add_time(step.stage, setup_.unit.of(spent));
}

void LayerWalk::count_exchange(const LayerStep& step, const WalkPlace& place, Picoseconds spent, Picoseconds waited)
{
  const double all = setup_.unit.of(spent);
  const double waits = setup_.unit.of(waited);
  breakdown_.add_time(step.stage, all - waits);
  breakdown_.add_time(step.wait_stage, waits);
  const std::uint32_t generation = started(place.rank, place.micro, step.what, step.part) - 1;
  breakdown_.add_work(step.stage, phase_.exchange(step.what, place.micro)
                                      .work(step.part, generation, place.rank, Seconds(all * setup_.unit.seconds)));
  phase_.note_exchange(step, all, waits);
}

void LayerWalk::on_notice(const sim::streams::Notice& notice, Picoseconds now)
{
  switch (notice.as<Event>()) {
  case Event::OperatorEnded:
    if (timeline_ != nullptr)
      timeline_->end({notice.member, notice.detail}, now);
    end_operator(notice.member, notice.detail);
    break;
  case Event::TurnEnded:
    end_step(notice.member, notice.detail);
    walk_on(notice.member, notice.detail);
    break;
  }
}

void LayerWalk::end_operator(std::uint32_t rank, std::uint32_t micro)
{
  if (is_behind_pass(rank)) {
    ++ranks_[rank].operators_done;
    go_on_behind_pass(rank);
    return;
  }
  Microbatch& batch = at(rank, micro);
  if (batch.has_more_operators) {
    ++batch.operators_done;
    run_operator(rank, micro, step_of(batch).what);
    return;
  }
  if (batch.operators_done > 0)
    add_work(batch, batch.work);
  end_step(rank, micro);
  walk_on(rank, micro);
}

void LayerWalk::add_work(const Microbatch& batch, const models::StageWork& work)
{
  if (phase_.counts(batch.layer))
    breakdown_.add_work(step_of(batch).stage, work);
}

void LayerWalk::on_exchanged(const ExchangeEnd& end)
{
  const auto micro = static_cast<std::uint32_t>(end.exchange / MostExchanges);
  const auto which = static_cast<std::uint8_t>(end.exchange % MostExchanges);
  Microbatch& batch = at(end.rank, micro);
  const std::size_t number = number_of(which, static_cast<std::uint8_t>(end.part));
  ++batch.through[number];
  if (is_behind_pass(end.rank) || batch.layer == setup_.passes[ranks_[end.rank].pass].end_layer)
    return;
  const LayerStep& step = step_of(batch);
  if (step.kind != StepKind::Await || step.what != which || step.part != end.part)
    return;
  ensure(batch.through[number] == batch.started[number], "rank {} awaits generation {} and is through {}", end.rank,
         batch.started[number], batch.through[number]);
  batch.waited = end.waited;
  end_step(end.rank, micro);
  walk_on(end.rank, micro);
}

// False when the pass has no further layer.
bool LayerWalk::enter_next_layer(std::uint32_t rank, std::uint32_t micro)
{
  Rank& r = ranks_[rank];
  Microbatch& batch = at(rank, micro);
  if (phase_.counts(batch.layer))
    breakdown_.count_layer();
  ++batch.layer;
  batch.step = 0;
  if (rank == 0 && micro == 0) {
    // Operators behind the layers count as one layer more.
    const auto all = static_cast<double>(setup_.passes.back().end_layer + 1);
    progress_.update((r.iteration + static_cast<double>(batch.layer) / all) / setup_.iterations, setup_.doing);
  }
  if (batch.layer < setup_.passes[r.pass].end_layer)
    return true;
  if (++r.joined == setup_.microbatches)
    go_on_behind_pass(rank);
  return false;
}

// The next operator for all microbatches together, else the next pass or iteration.
void LayerWalk::go_on_behind_pass(std::uint32_t rank)
{
  Rank& r = ranks_[rank];
  const WalkPass& pass = setup_.passes[r.pass];
  if (r.operators_done < pass.afterwards.size()) {
    run_operator(rank, 0, pass.afterwards[r.operators_done]);
    return;
  }
  if (++r.pass < setup_.passes.size()) {
    begin_pass(rank);
    return;
  }
  phase_.end_iteration(rank, r.iteration, plane_.now() - r.iteration_start);
  if (++r.iteration < setup_.iterations)
    begin_iteration(rank);
  else if (++ranks_finished_ == setup_.ranks)
    plane_.raise(finished_);
}

bool LayerWalk::may_take(const Stream& stream, std::uint32_t micro, const LayerStep& step) const
{
  return stream.holder == Nobody && (!step.in_order || stream.next == static_cast<int>(micro));
}

// True when the stream was free.
bool LayerWalk::take(Stream& stream, std::uint32_t micro, const LayerStep& step)
{
  if (may_take(stream, micro, step)) {
    stream.holder = static_cast<int>(micro);
    if (step.in_order)
      stream.next = static_cast<int>((micro + 1) % setup_.microbatches);
    return true;
  }
  ensure(stream.waiting == Nobody, "two microbatches wait for one stream");
  stream.waiting = static_cast<int>(micro);
  return false;
}

// One that waits for its place in the order goes on waiting.
void LayerWalk::release(std::uint32_t rank, Stream& stream)
{
  stream.holder = Nobody;
  if (stream.waiting == Nobody)
    return;
  const auto next = static_cast<std::uint32_t>(stream.waiting);
  const LayerStep& step = step_of(at(rank, next));
  if (!may_take(stream, next, step))
    return;
  stream.waiting = Nobody;
  static_cast<void>(take(stream, next, step));
  end_step(rank, next);
  walk_on(rank, next);
}

void LayerWalk::run_operator(std::uint32_t rank, std::uint32_t micro, std::uint8_t op)
{
  Microbatch& batch = at(rank, micro);
  const OperatorCost cost = phase_.cost(op, place(rank, micro));
  batch.has_more_operators = !cost.is_last;
  if (timeline_ != nullptr)
    show(rank, micro, op, cost);
  batch.work = cost.work;
  if (!is_behind_pass(rank) && cost.is_last && batch.operators_done == 0)
    add_work(batch, cost.work);
  const double factor = std::max(0.5, 1.0 + setup_.jitter * ranks_[rank].jitter.normal());
  plane_.start({.die = rank,
                .alone = to_picoseconds(cost.time * factor),
                .memory_traffic = cost.traffic,
                .end_notice = notices_(Event::OperatorEnded, rank, micro)});
}

void LayerWalk::show(std::uint32_t rank, std::uint32_t micro, std::uint8_t op, const OperatorCost& cost)
{
  const Walker walker{rank, micro};
  const std::uint32_t iteration = ranks_[rank].iteration;
  if (is_behind_pass(rank))
    timeline_->enter(walker, {{"iteration", iteration}});
  else
    timeline_->enter(walker, {{"layer", at(rank, micro).layer}, {"microbatch", micro}, {"iteration", iteration}});
  timeline_->begin(walker, cost.track, cost.name, plane_.now());
  phase_.show_operator(op, place(rank, micro), *timeline_);
}

}  // namespace cm::workloads
