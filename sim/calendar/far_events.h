// Events that lie beyond the ring of windows, few at a time: a heap by time, then by insertion.
#pragma once

#include "sim/calendar/event.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace cm::sim::calendar {

class FarEvents {
 public:
  void insert(const Event& event)
  {
    heap_.push_back({event, sequence_++});
    std::ranges::push_heap(heap_, std::greater{});
  }

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  // The first event; there must be one.
  [[nodiscard]] const Event& head() const { return heap_.front().event; }
  void pop()
  {
    std::ranges::pop_heap(heap_, std::greater{});
    heap_.pop_back();
  }

 private:
  struct Far {
    Event event;
    std::uint64_t sequence;
    friend bool operator>(const Far& a, const Far& b)
    {
      return a.event.time != b.event.time ? a.event.time > b.event.time : a.sequence > b.sequence;
    }
  };

  std::vector<Far> heap_;
  std::uint64_t sequence_ = 0;
};

}  // namespace cm::sim::calendar
