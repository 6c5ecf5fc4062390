#include "models/network/queue_report.h"

#include "models/network/queue_metrics.h"
#include "topology/routing/port_name.h"
#include "topology/supernode/supernode.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace cm::models {
namespace {

void report_sub_planes(const MachineSpec& machine, const sim::fabric::PacketFabric& fabric,
                       sim::metrics::Result& result)
{
  constexpr Picoseconds AtTheEnd(std::numeric_limits<std::int64_t>::max());
  std::vector<double> carried;
  for (std::uint32_t plane = 0; plane < machine.topology.sub_planes; ++plane)
    carried.push_back(fabric.carried_bytes(plane, AtTheEnd));
  const double all = std::accumulate(carried.begin(), carried.end(), 0.0);
  if (all <= 0)
    return;
  for (std::size_t plane = 0; plane < carried.size(); ++plane)
    result.sub_planes.push_back({fmt::format("sub-plane {}", plane), 100 * carried[plane] / all, "%"});
}

class ChipBoard {
 public:
  ChipBoard(std::uint32_t sub_planes, std::uint32_t chips)
      : busy_ps_(sub_planes, std::vector<double>(chips)), ports_(sub_planes, std::vector<double>(chips))
  {
  }

  void add(std::uint32_t sub_plane, std::uint32_t chip, std::int64_t busy_ps)
  {
    busy_ps_.at(sub_plane).at(chip) += static_cast<double>(busy_ps);
    ports_.at(sub_plane).at(chip) += 1;
  }

  // To a hundredth of a percent: a picture needs no more.
  [[nodiscard]] std::vector<std::vector<double>> percent(Picoseconds elapsed) const
  {
    std::vector<std::vector<double>> shares = busy_ps_;
    for (std::size_t plane = 0; plane < shares.size(); ++plane)
      for (std::size_t chip = 0; chip < shares[plane].size(); ++chip) {
        const double available = ports_[plane][chip] * static_cast<double>(elapsed.count());
        double& share = shares[plane][chip];
        share = available > 0 ? std::round(1e4 * share / available) / 100 : 0;
      }
    return shares;
  }

 private:
  std::vector<std::vector<double>> busy_ps_;
  std::vector<std::vector<double>> ports_;
};

void report_chips(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result)
{
  const topology::SupernodeSpec& topology = machine.topology;
  if (result.sub_planes.empty() || topology.l2_per_sub_plane == 0)
    return;
  const auto network = data_plane_spec(machine, topology::Supernode(topology), 0).network;
  const std::vector<topology::PortName> names = topology::name_ports(network);
  ChipBoard l1(topology.sub_planes, topology.nodes);
  ChipBoard l2(topology.sub_planes, topology.l2_per_sub_plane);
  for (std::size_t port = 0; port < names.size(); ++port) {
    const topology::PortName& name = names[port];
    const std::int64_t busy = plane.fabric().counters(static_cast<sim::fabric::PortIndex>(port)).busy_ps;
    if (name.kind == topology::PortName::Kind::Up)
      l1.add(name.sub_plane, name.node, busy);
    else if (name.kind == topology::PortName::Kind::Down && name.l2)
      l2.add(name.sub_plane, *name.l2, busy);
  }
  result.chips.push_back({"L1", "links of a node's chip up to the L2 chips; a column a node", l1.percent(plane.now())});
  result.chips.push_back({"L2", "links of a chip down to the nodes; a column a chip", l2.percent(plane.now())});
}

// Packets of a prefill's chunk may be larger than a buffer, which the machine's own never are.
std::string credits_advice(const UbSpec& ub)
{
  const bool fits = ub.mtu + ub.frame_overhead <= ub.buffer;
  return fmt::format("{}=credits makes buffers finite{}", ub.key("flow_control"),
                     fits ? "" : ", with a workload.chunk that fits one");
}

}  // namespace

void report_queues(const MachineSpec& machine, const sim::streams::DataPlane& plane, sim::metrics::Result& result)
{
  const sim::fabric::PacketFabric& fabric = plane.fabric();
  report_sub_planes(machine, fabric, result);
  report_chips(machine, plane, result);
  const std::uint64_t peak = fabric.peak_queue_bytes();
  result.add(PeakQueueBytes, static_cast<double>(peak));
  if (machine.ub.flow_control == sim::fabric::FlowControl::None &&
      peak > static_cast<std::uint64_t>(machine.ub.buffer.count()))
    result.warnings.push_back(fmt::format("a queue of {} bytes passed the assumed buffer of {} bytes per port; {}",
                                          peak, machine.ub.buffer.count(), credits_advice(machine.ub)));
}

}  // namespace cm::models
