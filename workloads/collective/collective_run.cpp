#include "workloads/collective/collective_run.h"

#include "models/network/card_planes.h"

#include <algorithm>
#include <utility>

namespace cm::workloads {
namespace {

namespace fabric = sim::fabric;

// The fabric's message sizes have 32 bits.
constexpr std::int64_t LargestMessage = 1 << 30;

// [step * ranks + rank]: of the messages that it is sent.
std::vector<Bytes> largest_received(const models::CollectivePlan& plan)
{
  std::vector<Bytes> largest(plan.steps * plan.ranks.size());
  for (const models::RankPlan& rank : plan.ranks)
    for (const models::PlannedMessage& message : rank.messages) {
      Bytes& known = largest[message.step * plan.ranks.size() + message.to];
      known = std::max(known, message.bytes);
    }
  return largest;
}

}  // namespace

CollectiveRun::CollectiveRun(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                             const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                             sim::streams::Signal done)
    : plan_(plan), protocol_(protocol), machine_(machine), plane_(plane), notices_(plane.add_owner(*this)), done_(done),
      engines_(plane.fabric().add_engines(static_cast<std::uint32_t>(plan.ranks.size()))),
      inboxes_(plane.fabric().add_inboxes(plan.steps * static_cast<std::uint32_t>(plan.ranks.size()))),
      states_(plan.ranks.size()), ends_(plan.ranks.size())
{
}

void CollectiveRun::start()
{
  const std::vector<Bytes> received = models::bytes_received(plan_);
  const auto ranks = static_cast<std::uint32_t>(plan_.ranks.size());
  const std::vector<Bytes> largest = largest_received(plan_);
  pending_.resize(received.size());
  receives_.resize(received.size());
  for (std::uint32_t step = 0; step < plan_.steps; ++step)
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
      const std::size_t i = cell(step, rank);
      if (received[i].count() == 0)
        continue;
      pending_[i] = 1;
      receives_[i] = true;
      plane_.fabric().expect(inboxes_ + static_cast<fabric::InboxIndex>(i),
                             static_cast<std::uint64_t>(received[i].count()),
                             to_picoseconds(protocol_.step + protocol_.channels.drain_time(largest[i], ranks)).count(),
                             notices_(Happening::PartDone, rank, step));
    }
  std::size_t issued = 0;
  for (std::uint32_t rank = 0; rank < ranks; ++rank) {
    const bool sends = !plan_.ranks[rank].messages.empty();
    const Seconds turn = sends ? protocol_.issue * static_cast<double>(issued) : Seconds(0);
    plane_.remind(to_picoseconds(protocol_.launch + turn), notices_(Happening::Launched, rank));
    issued += plan_.ranks[rank].messages.size();
  }
}

void CollectiveRun::on_notice(const sim::streams::Notice& notice, Picoseconds now)
{
  const std::uint32_t rank = notice.member;
  const std::uint32_t step = notice.detail;
  switch (notice.as<Happening>()) {
  case Happening::Launched: enter(rank, now); break;
  case Happening::PartDone:
    // Data may come before its step: from a rank that is ahead.
    if (--pending_[cell(step, rank)] == 0 && states_[rank].step == step && states_[rank].has_entered && !reduce(rank))
      leave(rank, now);
    break;
  case Happening::Reduced: leave(rank, now); break;
  }
}

void CollectiveRun::leave(std::uint32_t rank, Picoseconds now)
{
  ++states_[rank].step;
  enter(rank, now);
}

// Goes through the rank's steps from its present one on, up to the first that has to be waited for.
void CollectiveRun::enter(std::uint32_t rank, Picoseconds now)
{
  RankState& state = states_[rank];
  state.has_entered = true;
  for (; state.step < plan_.steps; ++state.step) {
    send(rank);
    if (pending_[cell(state.step, rank)] > 0 || reduce(rank))
      return;
  }
  ends_[rank] = now;
  if (++ranks_done_ == plan_.ranks.size())
    plane_.raise(done_);
}

void CollectiveRun::send(std::uint32_t rank)
{
  RankState& state = states_[rank];
  const auto& messages = plan_.ranks[rank].messages;
  const auto peers = static_cast<std::size_t>(std::ranges::count(messages, state.step, &models::PlannedMessage::step));
  std::vector<fabric::Message> together;
  for (; state.next_message < messages.size() && messages[state.next_message].step == state.step;
       ++state.next_message) {
    const models::PlannedMessage& message = messages[state.next_message];
    for (std::int64_t left = message.bytes.count(); left > 0; left -= LargestMessage)
      together.push_back({message.to, static_cast<std::uint32_t>(std::min(left, LargestMessage))});
  }
  if (!together.empty())
    start_flow(rank, std::move(together), peers);
}

// Messages of the rank's present step, one after the other.
void CollectiveRun::start_flow(std::uint32_t rank, std::vector<fabric::Message> messages, std::size_t peers)
{
  const std::uint32_t step = states_[rank].step;
  fabric::FlowSpec flow;
  flow.traffic_class = machine_.ub.traffic.of(models::Traffic::Collectives);
  flow.messages = std::move(messages);
  flow.source = rank;
  flow.engine = {engines_ + rank, false, protocol_.rate, 1.0 + machine_.ub.internode_cost};
  // As many channels as the peers of the step have, together. The fabric sends to them in turn (D160).
  if (protocol_.channels.limit())
    flow.engine.rate =
        std::min(protocol_.rate, protocol_.channels.pair_rate(static_cast<std::uint32_t>(plan_.ranks.size())) *
                                     static_cast<double>(peers));
  if (machine_.cards)
    models::post_messages(machine_, 1, flow);
  else
    flow.pause = to_picoseconds(protocol_.message);
  flow.inbox = inboxes_ + static_cast<fabric::InboxIndex>(cell(step, 0));
  // What is posted to a card is forgotten: who gets data waits for them alone.
  if (!machine_.cards || !receives_[cell(step, rank)]) {
    flow.fence_notice = notices_(Happening::PartDone, rank, step);
    ++pending_[cell(step, rank)];
  }
  plane_.start(std::move(flow));
}

// Starts the reduction of the rank's step; false when there is none.
bool CollectiveRun::reduce(std::uint32_t rank)
{
  RankState& state = states_[rank];
  const auto& reductions = plan_.ranks[rank].reductions;
  if (state.next_reduction == reductions.size() || reductions[state.next_reduction].step != state.step)
    return false;
  const Bytes traffic = reductions[state.next_reduction++].memory_traffic();
  plane_.start({.die = rank,
                .alone = to_picoseconds(traffic / machine_.die.usable_hbm_bandwidth()),
                .memory_traffic = traffic,
                .end_notice = notices_(Happening::Reduced, rank, state.step)});
  return true;
}

}  // namespace cm::workloads
