// The one event queue of the data plane, over integer picoseconds. Events leave in the order (time, order that their
// owner gave them, sequence of insertion).
//
// Time is cut into windows of 65.5 ns. An event of a later window is appended to that window's list, unsorted, in a
// ring of 16,384 lists; what lies beyond the ring waits in a heap. When a window begins, its events are sorted at one
// go into an array, the batch: two passes of a stable radix sort, or a count of smaller ones where there are few,
// without a branch that depends on the data. Packets on their way to a port some hundred nanoseconds off never see
// anything else. What is inserted into the window that is running goes to fine buckets beside the batch, each a sorted
// list (NearEvents), and the earlier of both heads is next. Ties are put in order when they are taken out, and sorted
// roughly beforehand where the window before had many. The batch shows which events come soon, so their ports can
// be fetched from memory in time.
#pragma once

#include "sim/calendar/event.h"
#include "sim/calendar/large_pages.h"
#include "sim/calendar/near_events.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

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
    if (static_cast<std::uint64_t>(window - window_) - 1 < Windows - 1) [[likely]]
      append(window, event);
    else
      insert_near_or_far(event);
  }

  // The next event if it is not later than `limit`, left in its place, else null. It stays valid until the next call of
  // this calendar.
  const Event* next(std::int64_t limit = Never)
  {
    if (cursor_->time < near_.time() && cursor_->time <= limit) [[likely]] {
      if (begins_tie(cursor_)) [[unlikely]]
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
      if (begins_tie(cursor)) [[unlikely]]
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
  static constexpr std::uint64_t Windows = 1ULL << 14U;
  static constexpr std::size_t Ahead = 6;  // far enough for a fetch from the second-level cache

  // A list is a chain of chunks of 32 places, a kibibyte, in pool_. The first place of a chunk only links to the next.
  static constexpr int ChunkBits = 5;
  static constexpr std::uint32_t ChunkPlaces = 1U << ChunkBits;
  using Place = std::uint32_t;

  struct Far {
    Event event;
    std::uint64_t sequence;
    friend bool operator>(const Far& a, const Far& b)
    {
      return a.event.time != b.event.time ? a.event.time > b.event.time : a.sequence > b.sequence;
    }
  };

  // An event of the window that begins: when, counted from its begin, and where in pool_.
  struct Key {
    std::uint32_t offset;
    Place place;
  };

  // The bits of an order behind the first one: of a packet its source, where there are 1,024.
  static constexpr unsigned LeadBits = 10;

  // How many events have this digit of their offset, and then where the first of them goes.
  static constexpr unsigned DigitBits = WindowBits / 2;
  static constexpr std::uint32_t DigitMask = (1U << DigitBits) - 1;
  using Counts = std::array<std::uint32_t, DigitMask + 1>;

  static std::size_t slot_of(std::int64_t window) { return static_cast<std::size_t>(window) % Windows; }

  void append(std::int64_t window, const Event& event)
  {
    Place& end = ends_[slot_of(window)];
    if (end % ChunkPlaces == 0) [[unlikely]]  // no list, or its last chunk is full
      end = new_chunk(slot_of(window));
    pool_[end++] = event;
  }

  Place new_chunk(std::size_t slot);
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
  void make_room(std::size_t count);
  // The events of a list, up to the place `end`, into batch_ in order; how many there are. Their chunks are freed.
  std::size_t sort_chunk(Place chunk, Place end);
  std::size_t sort_chunks(Place first, Place end, bool expects_ties);
  std::size_t collect(Place first, Place end, Counts& low, Counts& high);
  // Sorts keys_ by a few bits of their events' order.
  void sort_roughly_by_order(std::size_t count);
  // Whether the event of batch_ has the time of the one behind it, and its tie has not been sorted.
  [[nodiscard]] bool begins_tie(const Event* event) const { return event[1].time == event->time && event >= tie_end_; }
  // Sorts the events of batch_ that have the time of `first` by their order. Done as late as they are taken out: few
  // windows have ties at decode's density, and to look for them there costs the calendar nothing.
  void sort_tie(const Event* first);

  NearEvents near_;
  const Event* cursor_ = nullptr;   // in batch_
  const Event* tie_end_ = nullptr;  // ties before it are sorted
  std::int64_t window_ = 0;         // the running one; window w begins at w << WindowBits
  std::vector<Place> ends_;         // [window % Windows]: behind the last event of its list; 0: no list
  LargePageVector<Event> pool_;
  LargePageVector<Event> batch_;       // then events of time Never, for upcoming() to run into
  std::vector<Place> begins_;          // [window % Windows]: first chunk of its list
  std::vector<std::uint64_t> in_use_;  // a bit per list
  Place free_ = 0;                     // first of the free chunks; 0 ends them
  std::vector<Far> far_;               // a heap, earliest first
  std::uint64_t far_sequence_ = 0;
  // Working space of begin_window().
  std::vector<Key> keys_;
  std::vector<Key> half_sorted_;
  std::vector<std::uint32_t> lead_counts_;
  std::size_t tied_ = 0;         // events of the running window whose time others have too
  bool ties_are_rough_ = false;  // those of the running window were sorted by LeadBits of their order
  // Working space of sort_tie().
  std::vector<std::uint64_t> tie_keys_;
  std::vector<Event> tie_events_;
};

}  // namespace cm::sim::calendar
