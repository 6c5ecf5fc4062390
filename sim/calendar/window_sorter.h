// Sorts the events of one window by time at one go, without a branch that depends on the data. Those of equal time keep
// the order of their insertion; on request they are brought near their order first.
#pragma once

#include "sim/calendar/event.h"
#include "sim/calendar/large_pages.h"
#include "sim/calendar/window_lists.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::sim::calendar {

class WindowSorter {
 public:
  static constexpr int WindowBits = 16;

  struct Sorted {
    std::size_t count = 0;
    bool ties_are_rough = false;  // those of equal time are sorted by the leading bits of their order
  };

  // Lays the events of a chain, all of the window that begins at `start`, into `batch`, which gets at least `behind`
  // more places than they need. The chain is given back. `with_ties`: many events are expected to have equal times, as
  // from senders in step; where there are enough for it to be worth while, ties are sorted roughly.
  Sorted sort(WindowLists& lists, WindowLists::Chain chain, std::int64_t start, bool with_ties,
              LargePageVector<Event>& batch, std::size_t behind);

 private:
  using Place = WindowLists::Place;

  // When an event is, counted from the window's begin, and where in the lists.
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

  static std::size_t sort_chunk(WindowLists& lists, WindowLists::Chain chain, std::int64_t start,
                                LargePageVector<Event>& batch, std::size_t behind);
  Sorted sort_chunks(WindowLists& lists, WindowLists::Chain chain, std::int64_t start, bool with_ties,
                     LargePageVector<Event>& batch, std::size_t behind);
  std::size_t collect(WindowLists& lists, WindowLists::Chain chain, std::int64_t start, Counts& low, Counts& high);
  void sort_roughly_by_order(const Event* events, std::size_t count);

  // Working space.
  std::vector<Key> keys_;
  std::vector<Key> half_sorted_;
  std::vector<std::uint32_t> lead_counts_;
};

}  // namespace cm::sim::calendar
