#include "sim/calendar/calendar.h"

#include <algorithm>

namespace cm::sim::calendar {

Calendar::Calendar() : batch_(Ahead + 1)
{
  end_batch(0);
  ties_.begin(cursor_, false);
}

void Calendar::insert_near_or_far(Event event)
{
  if (event.time >> WindowBits <= window_)
    near_.insert(event);
  else
    far_.insert(event);
}

// The batch's next event is not the one asked for: it lies behind one beside the batch, or the batch has ended.
const Event* Calendar::next_elsewhere(std::int64_t limit)
{
  for (;;) {
    if (cursor_->time != Never && ties_.begins_at(cursor_))
      sort_tie(cursor_);
    if (!near_.empty() && near_is_first())
      return near_.time() <= limit ? &near_.head() : nullptr;
    if (cursor_->time != Never)
      return cursor_->time <= limit ? cursor_ : nullptr;
    const std::int64_t window = next_window();
    if (window == Never || window << WindowBits > limit)
      return nullptr;
    begin_window(window);
  }
}

std::int64_t Calendar::next_window() const
{
  if (const auto window = lists_.next_window(window_))
    return *window;
  return far_.empty() ? Never : far_.head().time >> WindowBits;
}

// Far events enter the lists as soon as the ring reaches their window, which is before anything younger can be put
// into it.
void Calendar::begin_window(std::int64_t window)
{
  window_ = window;
  const std::int64_t start = window << WindowBits;
  const bool expects_ties = ties_.events() * 4 > static_cast<std::size_t>(cursor_ - batch_.data());
  near_.begin(start);
  constexpr auto Round = static_cast<std::int64_t>(WindowLists::Windows);
  for (; !far_.empty() && (far_.head().time >> WindowBits) - window < Round; far_.pop())
    lists_.append(far_.head().time >> WindowBits, far_.head());
  const WindowSorter::Sorted sorted = sorter_.sort(lists_, lists_.take(window), start, expects_ties, batch_, Ahead + 1);
  end_batch(sorted.count);
  ties_.begin(cursor_, sorted.ties_are_rough);
}

// Ends the batch behind so many events, and begins with the first of them.
void Calendar::end_batch(std::size_t count)
{
  std::fill_n(batch_.begin() + static_cast<std::ptrdiff_t>(count), Ahead + 1, Event{.time = Never});
  cursor_ = batch_.data();
}

}  // namespace cm::sim::calendar
