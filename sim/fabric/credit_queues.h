// Finite buffers in front of ports: who is in them, who waits for their room. Only with flow_control: credits.
#pragma once

#include "sim/calendar/large_pages.h"
#include "sim/fabric/flow.h"
#include "sim/fabric/packet_events.h"
#include "sim/fabric/ports.h"

#include <cstdint>

namespace cm::sim::fabric {

// Waiters are linked through the waiting port's own entry, or that of the waiting flow.
struct alignas(64) CreditQueue {
  std::uint32_t head = NoIndex;  // among the held packets
  std::uint32_t tail = NoIndex;
  std::int32_t coming = 0;  // bytes that have room here and have not come yet
  std::int32_t held = 0;    // bytes of the packets that wait for room at the next port
  std::int32_t buffer = 0;
  std::int32_t peak = 0;
  float bytes_per_ps = 0;
  std::uint32_t first_waiter = NoIndex;  // upstream ports, in the order in which they asked
  std::uint32_t last_waiter = NoIndex;
  std::uint32_t next_waiter = NoIndex;    // behind this port in the list that it waits in
  FlowIndex waiting_emissions = NoIndex;  // of a lane_out port
  std::int32_t emission_wants = 0;        // bytes, the least of those
  bool look_is_event = false;             // an event that looks at the head is in the calendar
  bool room_is_event = false;             // one that looks at who waits for room
  bool blocked = false;                   // its head waits for room at the next port
};

class CreditQueues {
 public:
  // No queues: for a fabric without credits.
  CreditQueues() = default;
  // Throws std::logic_error (ensure) when a buffer cannot hold a packet of `most_bytes`.
  CreditQueues(const Ports& ports, std::int64_t most_bytes);

  CreditQueue& operator[](PortIndex number) { return queues_[number]; }
  const CreditQueue& operator[](PortIndex number) const { return queues_[number]; }
  [[nodiscard]] bool empty() const { return queues_.empty(); }

  // Bytes of a port's buffer that are taken or promised.
  static std::int32_t taken(const CreditQueue& queue, const Port& port, std::int64_t now)
  {
    const std::int64_t backlog = port.busy_until - now;
    return queue.coming + queue.held +
           (backlog > 0 ? static_cast<std::int32_t>(static_cast<float>(backlog) * queue.bytes_per_ps + 0.5F) : 0);
  }

  // Puts the packet behind those that wait in the port.
  void hold(PortIndex number, const Event& packet);
  // The packet in front; there must be one.
  [[nodiscard]] Event& head(PortIndex number) { return held_[queues_[number].head].packet; }
  void drop_head(PortIndex number);
  // Puts the port `waiting` behind those that wait for room at the port `number`.
  void add_waiter(PortIndex number, PortIndex waiting);

 private:
  // A packet that waits in a queue, and the one behind it.
  struct Held {
    Event packet;
    std::uint32_t next = NoIndex;
  };

  calendar::LargePageVector<CreditQueue> queues_;
  calendar::LargePageVector<Held> held_;
  std::uint32_t free_held_ = NoIndex;
};

}  // namespace cm::sim::fabric
