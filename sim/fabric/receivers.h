// Inboxes of the endpoints, and the notices that the owner of the calendar gets.
#pragma once

#include "sim/calendar/calendar.h"
#include "sim/calendar/large_pages.h"
#include "sim/fabric/flow.h"
#include "sim/fabric/packet_events.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace cm::sim::fabric {

inline void post_notice(calendar::Calendar& calendar, std::uint64_t notice, std::int64_t at)
{
  calendar.insert({.time = at, .word = event_word(EventKind::Notice, notice)});
}

class Receivers {
 public:
  // `calendar` is borrowed and outlives the receivers.
  explicit Receivers(calendar::Calendar& calendar) : calendar_(calendar) {}

  // `count` new inboxes with consecutive indices; the first index.
  InboxIndex add_inboxes(std::uint32_t count);
  // Throws std::logic_error (ensure) when the inbox still waits.
  void expect(InboxIndex inbox, std::uint64_t bytes, std::int64_t delay_ps, std::uint64_t notice);

  // So many bytes of a flow that names `inbox` (or NoIndex) have arrived; the inbox is that of the endpoint.
  void count(InboxIndex first, EndpointIndex endpoint, std::uint32_t bytes, std::int64_t at)
  {
    delivered_bytes_ += bytes;
    if (first == NoIndex)
      return;
    Inbox& inbox = inboxes_[first + endpoint];
    inbox.last = std::max(inbox.last, at);
    assert(inbox.remaining >= bytes);
    inbox.remaining -= bytes;
    if (inbox.remaining == 0)
      post_notice(calendar_, inbox.notice, inbox.last + inbox.delay);
  }

  // The same for bytes that will never arrive: the inbox goes on without them. Those of control messages are no loss of
  // data.
  void count_lost(InboxIndex first, EndpointIndex endpoint, std::uint32_t bytes, bool is_control, std::int64_t at)
  {
    lost_bytes_ += is_control ? 0 : bytes;
    delivered_bytes_ -= bytes;
    count(first, endpoint, bytes, at);
  }

  [[nodiscard]] std::uint64_t delivered_bytes() const { return delivered_bytes_; }
  [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }

 private:
  struct Inbox {
    std::uint64_t remaining = 0;
    std::int64_t delay = 0;
    std::int64_t last = 0;
    std::uint64_t notice = 0;
  };

  calendar::Calendar& calendar_;
  calendar::LargePageVector<Inbox> inboxes_;
  std::uint64_t delivered_bytes_ = 0;
  std::uint64_t lost_bytes_ = 0;
};

}  // namespace cm::sim::fabric
