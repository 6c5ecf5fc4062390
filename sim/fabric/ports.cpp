#include "sim/fabric/ports.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/packet_events.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace cm::sim::fabric {

Ports::Ports(const NetworkSpec& network, std::uint32_t most_bytes) : ports_(network.ports.size() + 1)
{
  ensure(network.lanes > 0 && network.lanes <= MostLanes && network.spines <= MostSpines,
         "lanes {} must be 1..{}, spines {} at most {}", network.lanes, MostLanes, network.spines, MostSpines);
  ensure(network.endpoints() > 0 && !network.lane_in_ports.empty(), "a network without endpoints");
  ensure(network.ports.size() < PortMask, "{} ports: the fabric addresses at most {}", network.ports.size(),
         PortMask - 1);
  std::map<std::tuple<double, std::int64_t, std::int64_t>, std::uint16_t> known;
  for (std::size_t i = 1; i < ports_.size(); ++i) {
    const PortSpec& spec = network.ports[i - 1];
    ensure(spec.rate.count() > 0, "port {} has no rate", i - 1);
    ensure(most_bytes / spec.rate.count() < 4e-3, "a packet takes port {} longer than 4 ms", i - 1);
    const PortKind kind{1e12 / spec.rate.count(), to_picoseconds(spec.latency).count(), spec.buffer.count()};
    const auto [place, is_new] =
        known.try_emplace({kind.ps_per_byte, kind.latency, kind.buffer}, static_cast<std::uint16_t>(kinds_.size()));
    if (is_new)
      kinds_.push_back(kind);
    ports_[i].kind = place->second;
  }
  for (std::size_t i = 0; i < network.lane_in_ports.size(); ++i) {
    if (network.lane_in_ports[i] == NoPortIndex)
      continue;
    Port& port = ports_[network.lane_in_ports[i] + 1];
    port.owner = static_cast<std::uint32_t>(i / network.lanes);
    port.lane = static_cast<std::uint16_t>(i % network.lanes);
  }
  for (std::size_t i = 0; i < network.up_ports.size(); ++i)
    ports_[network.up_ports[i] + 1].owner = static_cast<std::uint32_t>(i);
  const auto& usual = network.up_ports.empty() ? network.lane_in_ports : network.up_ports;
  const auto first = std::ranges::find_if(usual, [](PortIndex port) { return port != NoPortIndex; });
  ensure(first != usual.end(), "a network whose endpoints have no lane");
  uniform_ = kind(ports_[*first + 1]);
}

}  // namespace cm::sim::fabric
