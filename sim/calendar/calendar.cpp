#include "sim/calendar/calendar.h"

#include <algorithm>
#include <bit>
#include <functional>
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

// Sorts events of one time by their order, which they nearly have: each is moved past those before it that come later.
// Gives up, and returns false, where that is more work than another sort.
bool insert_by_order(Event* begin, Event* end)
{
  constexpr std::ptrdiff_t MovesPerEvent = 8;
  std::ptrdiff_t left = MovesPerEvent * (end - begin);
  for (Event* next = begin + 1; next != end; ++next)
    for (Event* event = next; event != begin && event->order < event[-1].order; --event) {
      if (--left < 0)
        return false;
      std::swap(event[0], event[-1]);
    }
  return true;
}

}  // namespace

// Chunk 0 stays unused: a place of 0 means none.
Calendar::Calendar() : ends_(Windows), pool_(ChunkPlaces), begins_(Windows), in_use_(Windows / 64)
{
  batch_.assign(Ahead + 1, Event{.time = Never});
  cursor_ = batch_.data();
  tie_end_ = cursor_;
}

// The list's first chunk, or one behind its last. Returns its first place. Chunks are linked by the `subject` of their
// first place.
Calendar::Place Calendar::new_chunk(std::size_t slot)
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

void Calendar::insert_near_or_far(Event event)
{
  if (event.time >> WindowBits <= window_) {
    near_.insert(event);
    return;
  }
  far_.push_back({event, far_sequence_++});
  std::ranges::push_heap(far_, std::greater{});
}

// The batch's next event is not the one asked for: it lies behind one beside the batch, or the batch has ended.
const Event* Calendar::next_elsewhere(std::int64_t limit)
{
  for (;;) {
    if (cursor_->time != Never && begins_tie(cursor_))
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
  const std::size_t here = slot_of(window_);
  // Once around the ring: the rest of the word that the running window is in, the other words, its begin.
  for (std::size_t i = 0; i <= in_use_.size(); ++i) {
    const std::size_t word = (here / 64 + i) % in_use_.size();
    const std::uint64_t behind = ~0ULL << (here % 64);
    const std::uint64_t bits = in_use_[word] & (i == 0 ? behind : i == in_use_.size() ? ~behind : ~0ULL);
    if (bits == 0)
      continue;
    const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    return window_ + static_cast<std::int64_t>((slot - here) % Windows);
  }
  return far_.empty() ? Never : far_.front().event.time >> WindowBits;
}

// Far events enter the lists as soon as the ring reaches their window, which is before anything younger can be put
// into it.
void Calendar::begin_window(std::int64_t window)
{
  window_ = window;
  const bool expects_ties = tied_ * 4 > static_cast<std::size_t>(cursor_ - batch_.data());
  near_.begin(window << WindowBits);
  while (!far_.empty() && (far_.front().event.time >> WindowBits) - window_ < static_cast<std::int64_t>(Windows)) {
    append(far_.front().event.time >> WindowBits, far_.front().event);
    std::ranges::pop_heap(far_, std::greater{});
    far_.pop_back();
  }
  ties_are_rough_ = false;
  const std::size_t slot = slot_of(window);
  const Place first = begins_[slot];
  const Place end = std::exchange(ends_[slot], 0);
  in_use_[slot / 64] &= ~(1ULL << (slot % 64));
  std::size_t count = 0;
  if (end != 0)
    count = end - 1 - first < ChunkPlaces ? sort_chunk(first, end) : sort_chunks(first, end, expects_ties);
  std::fill_n(batch_.begin() + static_cast<std::ptrdiff_t>(count), Ahead + 1, Event{.time = Never});
  cursor_ = batch_.data();
  tie_end_ = cursor_;
  tied_ = 0;
}

void Calendar::sort_tie(const Event* first)
{
  Event* const begin = batch_.data() + (first - batch_.data());
  Event* end = begin + 1;
  bool is_sorted = true;
  for (; end->time == begin->time; ++end)
    is_sorted = is_sorted && end[-1].order <= end->order;
  tie_end_ = end;
  tied_ += static_cast<std::size_t>(end - begin);
  if (is_sorted)
    return;
  if (ties_are_rough_ && insert_by_order(begin, end))
    return;
  // Keys are sorted instead of events: they are small, and their places keep equal ones apart.
  const auto count = static_cast<std::size_t>(end - begin);
  tie_keys_.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    tie_keys_[i] = std::uint64_t{begin[i].order} << 32U | i;
  std::ranges::sort(tie_keys_);
  tie_events_.assign(begin, end);
  for (std::size_t i = 0; i < count; ++i)
    begin[i] = tie_events_[tie_keys_[i] & 0xffffffffU];
}

void Calendar::make_room(std::size_t count)
{
  if (batch_.size() < count + Ahead + 1)
    batch_.resize(2 * count + Ahead + 1);
}

// Sorts by counting for each event how many come before it: for so few that is less work than to clear the counts of a
// radix sort.
std::size_t Calendar::sort_chunk(Place chunk, Place end)
{
  const std::size_t count = end - chunk - 1;
  const Event* const events = &pool_[chunk + 1];
  const std::int64_t start = window_ << WindowBits;
  // Offset and place in one number, so that no two are equal. Places behind the last event come after all.
  std::array<std::int32_t, ChunkPlaces> keys;
  keys.fill(std::numeric_limits<std::int32_t>::max());
  for (std::size_t i = 0; i < count; ++i)
    keys[i] = static_cast<std::int32_t>(events[i].time - start) << ChunkBits | static_cast<std::int32_t>(i);
  make_room(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t before = 0;
    for (const std::int32_t key : keys)
      before += key < keys[i] ? 1 : 0;
    batch_[static_cast<std::size_t>(before)] = events[i];
  }
  pool_[chunk].subject = std::exchange(free_, chunk);
  return count;
}

// The events of a chain as keys_, in order of insertion; how many there are. Its chunks are free from then on, with the
// events still in them.
std::size_t Calendar::collect(Place first, Place end, Counts& low, Counts& high)
{
  const std::int64_t start = window_ << WindowBits;
  std::size_t count = 0;
  for (Place chunk = first;;) {
    const bool is_last = end - 1 - chunk < ChunkPlaces;
    const std::uint32_t events = is_last ? end - chunk - 1 : ChunkPlaces - 1;
    if (keys_.size() < count + events)
      keys_.resize(2 * (count + ChunkPlaces));
    const Event* event = &pool_[chunk + 1];
    Key* const key = &keys_[count];
    for (std::uint32_t i = 0; i < events; ++i) {
      const auto offset = static_cast<std::uint32_t>(event[i].time - start);
      ++low[offset & DigitMask];
      ++high[offset >> DigitBits];
      key[i] = {offset, chunk + 1 + i};
    }
    count += events;
    const Place following = std::exchange(pool_[chunk].subject, std::exchange(free_, chunk));
    if (is_last)
      return count;
    chunk = following;
  }
}

void Calendar::sort_roughly_by_order(std::size_t count)
{
  constexpr unsigned Rest = 31 - LeadBits;
  constexpr std::uint32_t Mask = (1U << LeadBits) - 1;
  lead_counts_.assign(std::size_t{1} << LeadBits, 0);
  if (half_sorted_.size() < count)
    half_sorted_.resize(2 * count);
  // Locals: through the members the compiler would have to load these addresses for every key.
  std::uint32_t* const places = lead_counts_.data();
  const Event* const events = pool_.data();
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
std::size_t Calendar::sort_chunks(Place first, Place end, bool expects_ties)
{
  Counts low{};
  Counts high{};
  const std::size_t count = collect(first, end, low, high);
  make_room(count);
  sum_up(low);
  sum_up(high);
  // Where many events come at the same times, as from senders in step, this leaves little for sort_tie() to do.
  ties_are_rough_ = expects_ties && count > (std::size_t{1} << LeadBits) / 8;
  if (ties_are_rough_)
    sort_roughly_by_order(count);
  if (half_sorted_.size() < count)
    half_sorted_.resize(2 * count);
  for (const Key& key : std::span(keys_.data(), count))
    half_sorted_[low[key.offset & DigitMask]++] = key;
  for (const Key& key : std::span(half_sorted_.data(), count))
    batch_[high[key.offset >> DigitBits]++] = pool_[key.place];
  return count;
}

}  // namespace cm::sim::calendar
