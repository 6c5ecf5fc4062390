#include "sim/calendar/batch_ties.h"

#include <algorithm>
#include <utility>

namespace cm::sim::calendar {
namespace {

// Sorts events of one time by their order, which they nearly have: each is moved past those before it that come later.
// Gives up, and returns false, where that is more work than another sort.
bool insert_by_order(Event* begin, Event* end)
{
  constexpr std::ptrdiff_t MovesPerEvent = 8;
  std::ptrdiff_t left = MovesPerEvent * (end - begin);
  for (Event* next = begin + 1; next != end; ++next)
    for (Event* event = next; event != begin && event->order < event[-1].order; --event) {
      if (--left < 0)
        return false;
      std::swap(event[0], event[-1]);
    }
  return true;
}

}  // namespace

void BatchTies::sort(Event* first)
{
  Event* end = first + 1;
  bool is_sorted = true;
  for (; end->time == first->time; ++end)
    is_sorted = is_sorted && end[-1].order <= end->order;
  sorted_end_ = end;
  tied_ += static_cast<std::size_t>(end - first);
  if (is_sorted)
    return;
  if (are_rough_ && insert_by_order(first, end))
    return;
  // Keys are sorted instead of events: they are small, and their places keep equal ones apart.
  const auto count = static_cast<std::size_t>(end - first);
  keys_.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    keys_[i] = std::uint64_t{first[i].order} << 32U | i;
  std::ranges::sort(keys_);
  events_.assign(first, end);
  for (std::size_t i = 0; i < count; ++i)
    first[i] = events_[keys_[i] & 0xffffffffU];
}

}  // namespace cm::sim::calendar
