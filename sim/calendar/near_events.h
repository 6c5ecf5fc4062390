// Events of one narrow window of time that come while it runs: 512 buckets of 128 ps, each a list sorted by time
// and order, and a bitmap of those in use. Lists are intrusive and their nodes are reused last-in first-out.
#pragma once

#include "sim/calendar/event.h"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace cm::sim::calendar {

class NearEvents {
 public:
  static constexpr int WindowBits = 16;

  NearEvents() { lists_.fill({Nil, Nil}); }

  // The window begins at `start`. There must be no events left.
  void begin(std::int64_t start) { start_ = start; }

  // Behind those of the same time and order. An event before the window is allowed (it leaves first), but costs a
  // search.
  void insert(const Event& event);

  // The first event; there must be one.
  [[nodiscard]] const Event& head() const { return nodes_[lists_[first_].head].event; }
  void pop();

  // When the first event is; later than every event but earlier than Calendar::Never when there is none.
  [[nodiscard]] std::int64_t time() const { return time_; }
  [[nodiscard]] bool empty() const { return time_ == None; }

 private:
  static constexpr int BucketBits = 7;
  static constexpr std::size_t Buckets = std::size_t{1} << (WindowBits - BucketBits);
  static constexpr std::uint32_t Nil = ~std::uint32_t{0};
  static constexpr std::int64_t None = std::numeric_limits<std::int64_t>::max() - 1;

  struct Node {
    Event event;
    std::uint32_t next;  // in its list, or in that of the free ones
  };

  struct List {
    std::uint32_t head;
    std::uint32_t tail;  // meaningless when head is Nil
  };

  std::uint32_t new_node(const Event& event);

  std::int64_t time_ = None;
  std::size_t first_ = 0;  // bucket of the first event
  std::int64_t start_ = 0;
  std::vector<Node> nodes_;
  std::uint32_t free_ = Nil;
  std::array<std::uint64_t, Buckets / 64> in_use_{};  // a bit per bucket
  std::array<List, Buckets> lists_{};
};

}  // namespace cm::sim::calendar
