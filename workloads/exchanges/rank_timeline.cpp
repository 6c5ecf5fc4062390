#include "workloads/exchanges/rank_timeline.h"

#include "models/network/card_planes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cm::workloads {
namespace {

using sim::timeline::ArrowPoint;
using sim::timeline::Slice;

// Between two values of a lane's counter: an exchange of the published test takes some 150 us.
constexpr Picoseconds SamplingTime(10'000'000);

}  // namespace

RankTimeline::RankTimeline(sim::timeline::Timeline& timeline, const sim::fabric::PacketFabric& fabric,
                           const models::MachineSpec& machine, std::uint32_t ranks,
                           std::span<const std::string_view> streams)
    : timeline_(timeline), fabric_(fabric)
{
  add_lanes(machine, ranks);
  add_ranks(machine, ranks, streams);
}

void RankTimeline::add_lanes(const models::MachineSpec& machine, std::uint32_t ranks)
{
  const std::uint32_t process = timeline_.add_process(
      machine.cards
          ? fmt::format("{}: share of what those of dies 0 to {} could send", models::card_words(machine), ranks - 1)
          : fmt::format("UB sub-planes: share of what the lanes of dies 0 to {} could send", ranks - 1));
  for (std::uint32_t lane = 0; lane < machine.topology.lanes(); ++lane)
    lanes_.push_back(timeline_.add_counter(process, models::lane_name(machine, lane), "percent"));
  carried_.assign(machine.topology.lanes(), 0);
  // A node has one VPC card.
  const std::uint32_t dies_of_lane = machine.cards == models::CardPlane::Vpc ? machine.topology.dies_per_node() : 1;
  const std::uint32_t senders = (ranks + dies_of_lane - 1) / dies_of_lane;
  bytes_per_ps_ = machine.topology.lane_bandwidth.count() * machine.ub.payload_share * 1e-12 * senders;
}

void RankTimeline::add_ranks(const models::MachineSpec& machine, std::uint32_t ranks,
                             std::span<const std::string_view> streams)
{
  place_of_.assign(ranks, NotSampled);
  const std::uint32_t shown = std::min(ranks, MaximumRanks);
  const std::uint64_t steps = std::max<std::uint32_t>(1, shown - 1);
  for (std::uint32_t place = 0; place < shown; ++place) {
    // First and last rank included. Steps of ranks / shown could meet the copies of one expert only, laid out as
    // evenly.
    const auto rank = static_cast<std::uint32_t>(std::uint64_t{place} * (ranks - 1) / steps);
    place_of_[rank] = place;
    const std::uint32_t process =
        timeline_.add_process(fmt::format("die {} (node {})", rank, rank / machine.topology.dies_per_node()));
    Sampled sampled{.rank = rank, .tracks = {}};
    for (const std::string_view stream : streams)
      sampled.tracks.push_back(timeline_.add_track(process, std::string(stream)));
    sampled_.push_back(std::move(sampled));
  }
  states_.resize(shown);
}

void RankTimeline::enter(const Walker& walker, std::vector<sim::timeline::Argument> arguments)
{
  if (shows(walker.rank))
    state(walker).arguments = std::move(arguments);
}

void RankTimeline::begin(const Walker& walker, std::size_t stream, std::string_view name, Picoseconds now)
{
  if (!shows(walker.rank))
    return;
  State& s = state(walker);
  s.running = {.track = sampled_[place_of_[walker.rank]].tracks[stream],
               .name = std::string(name),
               .start = now,
               .end = now,
               .arguments = s.arguments};
}

void RankTimeline::end(const Walker& walker, Picoseconds now)
{
  if (!shows(walker.rank))
    return;
  Slice& slice = state(walker).running;
  slice.end = now;
  timeline_.add(std::move(slice));
  sample_lanes(now);
}

void RankTimeline::mark(const Walker& walker, ExchangeMark mark, std::uint32_t generation,
                        const ExchangeTraffic& traffic, Picoseconds now)
{
  if (!shows(walker.rank))
    return;
  State& s = state(walker);
  s.marks[static_cast<std::size_t>(mark)] = now;
  sample_lanes(now);
  const std::size_t stream = sampled_[place_of_[walker.rank]].tracks.size() - 1;
  if (mark == ExchangeMark::Reordered) {
    add_dispatch(walker);
    add_arrows(walker, ArrowPoint::Start, Whose::RowsSent, stream, generation, traffic,
               s.marks[static_cast<std::size_t>(ExchangeMark::DispatchSends)]);
  } else if (mark == ExchangeMark::Gathered) {
    add_combine(walker);
    // Where the rows come together again: the gather starts when the last of them is back.
    add_arrows(walker, ArrowPoint::End, Whose::RowsSent, stream, generation, traffic,
               std::max(s.marks[static_cast<std::size_t>(ExchangeMark::CombineSent)],
                        s.marks[static_cast<std::size_t>(ExchangeMark::TokensBack)]));
  }
}

void RankTimeline::use_rows(const Walker& walker, std::size_t stream, std::uint32_t generation,
                            const ExchangeTraffic& traffic, Picoseconds now)
{
  if (shows(walker.rank))
    add_arrows(walker, ArrowPoint::Step, Whose::RowsReceived, stream, generation, traffic, now);
}

void RankTimeline::add_part(const Walker& walker, std::string_view name, Picoseconds start, Picoseconds end)
{
  const Sampled& sampled = sampled_[place_of_[walker.rank]];
  timeline_.add(Slice{.track = sampled.tracks.back(),
                      .name = std::string(name),
                      .start = start,
                      .end = end,
                      .arguments = state(walker).arguments});
}

void RankTimeline::add_dispatch(const Walker& walker)
{
  using enum ExchangeMark;
  const auto at = [&](ExchangeMark mark) { return state(walker).marks[static_cast<std::size_t>(mark)]; };
  add_part(walker, "dispatch", at(DispatchStart), at(Reordered));
  add_part(walker, names_.dispatch_sending, at(DispatchSends), at(Fenced));
  add_part(walker, names_.dispatch_counting, at(Fenced), at(FlagsOut));
  add_part(walker, names_.dispatch_waiting, at(FlagsOut), at(BarrierPassed));
  add_part(walker, names_.dispatch_reordering, at(BarrierPassed), at(Reordered));
}

void RankTimeline::add_combine(const Walker& walker)
{
  using enum ExchangeMark;
  const auto at = [&](ExchangeMark mark) { return state(walker).marks[static_cast<std::size_t>(mark)]; };
  const Picoseconds back = std::max(at(CombineSent), at(TokensBack));
  add_part(walker, "combine", at(CombineStart), at(Gathered));
  add_part(walker, names_.combine_sending, at(CombineSends), at(CombineSent));
  add_part(walker, names_.combine_waiting, at(CombineSent), back);
  add_part(walker, names_.combine_gathering, back, at(Gathered));
}

void RankTimeline::add_arrows(const Walker& walker, ArrowPoint point, Whose whose, std::size_t stream,
                              std::uint32_t generation, const ExchangeTraffic& traffic, Picoseconds at)
{
  const std::uint32_t own = place_of_[walker.rank];
  const auto shown = static_cast<std::uint32_t>(sampled_.size());
  const std::uint64_t exchange = std::uint64_t{generation} * MaximumMicrobatches + walker.microbatch;
  for (std::uint32_t other = 0; other < shown; ++other) {
    const std::uint32_t source = whose == Whose::RowsSent ? own : other;
    const std::uint32_t destination = whose == Whose::RowsSent ? other : own;
    const std::size_t pair = std::size_t{sampled_[source].rank} * traffic.ranks + sampled_[destination].rank;
    if (traffic.counts[pair] > 0)
      timeline_.add({.id = 1 + (exchange * shown + source) * shown + destination,
                     .point = point,
                     .track = sampled_[own].tracks[stream],
                     .at = at});
  }
}

void RankTimeline::sample_lanes(Picoseconds now)
{
  const Picoseconds passed = now - sampled_at_;
  if (passed.count() < SamplingTime.count())
    return;
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    const double carried = fabric_.carried_bytes(lane, now);
    const double share = (carried - carried_[lane]) / (bytes_per_ps_ * static_cast<double>(passed.count()));
    timeline_.add(sim::timeline::Sample{.counter = lanes_[lane], .at = sampled_at_, .value = 100 * share});
    carried_[lane] = carried;
  }
  sampled_at_ = now;
}

}  // namespace cm::workloads
