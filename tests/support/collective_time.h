// A collective on a small machine's data plane, without an engine.
#pragma once

#include "models/collectives/collective_table.h"
#include "workloads/collective/collective_run.h"

#include <algorithm>
#include <string_view>

namespace cm::tests {

struct CollectiveOutcome {
  Picoseconds end;
  std::vector<Picoseconds> ends;  // of the ranks
  std::uint64_t emitted = 0;
  std::uint64_t delivered = 0;
  std::uint64_t peak_queue = 0;
  double busiest_port_ps = 0;  // the longest that a port has to send
};

inline CollectiveOutcome run_plan(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                                  const models::MachineSpec& machine)
{
  const topology::Supernode supernode(machine.topology);
  const sim::streams::DataPlaneSpec spec = models::data_plane_spec(machine, supernode, 1);
  sim::streams::DataPlane plane(spec);
  workloads::CollectiveRun run(plan, protocol, machine, plane, 0);
  run.start();
  CollectiveOutcome outcome;
  outcome.end = Picoseconds(plane.run(sim::calendar::Calendar::Never - 1));
  outcome.ends = run.ends();
  outcome.emitted = plane.fabric().payload_bytes_emitted();
  outcome.delivered = plane.fabric().payload_bytes_delivered();
  outcome.peak_queue = plane.fabric().peak_queue_bytes();
  for (sim::fabric::PortIndex port = 0; port < spec.network.ports.size(); ++port)
    outcome.busiest_port_ps =
        std::max(outcome.busiest_port_ps, static_cast<double>(plane.fabric().counters(port).bytes) * 1e12 /
                                              spec.network.ports[port].rate.count());
  return outcome;
}

inline CollectiveOutcome run_collective(std::string_view algorithm, const models::CollectiveQuestion& question,
                                        const models::ProtocolSpec& protocol, const models::MachineSpec& machine)
{
  return run_plan(models::find_algorithm(algorithm)->plan(question), protocol, machine);
}

}  // namespace cm::tests
