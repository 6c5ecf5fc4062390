// Events of windows to come, unsorted: a list for each window of a ring of 16,384, in order of insertion.
//
// A list is a chain of chunks of 32 places, a kibibyte, all of them in one pool. The first place of a chunk only links
// to the next one.
#pragma once

#include "sim/calendar/event.h"
#include "sim/calendar/large_pages.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace cm::sim::calendar {

class WindowLists {
 public:
  static constexpr std::uint64_t Windows = 1ULL << 14U;
  static constexpr int ChunkBits = 5;
  static constexpr std::uint32_t ChunkPlaces = 1U << ChunkBits;

  // An event's place in the pool; 0: none.
  using Place = std::uint32_t;

  // A list that was taken out of the ring.
  struct Chain {
    Place first = 0;  // of its first chunk
    Place end = 0;    // behind its last event

    [[nodiscard]] bool empty() const { return end == 0; }
    [[nodiscard]] bool is_one_chunk() const { return end - 1 - first < ChunkPlaces; }
  };

  WindowLists();

  // Windows that have lists lie within one round of the ring.
  void append(std::int64_t window, const Event& event)
  {
    Place& end = ends_[slot_of(window)];
    if (end % ChunkPlaces == 0) [[unlikely]]  // no list, or its last chunk is full
      end = new_chunk(slot_of(window));
    pool_[end++] = event;
  }

  // The first window from this one on that has a list.
  [[nodiscard]] std::optional<std::int64_t> next_window(std::int64_t window) const;

  // The list of a window, which has none from then on; give_back() must follow unless it is empty.
  Chain take(std::int64_t window);

  // Calls `handle(place, count)` for the events of each chunk, then frees the chunk. Events stay in their places until
  // something is appended.
  template <typename Handler>
  void give_back(Chain chain, const Handler& handle)
  {
    for (Place chunk = chain.first;;) {
      const bool is_last = Chain{chunk, chain.end}.is_one_chunk();
      handle(chunk + 1, is_last ? chain.end - chunk - 1 : ChunkPlaces - 1);
      const Place following = std::exchange(pool_[chunk].subject, std::exchange(free_, chunk));
      if (is_last)
        return;
      chunk = following;
    }
  }

  // [place]
  [[nodiscard]] const Event* events() const { return pool_.data(); }

 private:
  static std::size_t slot_of(std::int64_t window) { return static_cast<std::size_t>(window) % Windows; }

  Place new_chunk(std::size_t slot);

  std::vector<Place> ends_;  // [window % Windows]: behind the last event of its list; 0: no list
  LargePageVector<Event> pool_;
  std::vector<Place> begins_;          // [window % Windows]: first chunk of its list
  std::vector<std::uint64_t> in_use_;  // a bit per list
  Place free_ = 0;                     // first of the free chunks; 0 ends them
};

}  // namespace cm::sim::calendar
