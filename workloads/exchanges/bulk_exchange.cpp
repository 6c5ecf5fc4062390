#include "workloads/exchanges/bulk_exchange.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <numeric>

namespace cm::workloads {

namespace fabric = sim::fabric;

BulkExchange::BulkExchange(std::uint32_t first_die, std::uint32_t ranks, const models::MachineSpec& machine,
                           sim::streams::DataPlane& plane, const models::EndpointEngines& engines,
                           std::uint64_t notice_base)
    : first_die_(first_die), ranks_(ranks), start_up_(to_picoseconds(machine.die.sdma.start_up)), plane_(plane),
      engines_(engines), notice_base_(notice_base)
{
  ensure(first_die + ranks <= machine.topology.dies(), "ranks {} to {} on {} dies", first_die, first_die + ranks - 1,
         machine.topology.dies());
  // Inboxes are found by endpoint, so there is one for every die up to the group's last.
  for (Generation& generation : generations_)
    generation.inboxes = plane.fabric().add_inboxes(first_die + ranks);
}

void BulkExchange::open(std::uint32_t generation, BulkBytes&& bytes)
{
  ensure(bytes.pairs.size() == static_cast<std::size_t>(ranks_) * ranks_, "{} amounts for {} ranks", bytes.pairs.size(),
         ranks_);
  Generation& g = generations_[generation % 2];
  g.bytes = std::move(bytes);
  g.inbound.assign(ranks_, 0);
  for (std::uint32_t source = 0; source < ranks_; ++source)
    for (std::uint32_t destination = 0; destination < ranks_; ++destination)
      if (source != destination)
        g.inbound[destination] += g.bytes.pairs[static_cast<std::size_t>(source) * ranks_ + destination];
  for (std::uint32_t rank = 0; rank < ranks_; ++rank)
    if (g.inbound[rank] > 0)
      plane_.fabric().expect(g.inboxes + first_die_ + rank, static_cast<std::uint64_t>(g.inbound[rank]), 0,
                             notice(Received, generation, rank));
}

bool BulkExchange::send(std::uint32_t generation, std::uint32_t rank)
{
  plane_.remind(start_up_, notice(StartedUp, generation, rank));
  return generations_[generation % 2].inbound[rank] == 0;
}

std::int64_t BulkExchange::outbound(std::uint32_t generation, std::uint32_t rank) const
{
  const std::int64_t* const row =
      generations_[generation % 2].bytes.pairs.data() + static_cast<std::size_t>(rank) * ranks_;
  return std::accumulate(row, row + ranks_, std::int64_t{0}) - row[rank];
}

void BulkExchange::add_messages(fabric::FlowSpec& flow, std::uint32_t destination, const BulkBytes& bytes,
                                std::size_t pair)
{
  const std::size_t lanes = bytes.by_lane.size() / bytes.pairs.size();
  for (std::size_t lane = 0; lane < std::max<std::size_t>(lanes, 1); ++lane) {
    // A message counts its bytes in 32 bits; longer stretches go as several.
    constexpr std::int64_t Longest = 1LL << 30U;
    for (std::int64_t left = lanes > 0 ? bytes.by_lane[pair * lanes + lane] : bytes.pairs[pair]; left > 0;
         left -= Longest) {
      flow.messages.push_back({destination, static_cast<std::uint32_t>(std::min(left, Longest))});
      if (lanes > 0)
        flow.lanes.push_back(static_cast<std::uint8_t>(lane));
    }
  }
}

bool BulkExchange::on_notice(std::uint64_t number)
{
  if (number >> (RankBits + 1) == Received)
    return true;
  const std::uint32_t rank = rank_of(number);
  const Generation& g = generations_[number >> RankBits & 1U];
  fabric::FlowSpec flow;
  flow.source = first_die_ + rank;
  for (std::uint32_t step = 1; step < ranks_; ++step) {
    const std::uint32_t peer = (rank + step) % ranks_;
    add_messages(flow, first_die_ + peer, g.bytes, static_cast<std::size_t>(rank) * ranks_ + peer);
  }
  if (flow.messages.empty())
    return false;
  flow.engine = engines_.sdma(flow.source);
  flow.inbox = g.inboxes;
  plane_.start(std::move(flow));
  return false;
}

}  // namespace cm::workloads
