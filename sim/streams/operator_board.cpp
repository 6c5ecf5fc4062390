#include "sim/streams/operator_board.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/packet_fabric.h"

#include <algorithm>
#include <cmath>

namespace cm::sim::streams {

OperatorBoard::OperatorBoard(std::uint32_t dies, BytesPerSecond memory_bandwidth, calendar::Calendar& calendar)
    : calendar_(calendar), bandwidth_(memory_bandwidth.count() * 1e-12), on_die_(dies)
{
  ensure(bandwidth_ > 0, "the dies' memory bandwidth is {} B/s", memory_bandwidth.count());
}

void OperatorBoard::start(const OperatorRun& run, std::int64_t now)
{
  ensure(run.alone.count() >= 0 && run.memory_traffic.count() >= 0, "an operator of {} ps and {} bytes",
         run.alone.count(), run.memory_traffic.count());
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(running_.size());
    running_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Running& op = running_[slot];
  const auto alone = static_cast<double>(run.alone.count());
  op.remaining = alone;
  op.pace = 0;  // so that share() sees a change and schedules it
  op.demand = alone > 0 ? static_cast<double>(run.memory_traffic.count()) / alone : 0.0;
  op.since = now;
  op.notice = run.end_notice;
  op.die = run.die;
  on_die_.at(run.die).push_back(slot);
  share(run.die, now);
}

// Max-min: demands below the equal share keep what they ask, the rest divide what is left.
void OperatorBoard::share(std::uint32_t die, std::int64_t now)
{
  const auto& slots = on_die_[die];
  double left = bandwidth_;
  auto asking = static_cast<double>(std::ranges::count_if(slots, [&](auto s) { return running_[s].demand > 0; }));
  // At most a handful of operators run on a die, so asking again until nothing changes is cheaper than sorting.
  double equal = asking > 0 ? left / asking : 0.0;
  for (bool changed = true; changed && asking > 0;) {
    changed = false;
    double satisfied = 0;
    double greedy = 0;
    for (const std::uint32_t slot : slots) {
      const double demand = running_[slot].demand;
      if (demand > 0 && demand <= equal)
        satisfied += demand;
      else if (demand > 0)
        greedy += 1;
    }
    const double next = greedy > 0 ? (left - satisfied) / greedy : equal;
    changed = next > equal * (1 + 1e-12);
    equal = next;
  }
  for (const std::uint32_t slot : slots) {
    Running& op = running_[slot];
    const double pace = op.demand > equal && op.demand > 0 ? equal / op.demand : 1.0;
    if (pace == op.pace)
      continue;
    op.remaining = std::max(0.0, op.remaining - static_cast<double>(now - op.since) * op.pace);
    op.since = now;
    op.pace = pace;
    schedule(slot, now);
  }
}

void OperatorBoard::schedule(std::uint32_t slot, std::int64_t now)
{
  Running& op = running_[slot];
  calendar_.insert({.time = now + std::llround(std::ceil(op.remaining / op.pace)),
                    .word = fabric::event_word(fabric::EventKind::Owner, slot),
                    .extra = ++op.generation});
}

std::uint64_t OperatorBoard::finish(const calendar::Event& event)
{
  const auto slot = static_cast<std::uint32_t>(event.word);
  Running& op = running_[slot];
  if (event.extra != op.generation)
    return NotYet;
  ++op.generation;
  const std::uint64_t notice = op.notice;
  const std::uint32_t die = op.die;
  std::erase(on_die_[die], slot);
  free_.push_back(slot);
  share(die, event.time);
  return notice;
}

}  // namespace cm::sim::streams
