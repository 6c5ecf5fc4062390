#include "workloads/kv_access/load_limit.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

// Below this nothing of the machine binds: requests are not asked for fast enough.
constexpr double Binding = 0.8;
constexpr const char* LoadItself = "outstanding accesses";

double longest(const std::vector<Picoseconds>& times)
{
  return times.empty() ? 0 : static_cast<double>(std::ranges::max(times).count());
}

// Ports between switches of a network that is no Clos; the tables of a Clos have its own.
std::vector<sim::fabric::PortIndex> trunks_of(const sim::fabric::NetworkSpec& network)
{
  std::vector<sim::fabric::PortIndex> trunks;
  for (sim::fabric::PortIndex port = 0; port < network.graph.ends.size(); ++port)
    if (network.graph.ends[port].from >= network.endpoints() && network.graph.ends[port].to >= network.endpoints())
      trunks.push_back(port);
  return trunks;
}

}  // namespace

std::string limit_sentence(const LoadLimit& limit)
{
  return limit.name == LoadItself
             ? fmt::format("Nothing of the machine limits the load, whose busiest part is {:.0f} % busy: each reader "
                           "waits for its outstanding accesses.",
                           100 * limit.busy)
             : fmt::format("The load is limited by {}, {:.0f} % busy.", limit.name, 100 * limit.busy);
}

LimitMeter::LimitMeter(const models::MachineSpec& machine, const sim::fabric::NetworkSpec& network,
                       const sim::fabric::PacketFabric& fabric, AccessRunner& runner)
    : machine_(machine), network_(network), fabric_(fabric), runner_(runner), busy_before_(network.ports.size())
{
}

void LimitMeter::begin()
{
  runner_.forget_load();
  for (std::size_t port = 0; port < busy_before_.size(); ++port)
    busy_before_[port] = fabric_.counters(static_cast<sim::fabric::PortIndex>(port)).busy_ps;
}

std::int64_t LimitMeter::busy_ps(sim::fabric::PortIndex port) const
{
  return port == sim::fabric::NoPortIndex ? 0 : fabric_.counters(port).busy_ps - busy_before_[port];
}

double LimitMeter::busiest_lanes(const std::vector<sim::fabric::PortIndex>& lanes, bool of_dies) const
{
  const std::uint32_t dies = machine_.topology.dies();
  double most = 0;
  for (std::uint32_t endpoint = of_dies ? 0 : dies; endpoint < (of_dies ? dies : network_.endpoints()); ++endpoint) {
    double sum = 0;
    for (std::uint32_t lane = 0; lane < network_.lanes; ++lane)
      sum += static_cast<double>(busy_ps(lanes[endpoint * network_.lanes + lane]));
    most = std::max(most, sum / network_.lanes);
  }
  return most;
}

double LimitMeter::busiest_port(const std::vector<sim::fabric::PortIndex>& ports) const
{
  std::int64_t most = 0;
  for (const sim::fabric::PortIndex port : ports)
    most = std::max(most, busy_ps(port));
  return static_cast<double>(most);
}

LoadLimit LimitMeter::limit(Picoseconds span) const
{
  const EndpointLoad& load = runner_.load();
  std::vector<LoadLimit> all{
      {"read engine of a die", longest(load.die_reads)},
      {"write engine of a die", longest(load.die_writes)},
      {"CPU port, serving reads", longest(load.cpu_reads)},
      {"CPU port, taking writes", longest(load.cpu_writes)},
      {"lanes of a die, out", busiest_lanes(network_.lane_out_ports, true)},
      {"lanes of a die, in", busiest_lanes(network_.lane_in_ports, true)},
      {"lanes of a CPU, out", busiest_lanes(network_.lane_out_ports, false)},
      {"lanes of a CPU, in", busiest_lanes(network_.lane_in_ports, false)},
      {"links from L1 to L2", busiest_port(network_.up_ports)},
      {"links from L2 to L1", busiest_port(network_.down_ports)},
      {"links between switch chips", busiest_port(trunks_of(network_))},
  };
  const sim::streams::TimedResources& resources = runner_.resources();
  for (sim::streams::ServerKind kind = 0; kind < resources.kinds(); ++kind)
    all.push_back({resources.name(kind), static_cast<double>(resources.busiest(kind).count())});
  LoadLimit most = *std::ranges::max_element(all, {}, &LoadLimit::busy);
  most.busy /= static_cast<double>(span.count());
  if (most.busy < Binding)
    most.name = LoadItself;
  return most;
}

}  // namespace cm::workloads
