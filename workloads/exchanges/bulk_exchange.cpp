#include "workloads/exchanges/bulk_exchange.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cm::workloads {

namespace fabric = sim::fabric;

BulkExchange::BulkExchange(std::uint32_t ranks, const ExchangePlace& place, BulkSource source)
    : ranks_(ranks), place_(place), source_(std::move(source)), notices_(place.plane.add_owner(*this))
{
  const std::uint32_t dies = place.machine.topology.dies();
  ensure(place.first_die + ranks <= dies, "ranks {} to {} on {} dies", place.first_die, place.first_die + ranks - 1,
         dies);
  // Inboxes are found by endpoint, so there is one for every die up to the group's last.
  for (Generation& generation : generations_)
    generation.inboxes = place.plane.fabric().add_inboxes(place.first_die + ranks);
}

void BulkExchange::open(std::uint32_t generation)
{
  Generation& g = generations_[generation % 2];
  g.bytes = source_(generation);
  ensure(g.bytes.pairs.size() == static_cast<std::size_t>(ranks_) * ranks_, "{} amounts for {} ranks",
         g.bytes.pairs.size(), ranks_);
  g.inbound.assign(ranks_, 0);
  for (std::uint32_t source = 0; source < ranks_; ++source)
    for (std::uint32_t destination = 0; destination < ranks_; ++destination)
      if (source != destination)
        g.inbound[destination] += g.bytes.pairs[static_cast<std::size_t>(source) * ranks_ + destination];
  for (std::uint32_t rank = 0; rank < ranks_; ++rank)
    if (g.inbound[rank] > 0)
      place_.plane.fabric().expect(g.inboxes + place_.first_die + rank, static_cast<std::uint64_t>(g.inbound[rank]), 0,
                                   notices_(Event::Received, rank, generation % 2));
}

void BulkExchange::begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank)
{
  place_.plane.remind(to_picoseconds(place_.machine.die.sdma.start_up),
                      notices_(Event::StartedUp, rank, generation % 2));
  if (generations_[generation % 2].inbound[rank] == 0)
    place_.listener.on_exchanged({place_.id, part, rank, place_.plane.now(), Picoseconds(0)});
}

models::StageWork BulkExchange::work(std::uint32_t /*part*/, std::uint32_t generation, std::uint32_t rank,
                                     Seconds /*spent*/) const
{
  const Generation& g = generations_[generation % 2];
  const std::int64_t* const row = g.bytes.pairs.data() + static_cast<std::size_t>(rank) * ranks_;
  return {.sent_bytes = static_cast<double>(std::accumulate(row, row + ranks_, std::int64_t{0}) - row[rank]),
          .received_bytes = static_cast<double>(g.inbound[rank])};
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

void BulkExchange::on_notice(const sim::streams::Notice& notice, Picoseconds now)
{
  switch (notice.as<Event>()) {
  case Event::StartedUp: send(notice.detail, notice.member); break;
  case Event::Received: place_.listener.on_exchanged({place_.id, 0, notice.member, now, Picoseconds(0)}); break;
  }
}

void BulkExchange::send(std::uint32_t generation, std::uint32_t rank)
{
  const Generation& g = generations_[generation];
  fabric::FlowSpec flow;
  flow.source = place_.first_die + rank;
  flow.traffic_class = place_.machine.ub.traffic.of(models::Traffic::Experts);
  for (std::uint32_t step = 1; step < ranks_; ++step) {
    const std::uint32_t peer = (rank + step) % ranks_;
    add_messages(flow, place_.first_die + peer, g.bytes, static_cast<std::size_t>(rank) * ranks_ + peer);
  }
  if (flow.messages.empty())
    return;
  flow.engine = place_.engines.sdma(flow.source);
  flow.inbox = g.inboxes;
  place_.plane.start(std::move(flow));
}

}  // namespace cm::workloads
