#include "workloads/live_machine/live_machine.h"

#include <utility>

namespace cm::workloads {
namespace {

sim::streams::DataPlaneSpec plane_spec(const models::MachineSpec& machine, const topology::Supernode& supernode,
                                       std::uint64_t seed, const LaneShare& lanes)
{
  sim::streams::DataPlaneSpec spec = models::data_plane_spec(machine, supernode, seed);
  if (lanes.dies > 0)
    models::narrow_lanes(spec, lanes.first_die, lanes.dies, lanes.share);
  return spec;
}

}  // namespace

LiveMachine::LiveMachine(const models::MachineSpec& machine, const topology::Supernode& supernode, std::uint64_t seed,
                         const LaneShare& lanes)
    : spec_(plane_spec(machine, supernode, seed, lanes)), plane_(spec_), engines_(machine, plane_.fabric())
{
}

MachineRun::MachineRun(LiveMachine& machine)
{
  engine_.carry(machine.plane());
}

void MachineRun::run(const std::string& actor, std::function<void(sim::engine::Control&)> body)
{
  engine_.spawn(actor, std::move(body));
  engine_.run();
}

}  // namespace cm::workloads
