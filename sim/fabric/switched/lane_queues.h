// Packets that wait in front of ports, in one queue for each virtual lane.
#pragma once

#include "sim/fabric/switched/switched_packet.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace cm::sim::fabric {

class LaneQueues {
 public:
  static constexpr std::int64_t NoLook = std::numeric_limits<std::int64_t>::max();

  // `ports`: how many numbers of ports there are. `lanes`: virtual lanes of each.
  LaneQueues(std::size_t ports, std::uint32_t lanes) : lanes_(lanes), queues_(ports * lanes), loads_(ports) {}

  [[nodiscard]] bool is_empty(PortIndex port, std::uint32_t lane) const { return at(port, lane).head == NoIndex; }
  [[nodiscard]] PacketIndex head(PortIndex port, std::uint32_t lane) const { return at(port, lane).head; }
  [[nodiscard]] bool holds_any(PortIndex port) const { return loads_[port].packets > 0; }
  // Picoseconds that the port needs for all that waits in front of it.
  [[nodiscard]] std::int64_t work(PortIndex port) const { return loads_[port].work; }
  [[nodiscard]] std::int64_t waiting_bytes(PortIndex port, std::uint32_t lane) const { return at(port, lane).bytes; }

  void push(PortIndex port, std::uint32_t lane, PacketIndex index, PacketStore& packets);
  PacketIndex pop(PortIndex port, std::uint32_t lane, PacketStore& packets);

  void prefetch(PortIndex port) const
  {
    __builtin_prefetch(&loads_[port]);
    __builtin_prefetch(&queues_[std::size_t{port} * lanes_]);
  }

  // When the port is going to look at its queues; NoLook: nothing is planned.
  std::int64_t& look_at(PortIndex port) { return loads_[port].look_at; }

  // Remembers how much waits in front of the port now, if it is more than ever before.
  void note_peak(PortIndex port)
  {
    Load& load = loads_[port];
    load.peak = load.bytes > load.peak ? load.bytes : load.peak;
  }
  [[nodiscard]] std::uint64_t peak_bytes(PortIndex port) const { return static_cast<std::uint64_t>(loads_[port].peak); }

 private:
  struct Queue {
    PacketIndex head = NoIndex;
    PacketIndex tail = NoIndex;
    std::int64_t bytes = 0;
  };

  // Of all queues of a port.
  struct Load {
    std::int64_t work = 0;
    std::int64_t bytes = 0;
    std::int64_t peak = 0;  // bytes
    std::int64_t look_at = NoLook;
    std::uint32_t packets = 0;
  };

  Queue& at(PortIndex port, std::uint32_t lane) { return queues_[std::size_t{port} * lanes_ + lane]; }
  [[nodiscard]] const Queue& at(PortIndex port, std::uint32_t lane) const
  {
    return queues_[std::size_t{port} * lanes_ + lane];
  }

  std::uint32_t lanes_;
  std::vector<Queue> queues_;  // [port, lane]
  std::vector<Load> loads_;    // [port]
};

}  // namespace cm::sim::fabric
