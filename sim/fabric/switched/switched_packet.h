// A packet that goes from queue to queue, and the store of all that are on their way.
#pragma once

#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"
#include "sim/fabric/switched/turn.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

using PacketIndex = std::uint32_t;

struct SwitchedPacket {
  FlowIndex flow = NoIndex;
  EndpointIndex source = 0;
  EndpointIndex destination = 0;
  std::uint32_t bytes = 0;   // on the wire
  std::uint32_t order = 0;   // of its events
  std::uint32_t number = 0;  // running number at its source
  std::uint32_t first_turn = 0;
  std::uint16_t first_lane = 0;  // that of the lane policy
  std::uint8_t traffic_class = 0;
  bool is_control = false;
  bool acknowledges = false;

  // On its way.
  std::uint64_t path = 0;      // ports ahead, as PathMask; 0: they are asked for one by one
  Turn turn{};                 // which of several ways
  std::uint32_t tries = 0;     // how often it was sent again
  std::int64_t entered = 0;    // when it entered its first port, last
  std::int64_t lasts = 0;      // its time on the port before
  std::int64_t joined = 0;     // when its head came to its port
  std::int64_t work = 0;       // its time on the port where it waits, as it was when it came
  PortIndex came_by = 0;       // 0: it is at its source
  std::uint32_t failures = 0;  // of came_by when it left there
  std::uint8_t came_lane = 0;  // virtual lane on came_by
  std::uint8_t level = 0;
  bool holds_credit = false;   // of came_by
  bool is_wrong = false;       // received with bit errors
  PacketIndex next = NoIndex;  // behind it in its queue, or among the free ones
};

class PacketStore {
 public:
  SwitchedPacket& operator[](PacketIndex index) { return packets_[index]; }
  const SwitchedPacket& operator[](PacketIndex index) const { return packets_[index]; }

  PacketIndex take(const SwitchedPacket& packet)
  {
    if (free_ == NoIndex) {
      packets_.push_back(packet);
      return static_cast<PacketIndex>(packets_.size() - 1);
    }
    const PacketIndex index = free_;
    free_ = packets_[index].next;
    packets_[index] = packet;
    return index;
  }

  void prefetch(PacketIndex index) const
  {
    const auto* const packet = reinterpret_cast<const char*>(packets_.data() + index);
    __builtin_prefetch(packet);
    __builtin_prefetch(packet + 64);
  }

  void give_back(PacketIndex index)
  {
    packets_[index].next = free_;
    free_ = index;
  }

 private:
  std::vector<SwitchedPacket> packets_;
  PacketIndex free_ = NoIndex;
};

}  // namespace cm::sim::fabric
