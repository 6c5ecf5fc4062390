#include "workloads/exchanges/unfused_exchange.h"

#include "models/network/card_planes.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace cm::workloads {

namespace fabric = sim::fabric;

namespace {

// Kernels in the order in which the host launches them when it knows the counts.
enum Launch : std::uint32_t { PermuteKernel = 1, RowsKernel, GroupKernel };

}  // namespace

UnfusedExchange::UnfusedExchange(const ExchangeSetup& setup, const ExchangePlace& place, RowSource rows)
    : ExpertExchange(ExchangeKind::Unfused, setup, place, std::move(rows)), notices_(place.plane.add_owner(*this)),
      wire_row_(models::unfused_row(place.machine.die, setup.row, setup.quantised))
{
  ensure(setup.ranks > 1 && setup.ranks <= place.machine.topology.dies(), "{} ranks on {} dies", setup.ranks,
         place.machine.topology.dies());
  for (Generation& generation : generations_)
    for (fabric::InboxIndex& inboxes : generation.inboxes)
      inboxes = place.plane.fabric().add_inboxes(setup.ranks);
}

void UnfusedExchange::expect_rows(std::uint32_t generation)
{
  constexpr std::array Here{Step::CountsHere, Step::RowsHere, Step::OutputsHere};
  Generation& g = state(generation);
  g.number = generation;
  g.ranks.assign(setup().ranks, {});
  for (const Round round : {Counts, Rows, Outputs}) {
    g.protocols[round] = &choose_protocol(round, g);
    for (std::uint32_t rank = 0; rank < setup().ranks; ++rank) {
      std::uint64_t expected = 0;
      for (std::uint32_t peer = 0; peer < setup().ranks; ++peer)
        if (peer != rank)
          expected += static_cast<std::uint64_t>(bytes_between(round, g, peer, rank).count());
      if (expected > 0)
        place().plane.fabric().expect(g.inboxes[round] + rank, expected,
                                      to_picoseconds(g.protocols[round]->step).count(),
                                      notice(Here.at(round), generation, rank));
      else
        g.ranks[rank].rounds[round].here = 0;
    }
  }
}

const models::ProtocolSpec& UnfusedExchange::choose_protocol(Round round, const Generation& g) const
{
  const models::MachineSpec& machine = place().machine;
  const std::int64_t peers = setup().ranks - 1;
  Bytes sent = models::counts_message(setup().slots_per_rank) * peers;
  if (round != Counts) {
    const auto& received = traffic(g.number).received;
    const auto rows = std::accumulate(received.begin(), received.end(), std::int64_t{0});
    sent = row(round) * (rows / setup().ranks);
  }
  const BytesPerSecond lanes = machine.topology.die_bandwidth();
  const models::ProtocolSpec* protocol = models::protocol_of_exchange(machine.die, lanes, sent, peers);
  if (protocol == nullptr)
    throw RefusedByModel(fmt::format("no protocol of machine.die.collectives is made for the {} that a rank of the "
                                     "unfused exchange sends",
                                     to_text(sent)));
  return *protocol;
}

Bytes UnfusedExchange::bytes_between(Round round, const Generation& g, std::uint32_t source,
                                     std::uint32_t destination) const
{
  if (round == Counts)
    return models::counts_message(setup().slots_per_rank);
  const std::uint32_t from = round == Rows ? source : destination;
  const std::uint32_t to = round == Rows ? destination : source;
  return row(round) * std::int64_t{traffic(g.number).counts[static_cast<std::size_t>(from) * setup().ranks + to]};
}

// One message, or one for each lane that has any bytes where lanes go by experts.
void UnfusedExchange::add_messages(fabric::FlowSpec& flow, Round round, const Generation& g, std::uint32_t peer) const
{
  const ExchangeTraffic& rows = traffic(g.number);
  const auto add = [&](Bytes bytes) {
    ensure(bytes.count() <= std::numeric_limits<std::uint32_t>::max(), "{} bytes for one peer", bytes.count());
    if (bytes.count() > 0)
      flow.messages.push_back({peer, static_cast<std::uint32_t>(bytes.count())});
    return bytes.count() > 0;
  };
  const std::uint32_t rank = flow.source;
  if (round == Counts || rows.expert_lanes == 0) {
    add(bytes_between(round, g, rank, peer));
    return;
  }
  for (std::uint32_t lane = 0; lane < rows.expert_lanes; ++lane)
    if (add(row(round) * std::int64_t{round == Rows ? rows.rows(rank, peer, lane) : rows.rows(peer, rank, lane)}))
      flow.lanes.push_back(static_cast<std::uint8_t>(lane));
}

void UnfusedExchange::begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank)
{
  const models::DieSpec& die = place().machine.die;
  const Generation& g = state(generation);
  if (part == DispatchPart) {
    mark(ExchangeMark::DispatchStart, g.number, rank);
    run(models::plan_counting(die, static_cast<std::int64_t>(traffic(g.number).destinations[rank].size())),
        Step::Counted, g, rank);
  } else {
    mark(ExchangeMark::CombineStart, g.number, rank);
    run(models::plan_grouping(die, setup().cores, traffic(g.number).received[rank], setup().row), Step::OutputsInOrder,
        g, rank);
  }
}

void UnfusedExchange::on_notice(const sim::streams::Notice& event, Picoseconds time)
{
  const models::DieSpec& die = place().machine.die;
  const std::uint32_t rank = event.member;
  const std::int64_t now = time.count();
  Generation& g = generations_[event.detail];
  RankState& r = g.ranks[rank];
  const auto rows = static_cast<std::int64_t>(traffic(g.number).destinations[rank].size());
  const std::int64_t received = traffic(g.number).received[rank];
  switch (event.as<Step>()) {
  case Step::Counted:
    place().plane.remind(to_picoseconds(g.protocols[Counts]->launch), notice(Step::SendCounts, g.number, rank));
    break;
  case Step::SendCounts:
    mark(ExchangeMark::DispatchSends, g.number, rank);
    send(Counts, Step::CountsSent, g, rank);
    break;
  case Step::CountsSent: end_of_sending(Counts, g, rank, now); break;
  case Step::CountsHere: arrival(Counts, g, rank, now); break;
  case Step::HostKnows:
    mark(ExchangeMark::Fenced, g.number, rank);
    r.host_knows = now;
    launch(PermuteKernel, Seconds(0), Step::Permute, g, rank);
    break;
  case Step::Permute:
    run(models::plan_permutation(die, setup().cores, rows, setup().row, wire_row_), Step::Permuted, g, rank);
    break;
  case Step::Permuted: launch(RowsKernel, g.protocols[Rows]->launch, Step::SendRows, g, rank); break;
  case Step::SendRows: send(Rows, Step::RowsSent, g, rank); break;
  case Step::RowsSent: end_of_sending(Rows, g, rank, now); break;
  case Step::RowsHere: arrival(Rows, g, rank, now); break;
  case Step::Group:
    mark(ExchangeMark::BarrierPassed, g.number, rank);
    run(models::plan_grouping(die, setup().cores, received, wire_row_), Step::Grouped, g, rank);
    break;
  case Step::Grouped:
    mark(ExchangeMark::Reordered, g.number, rank);
    place().listener.on_exchanged(
        {place().id, DispatchPart, rank, time, Picoseconds(r.rounds[Counts].waited() + r.rounds[Rows].waited())});
    break;
  case Step::OutputsInOrder:
    place().plane.remind(to_picoseconds(g.protocols[Outputs]->launch), notice(Step::SendOutputs, g.number, rank));
    break;
  case Step::SendOutputs:
    mark(ExchangeMark::CombineSends, g.number, rank);
    send(Outputs, Step::OutputsSent, g, rank);
    break;
  case Step::OutputsSent: end_of_sending(Outputs, g, rank, now); break;
  case Step::OutputsHere:
    mark(ExchangeMark::TokensBack, g.number, rank);
    arrival(Outputs, g, rank, now);
    break;
  case Step::Weighed:
    mark(ExchangeMark::Gathered, g.number, rank);
    place().listener.on_exchanged({place().id, CombinePart, rank, time, Picoseconds(r.rounds[Outputs].waited())});
    break;
  }
}

void UnfusedExchange::run(const models::Reordering& kernel, Step end, const Generation& g, std::uint32_t rank)
{
  place().plane.start({.die = rank,
                       .alone = to_picoseconds(kernel.time),
                       .memory_traffic = kernel.traffic,
                       .end_notice = notice(end, g.number, rank)});
}

void UnfusedExchange::launch(std::uint32_t number, Seconds start_up, Step step, const Generation& g, std::uint32_t rank)
{
  const std::int64_t launched =
      g.ranks[rank].host_knows + to_picoseconds(place().machine.die.unfused.kernel_launch * number).count();
  const std::int64_t wait = std::max<std::int64_t>(0, launched - place().plane.now().count());
  place().plane.remind(Picoseconds(wait) + to_picoseconds(start_up), notice(step, g.number, rank));
}

// Peer by peer from the one behind the rank's own number: all ranks in the same order would meet at one receiver.
void UnfusedExchange::send(Round round, Step sent, Generation& g, std::uint32_t rank)
{
  fabric::FlowSpec flow;
  flow.source = rank;
  flow.traffic_class = place().machine.ub.traffic.of(models::Traffic::Experts);
  for (std::uint32_t step = 1; step < setup().ranks; ++step)
    add_messages(flow, round, g, (rank + step) % setup().ranks);
  if (flow.messages.empty()) {
    end_of_sending(round, g, rank, place().plane.now().count());
    return;
  }
  flow.engine = place().engines.sdma(rank);
  flow.engine.rate = g.protocols[round]->rate;
  flow.engine.other_group_cost = 1.0 + place().machine.ub.internode_cost;
  if (place().machine.cards)
    models::post_messages(place().machine, 1, flow);
  else
    flow.pause = to_picoseconds(g.protocols[round]->message);
  flow.inbox = g.inboxes[round];
  flow.fence_notice = notice(sent, g.number, rank);
  place().plane.start(std::move(flow));
}

void UnfusedExchange::end_of_sending(Round round, Generation& g, std::uint32_t rank, std::int64_t now)
{
  g.ranks[rank].rounds[round].sent = now;
  if (round == Rows)
    mark(ExchangeMark::FlagsOut, g.number, rank);
  else if (round == Outputs)
    mark(ExchangeMark::CombineSent, g.number, rank);
  go_on_after(round, g, rank);
}

void UnfusedExchange::arrival(Round round, Generation& g, std::uint32_t rank, std::int64_t now)
{
  g.ranks[rank].rounds[round].here = now;
  go_on_after(round, g, rank);
}

void UnfusedExchange::go_on_after(Round round, Generation& g, std::uint32_t rank)
{
  if (!g.ranks[rank].rounds[round].is_over())
    return;
  const models::DieSpec& die = place().machine.die;
  switch (round) {
  case Counts:
    place().plane.remind(to_picoseconds(die.unfused.host_synchronise), notice(Step::HostKnows, g.number, rank));
    break;
  case Rows: launch(GroupKernel, Seconds(0), Step::Group, g, rank); break;
  case Outputs:
    run(models::plan_weighing(die, tokens(g.number, rank), setup().rows_per_token, setup().row), Step::Weighed, g,
        rank);
    break;
  }
}

PartNames UnfusedExchange::part_names() const
{
  return {.dispatch_sending = "exchange counts, tell the host",
          .dispatch_counting = "copy and send rows",
          .dispatch_waiting = "wait for rows",
          .dispatch_reordering = "group by expert",
          .combine_sending = "send rows back",
          .combine_waiting = "wait for rows",
          .combine_gathering = "weigh and add up"};
}

}  // namespace cm::workloads
