#include "sim/calendar/window_lists.h"

#include <algorithm>
#include <bit>

namespace cm::sim::calendar {

// Chunk 0 stays unused: a place of 0 means none.
WindowLists::WindowLists() : ends_(Windows), pool_(ChunkPlaces), begins_(Windows), in_use_(Windows / 64) {}

// The list's first chunk, or one behind its last. Returns its first place for an event. Chunks are linked by the
// `subject` of their first place.
WindowLists::Place WindowLists::new_chunk(std::size_t slot)
{
  if (free_ == 0) {
    const auto before = static_cast<Place>(pool_.size());
    pool_.resize(std::max<std::size_t>(1024 * ChunkPlaces, pool_.size() * 2));
    for (auto end = static_cast<Place>(pool_.size()); end > before; end -= ChunkPlaces)
      pool_[end - ChunkPlaces].subject = std::exchange(free_, end - ChunkPlaces);
  }
  const Place chunk = std::exchange(free_, pool_[free_].subject);
  if (const Place end = ends_[slot]; end == 0) {
    begins_[slot] = chunk;
    in_use_[slot / 64] |= 1ULL << (slot % 64);
  } else {
    pool_[end - ChunkPlaces].subject = chunk;
  }
  return chunk + 1;
}

std::optional<std::int64_t> WindowLists::next_window(std::int64_t window) const
{
  const std::size_t here = slot_of(window);
  // Once around the ring: the rest of the word that this window is in, the other words, its begin.
  for (std::size_t i = 0; i <= in_use_.size(); ++i) {
    const std::size_t word = (here / 64 + i) % in_use_.size();
    const std::uint64_t behind = ~0ULL << (here % 64);
    const std::uint64_t bits = in_use_[word] & (i == 0 ? behind : i == in_use_.size() ? ~behind : ~0ULL);
    if (bits == 0)
      continue;
    const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    return window + static_cast<std::int64_t>((slot - here) % Windows);
  }
  return std::nullopt;
}

WindowLists::Chain WindowLists::take(std::int64_t window)
{
  const std::size_t slot = slot_of(window);
  in_use_[slot / 64] &= ~(1ULL << (slot % 64));
  return {begins_[slot], std::exchange(ends_[slot], 0)};
}

}  // namespace cm::sim::calendar
