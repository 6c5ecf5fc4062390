#include "workloads/collective/collective_run.h"

#include <algorithm>

namespace cm::workloads {
namespace {

namespace fabric = sim::fabric;

// The fabric's message sizes have 32 bits.
constexpr std::int64_t LargestMessage = 1 << 30;

constexpr std::uint64_t FieldBits = 24;
constexpr std::uint64_t FieldMask = (1ULL << FieldBits) - 1;

}  // namespace

CollectiveRun::CollectiveRun(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                             const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                             sim::streams::Signal done)
    : plan_(plan), protocol_(protocol), machine_(machine), plane_(plane), done_(done),
      engines_(plane.fabric().add_engines(static_cast<std::uint32_t>(plan.ranks.size()))),
      inboxes_(plane.fabric().add_inboxes(plan.steps * static_cast<std::uint32_t>(plan.ranks.size()))),
      states_(plan.ranks.size()), ends_(plan.ranks.size())
{
}

std::uint64_t CollectiveRun::notice(Happening what, std::uint32_t step, std::uint32_t rank)
{
  return static_cast<std::uint64_t>(what) << (2 * FieldBits) | std::uint64_t{step} << FieldBits | rank;
}

void CollectiveRun::start()
{
  const std::vector<Bytes> received = models::bytes_received(plan_);
  const auto ranks = static_cast<std::uint32_t>(plan_.ranks.size());
  const std::int64_t step_ps = to_picoseconds(protocol_.step).count();
  pending_.resize(received.size());
  for (std::uint32_t step = 0; step < plan_.steps; ++step)
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
      const std::size_t i = cell(step, rank);
      if (received[i].count() == 0)
        continue;
      pending_[i] = 1;
      plane_.fabric().expect(inboxes_ + static_cast<fabric::InboxIndex>(i),
                             static_cast<std::uint64_t>(received[i].count()), step_ps,
                             notice(Happening::PartDone, step, rank));
    }
  for (std::uint32_t rank = 0; rank < ranks; ++rank)
    plane_.remind(to_picoseconds(protocol_.launch), notice(Happening::Launched, 0, rank));
}

void CollectiveRun::on_notice(std::uint64_t notice, Picoseconds now)
{
  const auto rank = static_cast<std::uint32_t>(notice & FieldMask);
  const auto step = static_cast<std::uint32_t>(notice >> FieldBits & FieldMask);
  switch (static_cast<Happening>(notice >> (2 * FieldBits))) {
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
  fabric::FlowSpec flow;
  for (; state.next_message < messages.size() && messages[state.next_message].step == state.step;
       ++state.next_message) {
    const models::PlannedMessage& message = messages[state.next_message];
    for (std::int64_t left = message.bytes.count(); left > 0; left -= LargestMessage)
      flow.messages.push_back({message.to, static_cast<std::uint32_t>(std::min(left, LargestMessage))});
  }
  if (flow.messages.empty())
    return;
  flow.source = rank;
  flow.engine = {engines_ + rank, false, protocol_.rate, 1.0 + machine_.ub.internode_cost};
  flow.pause = to_picoseconds(protocol_.message);
  flow.inbox = inboxes_ + static_cast<fabric::InboxIndex>(cell(state.step, 0));
  flow.fence_notice = notice(Happening::PartDone, state.step, rank);
  ++pending_[cell(state.step, rank)];
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
                .end_notice = notice(Happening::Reduced, state.step, rank)});
  return true;
}

}  // namespace cm::workloads
