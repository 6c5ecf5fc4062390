#include "models/network/queue_report.h"

#include "models/network/card_planes.h"
#include "models/network/chip_words.h"
#include "models/network/queue_metrics.h"
#include "topology/routing/port_name.h"
#include "topology/supernode/supernode_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace cm::models {
namespace {

void report_lanes(const MachineSpec& machine, const sim::fabric::PacketFabric& fabric, sim::metrics::Result& result)
{
  constexpr Picoseconds AtTheEnd(std::numeric_limits<std::int64_t>::max());
  std::vector<double> carried;
  for (std::uint32_t lane = 0; lane < machine.topology.lanes(); ++lane)
    carried.push_back(fabric.carried_bytes(lane, AtTheEnd));
  const double all = std::accumulate(carried.begin(), carried.end(), 0.0);
  if (all <= 0)
    return;
  for (std::uint32_t lane = 0; lane < carried.size(); ++lane)
    result.lanes.push_back({lane_name(machine, lane), 100 * carried[lane] / all, "%"});
}

class ChipBoard {
 public:
  ChipBoard(std::uint32_t lanes, std::uint32_t chips)
      : busy_ps_(lanes, std::vector<double>(chips)), ports_(lanes, std::vector<double>(chips))
  {
  }

  void add(std::uint32_t lane, std::uint32_t chip, std::int64_t busy_ps)
  {
    busy_ps_.at(lane).at(chip) += static_cast<double>(busy_ps);
    ports_.at(lane).at(chip) += 1;
  }

  // To a hundredth of a percent: a picture needs no more.
  [[nodiscard]] std::vector<std::vector<double>> percent(Picoseconds elapsed) const
  {
    std::vector<std::vector<double>> shares = busy_ps_;
    for (std::size_t lane = 0; lane < shares.size(); ++lane)
      for (std::size_t chip = 0; chip < shares[lane].size(); ++chip) {
        const double available = ports_[lane][chip] * static_cast<double>(elapsed.count());
        double& share = shares[lane][chip];
        share = available > 0 ? std::round(1e4 * share / available) / 100 : 0;
      }
    return shares;
  }

 private:
  std::vector<std::vector<double>> busy_ps_;
  std::vector<std::vector<double>> ports_;
};

// The ports of a data plane with their names and what each of them has sent.
class PortBoard {
 public:
  PortBoard(const MachineSpec& machine, const sim::streams::DataPlane& plane)
      : fabric_(plane.fabric()), elapsed_(plane.now())
  {
    if (machine.cards) {
      texts_ = card_port_names(machine);
    } else {
      const std::vector<topology::FabricPlan> plans = topology::fabric_plans(machine.topology);
      for (const topology::WiredPort& port : topology::wire_ports(plans))
        texts_.push_back(to_text(port, plans));
      if (machine.topology.fabrics.empty())
        names_ = topology::name_ports(data_plane_spec(machine, topology::Supernode(machine.topology), 0).network);
    }
    for (std::size_t port = 0; port < texts_.size(); ++port)
      counters_.push_back(fabric_.counters(static_cast<sim::fabric::PortIndex>(port)));
  }

  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  // Of a Clos.
  [[nodiscard]] const topology::PortName& name(std::size_t port) const { return names_[port]; }
  [[nodiscard]] const std::string& text(std::size_t port) const { return texts_[port]; }
  [[nodiscard]] const sim::fabric::PortCounters& counters(std::size_t port) const { return counters_[port]; }
  [[nodiscard]] double busy_percent(std::size_t port) const
  {
    return elapsed_.count() > 0
               ? 100 * static_cast<double>(counters_[port].busy_ps) / static_cast<double>(elapsed_.count())
               : 0;
  }

 private:
  const sim::fabric::PacketFabric& fabric_;  // borrowed
  Picoseconds elapsed_;
  std::vector<std::string> texts_;
  std::vector<topology::PortName> names_;
  std::vector<sim::fabric::PortCounters> counters_;
};

std::vector<NodeTraffic> node_traffic(const PortBoard& ports, std::uint32_t nodes)
{
  std::vector<NodeTraffic> traffic(nodes);
  for (std::size_t port = 0; port < ports.size(); ++port) {
    const topology::PortName& name = ports.name(port);
    const auto bytes = static_cast<double>(ports.counters(port).bytes);
    if (name.kind == topology::PortName::Kind::Lane)
      traffic.at(name.node).sent += bytes;
    else if (name.kind == topology::PortName::Kind::Up)
      traffic.at(name.node).left += bytes;
  }
  return traffic;
}

void report_chips(const MachineSpec& machine, const PortBoard& ports, Picoseconds elapsed, sim::metrics::Result& result)
{
  const topology::SupernodeSpec& topology = machine.topology;
  if (result.lanes.empty() || topology.spines() == 0 || machine.cards)
    return;
  ChipBoard l1(topology.lanes(), topology.nodes);
  ChipBoard l2(topology.lanes(), topology.spines());
  for (std::size_t port = 0; port < ports.size(); ++port) {
    const topology::PortName& name = ports.name(port);
    const std::int64_t busy = ports.counters(port).busy_ps;
    if (name.kind == topology::PortName::Kind::Up)
      l1.add(name.lane, name.node, busy);
    else if (name.kind == topology::PortName::Kind::Down && name.l2)
      l2.add(name.lane, *name.l2, busy);
  }
  const ChipGrid nodes = l1.percent(elapsed);
  const ChipGrid chips = l2.percent(elapsed);
  result.chips.push_back({"L1",
                          fmt::format("links of a node's chip up to the L2 chips; a column a node: {}",
                                      chip_words("nodes", nodes, node_traffic(ports, topology.nodes))),
                          nodes});
  result.chips.push_back(
      {"L2", fmt::format("links of a chip down to the nodes; a column a chip: {}", chip_words("chips", chips, {})),
       chips});
}

constexpr std::size_t LinksShown = 10;

void add_links(const PortBoard& ports, sim::metrics::Result& result)
{
  std::vector<std::size_t> order(ports.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t port) {
    return std::pair(ports.counters(port).busy_ps, ports.counters(port).bytes);
  };
  // Among equal ones, that with the lower number comes first.
  const auto busier = [&](std::size_t a, std::size_t b) { return key(a) != key(b) ? key(a) > key(b) : a < b; };
  const auto shown = static_cast<std::ptrdiff_t>(std::min(LinksShown, order.size()));
  std::partial_sort(order.begin(), order.begin() + shown, order.end(), busier);
  order.resize(static_cast<std::size_t>(shown));
  std::erase_if(order, [&](std::size_t port) { return ports.counters(port).bytes == 0; });
  if (order.empty())
    return;
  std::size_t longest = order.front();
  for (std::size_t port = 0; port < ports.size(); ++port)
    if (ports.counters(port).peak_queue_bytes > ports.counters(longest).peak_queue_bytes)
      longest = port;
  const std::uint64_t queue = ports.counters(longest).peak_queue_bytes;
  sim::metrics::Table table{
      .name = BusiestLinks,
      .sentence = "the links that sent longest, framing included, with the longest queue in front of each; ",
      .columns = {"link", "busy (%)", "bytes", "longest queue (B)"},
      .rows = {}};
  table.sentence += queue == 0
                        ? std::string("no packet waited anywhere")
                        : fmt::format("the longest of all stood in front of {}: {} B", ports.text(longest), queue);
  if (queue > 0 && std::ranges::find(order, longest) == order.end())
    order.push_back(longest);
  for (const std::size_t port : order)
    table.rows.push_back({ports.text(port),
                          {ports.busy_percent(port), static_cast<double>(ports.counters(port).bytes),
                           static_cast<double>(ports.counters(port).peak_queue_bytes)}});
  result.tables.push_back(std::move(table));
}

// Packets of a prefill's chunk may be larger than a buffer, which the machine's own never are.
std::string credits_advice(const UbSpec& ub)
{
  const bool fits = ub.mtu + ub.frame_overhead <= ub.buffer;
  return fmt::format("{}=credits makes buffers finite{}", ub.key("flow_control"),
                     fits ? "" : ", with a workload.chunk that fits one");
}

}  // namespace

void report_links(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result)
{
  add_links(PortBoard(machine, plane), result);
  report_events(machine, plane, result);
}

void report_queues(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result)
{
  const sim::fabric::PacketFabric& fabric = plane.fabric();
  const PortBoard ports(machine, plane);
  report_lanes(machine, fabric, result);
  report_chips(machine, ports, plane.now(), result);
  add_links(ports, result);
  const std::uint64_t peak = fabric.peak_queue_bytes();
  result.add(PeakQueueBytes, static_cast<double>(peak));
  if (machine.ub.flow_control == sim::fabric::FlowControl::None &&
      peak > static_cast<std::uint64_t>(machine.ub.buffer.count()))
    result.warnings.push_back(fmt::format("a queue of {} bytes passed the assumed buffer of {} bytes per port; {}",
                                          peak, machine.ub.buffer.count(), credits_advice(machine.ub)));
  report_events(machine, plane, result);
}

void report_events(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result)
{
  if (machine.events.events.empty())
    return;
  const sim::fabric::PacketFabric& fabric = plane.fabric();
  const sim::fabric::SwitchedCounters counters = fabric.switched_counters();
  result.add(LostBytes, static_cast<double>(fabric.lost_bytes()));
  result.add(ResentPackets, static_cast<double>(counters.resends));
  result.add(ReplayedPackets, static_cast<double>(counters.replays));
  result.add(DetouredPackets, static_cast<double>(counters.detours));
  if (fabric.lost_bytes() > 0)
    result.warnings.push_back(
        fmt::format("{} bytes were lost for good; times and rates count them as arrived when they "
                    "were given up",
                    fabric.lost_bytes()));
  for (const MachineEvent& event : machine.events.events)
    if (event.change.at > plane.now())
      result.warnings.push_back(
          fmt::format("the event \"{}\" comes after the end of the run: it changed nothing", to_text(event)));
}

}  // namespace cm::models
