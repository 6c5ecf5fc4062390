#include "sim/calendar/window_sorter.h"

#include <limits>
#include <span>
#include <utility>

namespace cm::sim::calendar {
namespace {

// From how many of each there are to where the first of each goes.
template <typename Counts>
void sum_up(Counts& counts)
{
  std::uint32_t before = 0;
  for (std::uint32_t& count : counts)
    before += std::exchange(count, before);
}

void make_room(LargePageVector<Event>& batch, std::size_t count, std::size_t behind)
{
  if (batch.size() < count + behind)
    batch.resize(2 * count + behind);
}

}  // namespace

WindowSorter::Sorted WindowSorter::sort(WindowLists& lists, WindowLists::Chain chain, std::int64_t start,
                                        bool with_ties, LargePageVector<Event>& batch, std::size_t behind)
{
  if (chain.empty())
    return {};
  if (chain.is_one_chunk())
    return {.count = sort_chunk(lists, chain, start, batch, behind)};
  return sort_chunks(lists, chain, start, with_ties, batch, behind);
}

// Sorts by counting for each event how many come before it: for so few that is less work than to clear the counts of a
// radix sort.
std::size_t WindowSorter::sort_chunk(WindowLists& lists, WindowLists::Chain chain, std::int64_t start,
                                     LargePageVector<Event>& batch, std::size_t behind)
{
  constexpr int PlaceBits = WindowLists::ChunkBits;
  std::size_t sorted = 0;
  lists.give_back(chain, [&](Place first, std::uint32_t count) {
    const Event* const events = lists.events() + first;
    // Offset and place in one number, so that no two are equal. Places behind the last event come after all.
    std::array<std::int32_t, WindowLists::ChunkPlaces> keys;
    keys.fill(std::numeric_limits<std::int32_t>::max());
    for (std::size_t i = 0; i < count; ++i)
      keys[i] = static_cast<std::int32_t>(events[i].time - start) << PlaceBits | static_cast<std::int32_t>(i);
    make_room(batch, count, behind);
    for (std::size_t i = 0; i < count; ++i) {
      std::int32_t before = 0;
      for (const std::int32_t key : keys)
        before += key < keys[i] ? 1 : 0;
      batch[static_cast<std::size_t>(before)] = events[i];
    }
    sorted = count;
  });
  return sorted;
}

// The events of a chain as keys_, in order of insertion; how many there are.
std::size_t WindowSorter::collect(WindowLists& lists, WindowLists::Chain chain, std::int64_t start, Counts& low,
                                  Counts& high)
{
  std::size_t count = 0;
  lists.give_back(chain, [&](Place first, std::uint32_t events) {
    if (keys_.size() < count + events)
      keys_.resize(2 * (count + WindowLists::ChunkPlaces));
    const Event* const event = lists.events() + first;
    Key* const key = &keys_[count];
    for (std::uint32_t i = 0; i < events; ++i) {
      const auto offset = static_cast<std::uint32_t>(event[i].time - start);
      ++low[offset & DigitMask];
      ++high[offset >> DigitBits];
      key[i] = {offset, first + i};
    }
    count += events;
  });
  return count;
}

// Sorts keys_ by a few bits of their events' order.
void WindowSorter::sort_roughly_by_order(const Event* events, std::size_t count)
{
  constexpr unsigned Rest = 31 - LeadBits;
  constexpr std::uint32_t Mask = (1U << LeadBits) - 1;
  lead_counts_.assign(std::size_t{1} << LeadBits, 0);
  if (half_sorted_.size() < count)
    half_sorted_.resize(2 * count);
  // Locals: through the members the compiler would have to load these addresses for every key.
  std::uint32_t* const places = lead_counts_.data();
  Key* const sorted = half_sorted_.data();
  const std::span keys(keys_.data(), count);
  for (const Key key : keys)
    ++places[events[key.place].order >> Rest & Mask];
  sum_up(lead_counts_);
  for (const Key key : keys)
    sorted[places[events[key.place].order >> Rest & Mask]++] = key;
  keys_.swap(half_sorted_);
}

// Radix sort from the low digit up; each pass keeps the order of what is equal.
WindowSorter::Sorted WindowSorter::sort_chunks(WindowLists& lists, WindowLists::Chain chain, std::int64_t start,
                                               bool with_ties, LargePageVector<Event>& batch, std::size_t behind)
{
  Counts low{};
  Counts high{};
  const std::size_t count = collect(lists, chain, start, low, high);
  make_room(batch, count, behind);
  sum_up(low);
  sum_up(high);
  const Sorted sorted{count, with_ties && count > (std::size_t{1} << LeadBits) / 8};
  const Event* const events = lists.events();
  if (sorted.ties_are_rough)
    sort_roughly_by_order(events, count);
  if (half_sorted_.size() < count)
    half_sorted_.resize(2 * count);
  for (const Key& key : std::span(keys_.data(), count))
    half_sorted_[low[key.offset & DigitMask]++] = key;
  for (const Key& key : std::span(half_sorted_.data(), count))
    batch[high[key.offset >> DigitBits]++] = events[key.place];
  return sorted;
}

}  // namespace cm::sim::calendar
