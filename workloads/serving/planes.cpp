#include "workloads/serving/planes.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

using sim::engine::StarPlaneSpec;

// Storage and clients are behind as many cards as there are nodes: they limit nothing.
StarPlaneSpec vpc_with_world(const models::MachineSpec& machine)
{
  StarPlaneSpec plane = models::vpc_plane(machine);
  const BytesPerSecond all = machine.topology.vpc_bandwidth * static_cast<double>(machine.topology.nodes);
  plane.endpoints.push_back({"clients", all, all});
  plane.endpoints.push_back({"storage", all, all});
  return plane;
}

// Gap D120: what experts exchange is not on this plane; a die's SDMA is all for keys and values.
StarPlaneSpec ub_for_blocks(const ServingSpec& spec, const models::MachineSpec& machine)
{
  StarPlaneSpec plane{
      .name = "ub", .endpoints = {}, .latency = machine.ub.access.cpu_base + machine.ub.traversal * 4.0};
  const BytesPerSecond die = machine.die.sdma.bandwidth;
  for (std::uint32_t instance = 0; instance < spec.prefill_instances; ++instance) {
    const BytesPerSecond all = die * static_cast<double>(spec.prefill.deployment.ranks);
    plane.endpoints.push_back({fmt::format("prefill:{}", instance), all, all});
  }
  for (std::uint32_t rank = 0; rank < spec.decode.dies(); ++rank)
    plane.endpoints.push_back({fmt::format("decode:{}", rank), die, die});
  const auto cpus = static_cast<double>(machine.topology.cpus_per_node);
  for (std::uint32_t node = 0; node < machine.topology.nodes; ++node)
    plane.endpoints.push_back(
        {fmt::format("node:{}", node), machine.cpu.remote_read * cpus, machine.cpu.remote_write * cpus});
  return plane;
}

}  // namespace

Planes::Planes(const ServingSpec& spec, const models::MachineSpec& machine, sim::engine::Engine& engine)
    : first_decode_(spec.prefill_instances), first_node_(first_decode_ + spec.decode.dies()),
      nodes_(machine.topology.nodes),
      index_{engine.add_plane(models::rdma_plane(machine)), engine.add_plane(vpc_with_world(machine)),
             engine.add_plane(ub_for_blocks(spec, machine))}
{
}

void Planes::move(sim::engine::Control& control, Plane plane,
                  const std::vector<sim::engine::Control::Transfer>& transfers)
{
  if (transfers.empty())
    return;
  const auto which = static_cast<std::size_t>(plane);
  std::int64_t bytes = 0;
  for (const auto& transfer : transfers)
    bytes += transfer.amount.count();
  entered_[which] += bytes;
  control.transfer_all(index_[which], transfers);
  left_[which] += bytes;
}

}  // namespace cm::workloads
