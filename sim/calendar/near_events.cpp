#include "sim/calendar/near_events.h"

#include <algorithm>
#include <bit>

namespace cm::sim::calendar {

namespace {

bool leaves_before(const Event& a, const Event& b)
{
  return a.time != b.time ? a.time < b.time : a.order < b.order;
}

}  // namespace

std::uint32_t NearEvents::new_node(const Event& event)
{
  if (free_ == Nil) {
    nodes_.push_back({event, Nil});
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  const std::uint32_t node = free_;
  free_ = nodes_[node].next;
  nodes_[node].event = event;
  return node;
}

void NearEvents::insert(const Event& event)
{
  const std::uint32_t node = new_node(event);
  const auto bucket = static_cast<std::size_t>(std::max<std::int64_t>(event.time - start_, 0) >> BucketBits);
  if (event.time < time_) {
    time_ = event.time;
    first_ = bucket;
  }
  List& list = lists_[bucket];
  nodes_[node].next = Nil;
  if (list.head == Nil) {
    list = {node, node};
    in_use_[bucket / 64] |= 1ULL << (bucket % 64);
  } else if (!leaves_before(event, nodes_[list.tail].event)) {
    nodes_[list.tail].next = node;
    list.tail = node;
  } else {
    std::uint32_t* link = &list.head;
    while (!leaves_before(event, nodes_[*link].event))
      link = &nodes_[*link].next;
    nodes_[node].next = *link;
    *link = node;
  }
}

void NearEvents::pop()
{
  List& list = lists_[first_];
  const std::uint32_t node = list.head;
  list.head = nodes_[node].next;
  nodes_[node].next = free_;
  free_ = node;
  if (list.head == Nil) {
    std::size_t word = first_ / 64;
    in_use_[word] &= ~(1ULL << (first_ % 64));
    while (word < in_use_.size() && in_use_[word] == 0)
      ++word;
    if (word == in_use_.size()) {
      time_ = None;
      return;
    }
    first_ = word * 64 + static_cast<std::size_t>(std::countr_zero(in_use_[word]));
  }
  time_ = nodes_[lists_[first_].head].event.time;
}

}  // namespace cm::sim::calendar
