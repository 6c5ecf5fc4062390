#include "workloads/expert_parallel/ep_group.h"

namespace cm::workloads {
namespace {

ExchangeSetup setup(const EpSpec& spec)
{
  return {.ranks = spec.ep,
          .cores = spec.aiv_cores,
          .row = spec.row,
          .quantised = spec.quantised_dispatch,
          .rows_per_token = spec.rows_per_token(),
          .slots_per_rank = (spec.experts + spec.redundant) / spec.ep};
}

}  // namespace

EpGroup::EpGroup(const EpSpec& spec, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                 const models::EndpointEngines& engines, sim::streams::Signal phase_done)
    : ranks_(spec.ep), machine_(machine), plane_(plane), phase_done_(phase_done),
      tokens_(spec.ep, spec.tokens_per_rank),
      exchange_(make_exchange(spec.exchange, setup(spec),
                              {.machine = machine, .plane = plane, .engines = engines, .listener = *this},
                              [this](std::uint32_t /*generation*/, ExchangeTraffic& traffic) {
                                route_tokens(*task_, tokens_, *random_, traffic);
                                return tokens_;
                              }))
{
}

void EpGroup::show_on(RankTimeline& timeline)
{
  timeline_ = &timeline;
  exchange_->show_on(timeline);
}

void EpGroup::start_dispatch(std::uint32_t repeat, const RoutingTask& task, sim::RandomStream& random)
{
  generation_ = repeat;
  task_ = &task;
  random_ = &random;
  begin();
  for (std::uint32_t rank = 0; rank < ranks_; ++rank) {
    if (timeline_ != nullptr)
      timeline_->enter({rank, 0}, {{"repeat", repeat}});
    exchange_->start(DispatchPart, repeat, rank);
  }
  task_ = nullptr;
  random_ = nullptr;
}

void EpGroup::start_combine()
{
  begin();
  for (std::uint32_t rank = 0; rank < ranks_; ++rank) {
    exchange_->start(CombinePart, generation_, rank);
    if (timeline_ != nullptr)
      timeline_->use_rows({rank, 0}, 0, generation_, exchange_->traffic(generation_), plane_.now());
  }
}

void EpGroup::on_exchanged(const ExchangeEnd& end)
{
  const bool is_dispatch = end.part == DispatchPart;
  work_.at(end.part) += exchange_->work(end.part, generation_, end.rank, to_seconds(end.now - start_));
  (is_dispatch ? times_.dispatch_us : times_.combine_us).record(microseconds(end.now - start_));
  times_.wait_us.record(microseconds(end.waited));
  end_ = end.now;
  if (++ranks_done_ == ranks_)
    plane_.raise(phase_done_);
}

sim::metrics::Table EpGroup::use() const
{
  const auto use = [](std::string stage, const sim::metrics::Histogram& times, const models::StageWork& sum) {
    const auto count = static_cast<double>(times.count());
    return models::StageUse{.stage = std::move(stage),
                            .time = Seconds(times.mean().value_or(0) * 1e-6),
                            .work = sum * (count > 0 ? 1 / count : 0)};
  };
  return models::use_per_stage(
      {use("dispatch", times_.dispatch_us, work_[DispatchPart]), use("combine", times_.combine_us, work_[CombinePart])},
      Seconds(0), 1, machine_.die, models::all_lanes(machine_));
}

void EpGroup::begin()
{
  start_ = plane_.now();
  ranks_done_ = 0;
}

}  // namespace cm::workloads
