#include "models/network/queue_report.h"

#include <fmt/format.h>

namespace cm::models {

void report_queues(const MachineSpec& machine, const sim::fabric::PacketFabric& fabric, sim::metrics::Result& result)
{
  const std::uint64_t peak = fabric.peak_queue_bytes();
  result.add("peak_queue_bytes", static_cast<double>(peak), "B", "longest queue in front of a port");
  if (machine.ub.flow_control == sim::fabric::FlowControl::None &&
      peak > static_cast<std::uint64_t>(machine.ub.buffer.count()))
    result.warnings.push_back(fmt::format("a queue of {} bytes passed the assumed buffer of {} bytes per port; "
                                          "machine.ub.flow_control=credits makes buffers finite",
                                          peak, machine.ub.buffer.count()));
}

}  // namespace cm::models
