// Ties of a batch, an array of events that are sorted by time: those of one time are put in order when the first of
// them is next. As late as that because few windows have ties at decode's density, and to look for them there costs the
// calendar nothing.
#pragma once

#include "sim/calendar/event.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::sim::calendar {

class BatchTies {
 public:
  // A new batch begins at `first`. `are_rough`: events of equal time nearly have their order already.
  void begin(const Event* first, bool are_rough)
  {
    sorted_end_ = first;
    are_rough_ = are_rough;
    tied_ = 0;
  }

  // Whether the event has the time of the one behind it, and their tie has not been sorted.
  [[nodiscard]] bool begins_at(const Event* event) const
  {
    return event[1].time == event->time && event >= sorted_end_;
  }

  // Sorts the events that have the time of `first` by their order; equal ones stay as they were. Behind the batch there
  // must be an event of another time.
  void sort(Event* first);

  // Events of the batch so far that share their time with others.
  [[nodiscard]] std::size_t events() const { return tied_; }

 private:
  const Event* sorted_end_ = nullptr;  // ties before it are sorted
  bool are_rough_ = false;
  std::size_t tied_ = 0;
  // Working space of sort().
  std::vector<std::uint64_t> keys_;
  std::vector<Event> events_;
};

}  // namespace cm::sim::calendar
