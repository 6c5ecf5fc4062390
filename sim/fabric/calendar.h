// The one event queue of the data plane: a calendar of narrow buckets over integer picoseconds.
//
// Events leave in the order (time, sequence of insertion). Time is cut into epochs of 2.1 us. The current epoch is
// spread over 16,384 buckets of 128 ps, each a sorted list, with a bitmap of those in use; each of the next 1,023
// epochs is one unsorted list; what lies beyond waits in a heap. An epoch's list is spread over the buckets when the
// epoch begins, before anything younger can be put beside it, so ties keep their order. Lists are intrusive, and events
// are nodes of a pool that is reused last-in first-out: the working set stays as small as the number of events in
// flight, which is what makes it fast (a naive heap is ten times slower).
#pragma once

#include "sim/fabric/large_pages.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace cm::sim::fabric {

using EventIndex = std::uint32_t;

// 32 bytes, half a cache line. What the fields after `time` mean is up to who handles the event.
struct Event {
  std::int64_t time = 0;   // picoseconds
  std::uint64_t word = 0;  // the top 4 bits are the event's kind
  std::uint32_t subject = 0;
  std::uint32_t bytes = 0;
  std::uint32_t extra = 0;
  EventIndex next = 0;  // free for the handler's use while the event is not in the calendar
};

class Calendar {
 public:
  Calendar();

  // A new event that is not in the calendar yet. References to events are invalidated by the next create().
  EventIndex create()
  {
    if (free_ == Nil) [[unlikely]]
      grow();
    const EventIndex event = free_;
    free_ = pool_[event].next;
    return event;
  }

  void destroy(EventIndex event)
  {
    pool_[event].next = free_;
    free_ = event;
  }

  Event& operator[](EventIndex event) { return pool_[event]; }

  // Files the event under its time, which must not lie before the last popped event's.
  void insert(EventIndex event)
  {
    const std::int64_t bucket = pool_[event].time >> BucketBits;
    if (bucket < epoch_end_) [[likely]]
      put(std::max(bucket, current_), event);
    else
      insert_later(event);
  }

  // The next event, left in its place, or Nil when there is none.
  EventIndex next()
  {
    const EventIndex event = lists_[slot_of(current_)].head;
    return event != Nil ? event : advance();
  }

  // Takes out the event that next() has just returned. The caller re-inserts or destroys it.
  void pop(EventIndex event) { lists_[slot_of(current_)].head = pool_[event].next; }

  // For a loop that works off whole buckets: the list that next() has just returned the head of, in order. A handler
  // takes its head out before handling it, and whatever it inserts lands in place.
  struct List {
    EventIndex head = ~EventIndex{0};
    EventIndex tail = ~EventIndex{0};  // meaningless when head is Nil
  };
  List& current_list() { return lists_[slot_of(current_)]; }
  // No event of that list is later.
  [[nodiscard]] std::int64_t current_list_end() const { return ((current_ + 1) << BucketBits) - 1; }
  // Head of the next bucket in use when it is near, else Nil; a hint for prefetching.
  [[nodiscard]] EventIndex upcoming() const { return upcoming_; }

  static constexpr EventIndex Nil = ~EventIndex{0};
  static constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();

 private:
  static constexpr int BucketBits = 7;
  static constexpr std::uint64_t Buckets = 1ULL << 14U;
  static constexpr std::int64_t Epochs = 1 << 10;

  struct Far {
    std::int64_t time;
    std::uint64_t sequence;
    EventIndex event;
    friend bool operator>(const Far& a, const Far& b)
    {
      return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
    }
  };

  static std::uint64_t slot_of(std::int64_t bucket) { return static_cast<std::uint64_t>(bucket) % Buckets; }
  static std::int64_t epoch_of(std::int64_t time) { return time >> (BucketBits + 14); }

  void put(std::int64_t bucket, EventIndex event)
  {
    const std::uint64_t slot = slot_of(bucket);
    List& list = lists_[slot];
    if (list.head == Nil) {
      pool_[event].next = Nil;
      list = {event, event};
      words_[slot / 64] |= 1ULL << (slot % 64);
    } else if (pool_[event].time >= pool_[list.tail].time) {
      pool_[event].next = Nil;
      pool_[list.tail].next = event;
      list.tail = event;
    } else {
      put_between(list, event);
    }
  }

  // Somewhere before the tail: behind all that are not later.
  void put_between(List& list, EventIndex event)
  {
    const std::int64_t time = pool_[event].time;
    EventIndex* link = &list.head;
    while (pool_[*link].time <= time)
      link = &pool_[*link].next;
    pool_[event].next = *link;
    *link = event;
  }

  void grow();
  void insert_later(EventIndex event);
  EventIndex advance();
  bool begin_next_epoch();
  void begin_epoch(std::int64_t epoch);

  LargePageVector<Event> pool_;
  EventIndex free_ = Nil;
  LargePageVector<List> lists_;       // [bucket of the current epoch]
  std::vector<std::uint64_t> words_;  // a bit per bucket; that of the current bucket may be set though it is empty
  EventIndex upcoming_ = Nil;         // head of the next bucket in use, when it is near
  std::int64_t current_ = 0;          // the bucket of the next event, counted from time 0
  std::int64_t epoch_ = 0;
  std::int64_t epoch_end_ = Buckets;  // its first bucket behind the end
  std::vector<EventIndex> epochs_;    // [epoch % Epochs]: lists of the epochs to come
  std::int64_t waiting_ = 0;          // events in epochs_
  std::vector<Far> far_;              // a heap, earliest first
  std::uint64_t far_sequence_ = 0;
};

}  // namespace cm::sim::fabric
