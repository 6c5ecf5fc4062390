#include "workloads/exchanges/fused_exchange.h"

#include "models/network/card_planes.h"
#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <utility>

namespace cm::workloads {

namespace fabric = sim::fabric;

namespace {

// [step]: what it is on a timeline.
constexpr std::array MarkOf = {ExchangeMark::DispatchSends, ExchangeMark::Fenced,     ExchangeMark::FlagsOut,
                               ExchangeMark::BarrierPassed, ExchangeMark::Reordered,  ExchangeMark::CombineSends,
                               ExchangeMark::CombineSent,   ExchangeMark::TokensBack, ExchangeMark::Gathered};

}  // namespace

FusedExchange::FusedExchange(const ExchangeSetup& setup, const ExchangePlace& place, RowSource rows)
    : ExpertExchange(ExchangeKind::Fused, setup, place, std::move(rows)), notices_(place.plane.add_owner(*this))
{
  const models::MachineSpec& machine = place.machine;
  const sim::streams::DataPlane& plane = place.plane;
  ensure(setup.ranks > 0 && setup.ranks <= machine.topology.dies(), "{} ranks on {} dies", setup.ranks,
         machine.topology.dies());
  // The last rank is in the furthest node there is; a single rank has no peer but itself.
  const Seconds one_way = to_seconds(Picoseconds(plane.fabric().path_latency_ps(0, setup.ranks - 1)));
  const Seconds within = machine.cards ? one_way : to_seconds(Picoseconds(plane.fabric().path_latency_ps(0, 0)));
  const Seconds extra_round_trip = (one_way - within) * 2;
  // The flag of a token follows its acknowledged data: one more way there after the way back.
  token_flag_delay_ = to_picoseconds(one_way * 2);
  dispatch_ = models::plan_dispatch(machine.die, setup.cores, setup.row, setup.quantised, extra_round_trip);
  combine_ = models::plan_combine(machine.die, setup.cores, setup.row, extra_round_trip);
  for (models::ExchangePlan* plan : {&dispatch_, &combine_})
    plan->before_send += models::posting_time(machine, 1, 1);
  for (Generation& generation : generations_) {
    generation.token_inboxes = place.plane.fabric().add_inboxes(setup.ranks);
    generation.flag_inboxes = place.plane.fabric().add_inboxes(setup.ranks);
  }
}

PartNames FusedExchange::part_names() const
{
  return {.dispatch_sending = "send rows",
          .dispatch_counting = "count rows, set flags",
          .dispatch_waiting = "wait in barrier",
          .dispatch_reordering = "reorder",
          .combine_sending = "send rows back",
          .combine_waiting = "wait for tokens",
          .combine_gathering = "gather"};
}

void FusedExchange::expect_rows(std::uint32_t generation)
{
  Generation& g = state(generation);
  g.number = generation;
  g.ranks.assign(setup().ranks, {});
  g.flags_set = 0;
  for (std::uint32_t rank = 0; rank < setup().ranks; ++rank) {
    const std::uint64_t rows = traffic(g.number).destinations[rank].size();
    if (rows > 0)
      place().plane.fabric().expect(g.token_inboxes + rank, rows * static_cast<std::uint64_t>(combine_.message.count()),
                                    token_flag_delay_.count(), notice(Step::TokensBack, generation, rank));
    if (place().machine.ub.flags == models::FlagModel::Packets)
      place().plane.fabric().expect(
          g.flag_inboxes + rank, setup().ranks * static_cast<std::uint64_t>(place().machine.ub.control_packet.count()),
          0, notice(Step::LeaveBarrier, generation, rank));
  }
}

void FusedExchange::begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank)
{
  const bool dispatches = part == DispatchPart;
  mark(dispatches ? ExchangeMark::DispatchStart : ExchangeMark::CombineStart, generation, rank);
  place().plane.remind(to_picoseconds(dispatches ? dispatch_.before_send : combine_.before_send),
                       notice(dispatches ? Step::SendDispatch : Step::SendCombine, generation, rank));
}

void FusedExchange::on_notice(const sim::streams::Notice& event, Picoseconds now)
{
  const std::uint32_t rank = event.member;
  Generation& g = generations_[event.detail];
  const auto step = event.as<Step>();
  mark(MarkOf.at(static_cast<std::size_t>(step)), g.number, rank);
  switch (step) {
  case Step::SendDispatch: send_dispatch(g, rank); break;
  case Step::Fenced:
    place().plane.remind(to_picoseconds(models::flag_delay(place().machine.die) +
                                        models::posting_time(place().machine, setup().ranks, setup().cores)),
                         notice(Step::FlagsReady, g.number, rank));
    break;
  case Step::FlagsReady: set_flags(g, rank, now.count()); break;
  case Step::LeaveBarrier:
    g.ranks[rank].leaves = now.count();
    reorder(g, rank);
    break;
  case Step::Reordered:
    place().listener.on_exchanged(
        {place().id, DispatchPart, rank, now, Picoseconds(g.ranks[rank].leaves - g.ranks[rank].flags_ready)});
    break;
  case Step::SendCombine: send_combine(g, rank); break;
  case Step::CombineSent:
    g.ranks[rank].sent = now.count();
    gather_if_ready(g, rank);
    break;
  case Step::TokensBack:
    g.ranks[rank].tokens_back = now.count();
    gather_if_ready(g, rank);
    break;
  case Step::Gathered: {
    const RankState& r = g.ranks[rank];
    place().listener.on_exchanged(
        {place().id, CombinePart, rank, now, Picoseconds(std::max<std::int64_t>(0, r.tokens_back - r.sent))});
    break;
  }
  }
}

void FusedExchange::send_dispatch(Generation& g, std::uint32_t rank)
{
  const ExchangeTraffic& rows = traffic(g.number);
  fabric::FlowSpec flow;
  flow.source = rank;
  flow.traffic_class = place().machine.ub.traffic.of(models::Traffic::Experts);
  const auto bytes = static_cast<std::uint32_t>(dispatch_.message.count());
  flow.messages.reserve(rows.destinations[rank].size());
  for (const std::uint32_t destination : rows.destinations[rank])
    flow.messages.push_back({destination, bytes});
  if (rows.expert_lanes > 0)
    flow.lanes = rows.lanes[rank];
  pace(dispatch_, flow);
  flow.fence_notice = notice(Step::Fenced, g.number, rank);
  place().plane.start(std::move(flow));
}

// Rows leave by the write engine as the cores issue them, or by a card that the cores post them to.
void FusedExchange::pace(const models::ExchangePlan& plan, fabric::FlowSpec& flow) const
{
  flow.engine = place().engines.source(flow.source, false);
  if (place().machine.cards) {
    models::post_messages(place().machine, setup().cores, flow);
    return;
  }
  flow.issue_rate = plan.issue_rate;
  flow.issuers = setup().cores;
  flow.pause = to_picoseconds(plan.pause);
}

// Flags are posted writes, all in flight at once: a rank leaves the barrier when the last one has reached it.
void FusedExchange::set_flags(Generation& g, std::uint32_t rank, std::int64_t now)
{
  g.ranks[rank].flags_ready = now;
  if (place().machine.ub.flags == models::FlagModel::Packets) {
    send_flag_packets(g, rank);
    return;
  }
  for (std::uint32_t peer = 0; peer < setup().ranks; ++peer) {
    const std::int64_t arrives = peer == rank ? now : now + place().plane.fabric().path_latency_ps(rank, peer);
    g.ranks[peer].leaves = std::max(g.ranks[peer].leaves, arrives);
  }
  if (++g.flags_set < setup().ranks)
    return;
  for (std::uint32_t peer = 0; peer < setup().ranks; ++peer)
    place().plane.remind(Picoseconds(g.ranks[peer].leaves - now), notice(Step::LeaveBarrier, g.number, peer));
}

void FusedExchange::send_flag_packets(Generation& g, std::uint32_t rank)
{
  fabric::FlowSpec flow;
  flow.source = rank;
  flow.traffic_class = place().machine.ub.traffic.of(models::Traffic::Experts);
  const auto bytes = static_cast<std::uint32_t>(place().machine.ub.control_packet.count());
  for (std::uint32_t step = 0; step < setup().ranks; ++step)
    flow.messages.push_back({(rank + step) % setup().ranks, bytes});
  flow.inbox = g.flag_inboxes;
  flow.control = true;
  place().plane.start(std::move(flow));
}

void FusedExchange::reorder(Generation& g, std::uint32_t rank)
{
  const models::Reordering plan = models::plan_reordering(place().machine.die, setup().cores, setup().ranks,
                                                          traffic(g.number).received[rank], dispatch_.message);
  place().plane.start({.die = rank,
                       .alone = to_picoseconds(plan.time),
                       .memory_traffic = plan.traffic,
                       .end_notice = notice(Step::Reordered, g.number, rank)});
}

// The rows to send back, peer by peer from the one behind the rank's own number (all ranks in the same order would meet
// at one receiver), are cut into one stretch per core; the cores work on their stretches side by side. Rows for one
// peer lie by lane where lanes go by experts: a rank's rows lie by expert.
void FusedExchange::send_combine(Generation& g, std::uint32_t rank)
{
  const ExchangeTraffic& carried = traffic(g.number);
  const std::uint32_t lanes = carried.expert_lanes;
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> lane_of_row;
  rows.reserve(carried.received[rank]);
  for (std::uint32_t step = 1; step <= setup().ranks; ++step) {
    const std::uint32_t peer = (rank + step) % setup().ranks;
    for (std::uint32_t lane = 0; lane < std::max(lanes, 1U); ++lane) {
      const std::uint32_t count = carried.rows(peer, rank, lane);
      rows.insert(rows.end(), count, peer);
      lane_of_row.insert(lane_of_row.end(), lanes > 0 ? count : 0, static_cast<std::uint8_t>(lane));
    }
  }
  fabric::FlowSpec flow;
  flow.source = rank;
  flow.traffic_class = place().machine.ub.traffic.of(models::Traffic::Experts);
  flow.messages.reserve(rows.size());
  const auto bytes = static_cast<std::uint32_t>(combine_.message.count());
  const auto cores = static_cast<std::size_t>(setup().cores);
  const std::size_t stretch = (rows.size() + cores - 1) / cores;
  for (std::size_t turn = 0; turn < stretch; ++turn)
    for (std::size_t row = turn; row < rows.size(); row += stretch) {
      flow.messages.push_back({rows[row], bytes});
      if (lanes > 0)
        flow.lanes.push_back(lane_of_row[row]);
    }
  pace(combine_, flow);
  flow.inbox = g.token_inboxes;
  flow.fence_notice = notice(Step::CombineSent, g.number, rank);
  place().plane.start(std::move(flow));
}

void FusedExchange::gather_if_ready(Generation& g, std::uint32_t rank)
{
  RankState& r = g.ranks[rank];
  if (r.tokens_back < 0 && traffic(g.number).destinations[rank].empty())
    r.tokens_back = r.sent;
  if (r.sent < 0 || r.tokens_back < 0)
    return;
  const models::Reordering plan = models::plan_gather(place().machine.die, setup().cores, tokens(g.number, rank),
                                                      setup().rows_per_token, setup().row);
  place().plane.start({.die = rank,
                       .alone = to_picoseconds(plan.time),
                       .memory_traffic = plan.traffic,
                       .end_notice = notice(Step::Gathered, g.number, rank)});
}

}  // namespace cm::workloads
