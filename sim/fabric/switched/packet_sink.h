// Where packets end that go the general way, and what is counted of them on it.
#pragma once

#include "sim/fabric/flow.h"

#include <cstdint>

namespace cm::sim::fabric {

struct SwitchedPacket;

// Gets what has come to its end.
class PacketSink {
 public:
  PacketSink() = default;
  PacketSink(const PacketSink&) = delete;
  PacketSink& operator=(const PacketSink&) = delete;

  // The packet's head is at its destination now, its tail at `tail`.
  virtual void deliver(const SwitchedPacket& packet, std::int64_t now, std::int64_t tail) = 0;
  // The packet is lost and will not be sent again.
  virtual void give_up(const SwitchedPacket& packet, std::int64_t now) = 0;
  // There may be room now for the flow that waited.
  virtual void wake(FlowIndex flow, std::int64_t now) = 0;

 protected:
  ~PacketSink() = default;
};

struct SwitchedCounters {
  std::uint64_t port_hops = 0;
  std::uint64_t lost_packets = 0;  // each time
  std::uint64_t resends = 0;       // by their sources
  std::uint64_t replays = 0;       // by links, because of bit errors
  std::uint64_t detours = 0;       // packets taken out of a queue, for another way
};

}  // namespace cm::sim::fabric
