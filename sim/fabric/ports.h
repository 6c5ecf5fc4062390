// Ports as first-in first-out servers: how fast each is, until when it is busy, and the bytes that it has sent.
#pragma once

#include "sim/calendar/large_pages.h"
#include "sim/fabric/network_spec.h"
#include "sim/fabric/rounding.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

struct PortCounters {
  std::uint64_t bytes = 0;
  std::int64_t busy_ps = 0;            // time spent sending
  std::uint64_t peak_queue_bytes = 0;  // waiting in front of it
};

// Ports of equal rate, latency and buffer share one: it stays in the first-level cache.
struct PortKind {
  double ps_per_byte = 0;
  std::int64_t latency = 0;
  std::int64_t buffer = 0;
};

struct Port {
  std::int64_t busy_until = 0;
  std::int64_t peak_backlog = 0;  // picoseconds of work found waiting
  std::uint64_t bytes = 0;
  std::uint32_t owner = ~std::uint32_t{0};  // of a lane_in port: its endpoint; of an up port: its place among them
  std::uint16_t kind = 0;
  std::uint16_t lane = 0;
};

inline std::int64_t serialisation(const PortKind& kind, std::uint32_t bytes)
{
  return rounded(static_cast<double>(bytes) * kind.ps_per_byte);
}

// Numbers of ports are those of the network plus one: 0 ends a path.
class Ports {
 public:
  // Throws std::logic_error (ensure) for numbers of lanes or spines that do not fit, a network without endpoints,
  // more ports than a path can name, and for one without a rate or on which a packet of `most_bytes`, framing included,
  // takes longer than 4 ms.
  Ports(const NetworkSpec& network, std::uint32_t most_bytes);

  Port& operator[](std::uint64_t number) { return ports_[number]; }
  const Port& operator[](std::uint64_t number) const { return ports_[number]; }
  [[nodiscard]] std::size_t size() const { return ports_.size(); }  // 0 included
  [[nodiscard]] const PortKind& kind(const Port& port) const { return kinds_[port.kind]; }
  [[nodiscard]] const std::vector<PortKind>& kinds() const { return kinds_; }

  // Most ports are of this kind. A packet that visits only such ports takes the same time at each.
  [[nodiscard]] const PortKind& uniform() const { return uniform_; }

 private:
  calendar::LargePageVector<Port> ports_;
  std::vector<PortKind> kinds_;
  PortKind uniform_;
};

}  // namespace cm::sim::fabric
