#include "models/network/queue_report.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <numeric>
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

}  // namespace

void report_queues(const MachineSpec& machine, const sim::fabric::PacketFabric& fabric, sim::metrics::Result& result)
{
  report_sub_planes(machine, fabric, result);
  const std::uint64_t peak = fabric.peak_queue_bytes();
  result.add("peak_queue_bytes", static_cast<double>(peak), "B", "longest queue in front of a port",
             sim::metrics::Better::Lower);
  if (machine.ub.flow_control == sim::fabric::FlowControl::None &&
      peak > static_cast<std::uint64_t>(machine.ub.buffer.count()))
    result.warnings.push_back(fmt::format("a queue of {} bytes passed the assumed buffer of {} bytes per port; "
                                          "machine.ub.flow_control=credits makes buffers finite",
                                          peak, machine.ub.buffer.count()));
}

}  // namespace cm::models
