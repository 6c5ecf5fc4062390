#include "sim/fabric/calendar.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace cm::sim::fabric {

Calendar::Calendar() : lists_(Buckets), words_(Buckets / 64), epochs_(static_cast<std::size_t>(Epochs), Nil) {}

void Calendar::grow()
{
  const std::size_t before = pool_.size();
  pool_.resize(std::max<std::size_t>(4096, before * 2));
  for (std::size_t event = pool_.size(); event-- > before;)
    destroy(static_cast<EventIndex>(event));
}

void Calendar::insert_later(EventIndex event)
{
  const std::int64_t time = pool_[event].time;
  const std::int64_t epoch = epoch_of(time);
  if (epoch >= epoch_ + Epochs) {
    far_.push_back({time, far_sequence_++, event});
    std::ranges::push_heap(far_, std::greater{});
    return;
  }
  EventIndex& head = epochs_[static_cast<std::size_t>(epoch % Epochs)];
  pool_[event].next = head;
  head = event;
  ++waiting_;
}

// The current bucket is empty: on to the next one in use, in this epoch or a later one.
EventIndex Calendar::advance()
{
  for (;;) {
    const std::uint64_t here = slot_of(current_);
    std::uint64_t word = here / 64;
    words_[word] &= ~(1ULL << (here % 64));
    std::uint64_t bits = words_[word];
    while (bits == 0 && ++word < words_.size())
      bits = words_[word];
    if (bits != 0) {
      const std::uint64_t slot = word * 64 + static_cast<std::uint64_t>(std::countr_zero(bits));
      current_ = epoch_end_ - static_cast<std::int64_t>(Buckets - slot);
      const std::uint64_t later = bits & (bits - 1);
      upcoming_ = later == 0 ? Nil : lists_[word * 64 + static_cast<std::uint64_t>(std::countr_zero(later))].head;
      if (upcoming_ != Nil)
        __builtin_prefetch(&pool_[upcoming_]);
      return lists_[slot].head;
    }
    if (!begin_next_epoch())
      return Nil;
    if (const EventIndex first = lists_[slot_of(current_)].head; first != Nil)
      return first;
  }
}

bool Calendar::begin_next_epoch()
{
  if (waiting_ == 0) {
    if (far_.empty())
      return false;
    begin_epoch(epoch_of(far_.front().time));
    return true;
  }
  std::int64_t next = epoch_ + 1;
  while (epochs_[static_cast<std::size_t>(next % Epochs)] == Nil)
    ++next;
  begin_epoch(next);
  return true;
}

// Far events enter the lists as soon as their epoch has one, which is before anything younger can be put into it.
void Calendar::begin_epoch(std::int64_t epoch)
{
  epoch_ = epoch;
  epoch_end_ = (epoch + 1) * static_cast<std::int64_t>(Buckets);
  current_ = epoch_end_ - static_cast<std::int64_t>(Buckets);
  while (!far_.empty() && epoch_of(far_.front().time) < epoch_ + Epochs) {
    const EventIndex event = far_.front().event;
    std::ranges::pop_heap(far_, std::greater{});
    far_.pop_back();
    EventIndex& head = epochs_[static_cast<std::size_t>(epoch_of(pool_[event].time) % Epochs)];
    pool_[event].next = head;
    head = event;
    ++waiting_;
  }
  EventIndex reversed = Nil;
  for (EventIndex event = std::exchange(epochs_[static_cast<std::size_t>(epoch % Epochs)], Nil); event != Nil;) {
    const EventIndex next = pool_[event].next;
    pool_[event].next = reversed;
    reversed = event;
    event = next;
  }
  for (EventIndex event = reversed; event != Nil; --waiting_) {
    const EventIndex next = pool_[event].next;
    put(pool_[event].time >> BucketBits, event);
    event = next;
  }
}

}  // namespace cm::sim::fabric
