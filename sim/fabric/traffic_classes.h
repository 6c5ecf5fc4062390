// Classes of traffic at the ports, and which of them waits for which.
//
// Data is served in order of arrival (Port::busy_until). Control (acknowledgements and flags) overtakes it: a queue of
// data in front of a flag would make every barrier as slow as the longest queue; real machines give such packets a
// virtual lane.
#pragma once

#include "sim/fabric/ports.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

class TrafficClasses {
 public:
  // `ports`: how many numbers of ports there are. `mtu`: bytes of the largest packet of data.
  TrafficClasses(std::size_t ports, std::uint32_t mtu) : mtu_(mtu), control_until_(ports) {}

  // Sends a control packet that is at a port since `now`; returns when its head leaves. It waits for those of its class
  // and for the data packet being sent, not for the data queued behind that one, which leave as much later as it takes.
  std::int64_t send_control(PortIndex number, Port& port, const PortKind& kind, std::uint32_t bytes, std::int64_t now)
  {
    const std::int64_t own = serialisation(kind, bytes);
    const std::int64_t one_packet = serialisation(kind, mtu_);
    const std::int64_t begin = std::max({now, control_until_[number], std::min(port.busy_until, now + one_packet)});
    control_until_[number] = begin + own;
    port.busy_until = std::max(port.busy_until, now) + own;
    return begin;
  }

 private:
  std::uint32_t mtu_;
  std::vector<std::int64_t> control_until_;  // [port]
};

}  // namespace cm::sim::fabric
