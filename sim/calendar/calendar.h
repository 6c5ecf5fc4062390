// The one event queue of the data plane, over integer picoseconds. Events leave in the order (time, order that their
// owner gave them, sequence of insertion).
//
// Time is cut into windows of 65.5 ns. An event of a later window is appended to that window's list, unsorted, in a
// ring of 16,384 lists (WindowLists); what lies beyond the ring waits in a heap (FarEvents). When a window begins, its
// events are sorted at one go into an array, the batch (WindowSorter): two passes of a stable radix sort, or a count of
// smaller ones where there are few, without a branch that depends on the data. Packets on their way to a port some
// hundred nanoseconds off never see anything else. What is inserted into the window that is running goes to fine
// buckets beside the batch, each a sorted list (NearEvents), and the earlier of both heads is next. Ties are put in
// order when they are taken out (BatchTies), and sorted roughly beforehand where the window before had many. The batch
// shows which events come soon, so their ports can be fetched from memory in time.
#pragma once

#include "sim/calendar/batch_ties.h"
#include "sim/calendar/event.h"
#include "sim/calendar/far_events.h"
#include "sim/calendar/large_pages.h"
#include "sim/calendar/near_events.h"
#include "sim/calendar/window_lists.h"
#include "sim/calendar/window_sorter.h"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace cm::sim::calendar {

class Calendar {
 public:
  Calendar();
  Calendar(const Calendar&) = delete;
  Calendar& operator=(const Calendar&) = delete;

  // Files the event under its time, which must not lie before the last popped event's.
  void insert(const Event& event)
  {
    const std::int64_t window = event.time >> WindowBits;
    if (static_cast<std::uint64_t>(window - window_) - 1 < WindowLists::Windows - 1) [[likely]]
      lists_.append(window, event);
    else
      insert_near_or_far(event);
  }

  // The next event if it is not later than `limit`, left in its place, else null. It stays valid until the next call of
  // this calendar.
  const Event* next(std::int64_t limit = Never)
  {
    if (cursor_->time < near_.time() && cursor_->time <= limit) [[likely]] {
      if (ties_.begins_at(cursor_)) [[unlikely]]
        sort_tie(cursor_);
      return cursor_;
    }
    return next_elsewhere(limit);
  }

  // Takes out the event that next() has just returned.
  void pop(const Event* event)
  {
    if (event == cursor_) [[likely]]
      ++cursor_;
    else
      near_.pop();
  }

  // next() and pop() in one; there must be an event.
  Event take()
  {
    const Event* const event = next();
    const Event taken = *event;
    pop(event);
    return taken;
  }

  // Takes out events one by one, up to and including `limit`, and hands each to `handle(event, upcoming)`, which may
  // insert others. Ends early at an event that `handle` refuses by returning false, and that then stays; or for no
  // reason that the caller could know: what next() returns says how to go on. `upcoming` is an event that comes soon,
  // as a hint for prefetching, or an empty one.
  template <typename Handler>
  void take_while(std::int64_t limit, const Handler& handle)
  {
    const Event* cursor = cursor_;
    while (cursor->time < near_.time() && cursor->time <= limit) {
      if (ties_.begins_at(cursor)) [[unlikely]]
        sort_tie(cursor);
      if (!handle(*cursor, cursor[Ahead]))
        break;
      ++cursor;
    }
    cursor_ = cursor;
  }

  static constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();

 private:
  static constexpr int WindowBits = NearEvents::WindowBits;
  static_assert(WindowBits == WindowSorter::WindowBits);
  static constexpr std::size_t Ahead = 6;  // far enough for a fetch from the second-level cache

  // By value: a reference would force the callers of insert() to lay every event out in memory first.
  void insert_near_or_far(Event event);
  const Event* next_elsewhere(std::int64_t limit);
  // Whether the event beside the batch leaves before that of the batch. Among equal ones the batch's leaves first: it
  // was inserted before the window began.
  [[nodiscard]] bool near_is_first() const
  {
    return near_.time() < cursor_->time || (near_.time() == cursor_->time && near_.head().order < cursor_->order);
  }
  [[nodiscard]] std::int64_t next_window() const;
  void begin_window(std::int64_t window);
  void end_batch(std::size_t count);
  // Sorts the tie that begins at an event of the batch.
  void sort_tie(const Event* first) { ties_.sort(batch_.data() + (first - batch_.data())); }

  NearEvents near_;
  const Event* cursor_ = nullptr;  // in batch_
  std::int64_t window_ = 0;        // the running one; window w begins at w << WindowBits
  BatchTies ties_;
  WindowLists lists_;
  LargePageVector<Event> batch_;  // then events of time Never, for take_while() to look ahead at
  FarEvents far_;
  WindowSorter sorter_;
};

}  // namespace cm::sim::calendar
