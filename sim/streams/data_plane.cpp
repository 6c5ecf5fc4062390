#include "sim/streams/data_plane.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::sim::streams {
namespace {

constexpr std::uint64_t NoticeMask = (1ULL << 60U) - 1;

}  // namespace

DataPlane::DataPlane(const DataPlaneSpec& spec)
    : fabric_(spec.network, spec.policy, calendar_), board_(spec.dies, spec.memory_bandwidth, calendar_)
{
}

NoticeRange DataPlane::add_owner(NoticeOwner& owner)
{
  owners_.push_back(&owner);
  return NoticeRange(static_cast<std::uint32_t>(owners_.size() - 1));
}

void DataPlane::remind(Picoseconds delay, std::uint64_t notice)
{
  ensure(delay.count() >= 0, "a reminder {} ps in the past", -delay.count());
  calendar_.insert({.time = now_ + delay.count(), .word = fabric::event_word(fabric::EventKind::Notice, notice)});
}

void DataPlane::catch_up(Picoseconds time)
{
  now_ = std::max(now_, time.count());
}

std::int64_t DataPlane::run(std::int64_t limit)
{
  while (raised_.empty()) {
    const std::int64_t time = fabric_.run(limit);
    if (time == calendar::Calendar::Never)
      return calendar::Calendar::Never;
    const calendar::Event event = calendar_.take();
    now_ = time;
    const std::uint64_t notice =
        fabric::kind_of(event) == fabric::EventKind::Notice ? event.word & NoticeMask : board_.finish(event);
    if (notice != OperatorBoard::NotYet)
      owners_.at(NoticeRange::owner_of(notice))->on_notice(NoticeRange::notice_of(notice), Picoseconds(time));
  }
  return now_;
}

}  // namespace cm::sim::streams
