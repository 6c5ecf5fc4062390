#include "workloads/serving/planes/planes.h"

#include "models/network/card_planes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

using sim::engine::Control;
using sim::engine::StarPlaneSpec;

// Share of a die's rate: smaller changes in the rate that its exchanges take are not told to its link.
constexpr double RateStep = 0.1;

// Storage and clients are behind as many cards as there are nodes: they limit nothing.
StarPlaneSpec vpc_with_world(const models::MachineSpec& machine)
{
  StarPlaneSpec plane = models::vpc_plane(machine);
  const BytesPerSecond all =
      models::card_rate(machine, models::CardPlane::Vpc) * static_cast<double>(machine.topology.nodes);
  plane.endpoints.push_back({"clients", all, all});
  plane.endpoints.push_back({"storage", all, all});
  return plane;
}

BytesPerSecond lanes_of_die(const models::MachineSpec& machine)
{
  return machine.topology.die_bandwidth() * machine.ub.payload_share;
}

BytesPerSecond copies_of_die(const models::MachineSpec& machine)
{
  return std::min(machine.die.sdma.bandwidth, lanes_of_die(machine));
}

StarPlaneSpec ub_for_blocks(const ServingSpec& spec, const models::MachineSpec& machine)
{
  StarPlaneSpec plane{
      .name = "ub", .endpoints = {}, .latency = machine.ub.access.cpu_base + machine.ub.traversal * 4.0};
  const BytesPerSecond die = copies_of_die(machine);
  for (std::uint32_t instance = 0; instance < spec.prefill_instances; ++instance)
    for (std::uint32_t rank = 0; rank < spec.prefill.deployment.ranks; ++rank)
      plane.endpoints.push_back({fmt::format("prefill:{}:{}", instance, rank), die, die});
  for (std::uint32_t rank = 0; rank < spec.decode_dies(); ++rank)
    plane.endpoints.push_back({fmt::format("decode:{}", rank), die, die});
  for (std::uint32_t cpu = 0; cpu < machine.topology.nodes * machine.topology.cpus_per_node; ++cpu)
    plane.endpoints.push_back({fmt::format("cpu:{}", cpu), machine.cpu.remote_read, machine.cpu.remote_write});
  return plane;
}

}  // namespace

Planes::Planes(const ServingSpec& spec, const models::MachineSpec& machine, sim::engine::Engine& engine)
    : engine_(engine), lanes_(lanes_of_die(machine)), die_rate_(copies_of_die(machine)),
      prefill_ranks_(spec.prefill.deployment.ranks), decode_ranks_(spec.decode.dies()),
      first_decode_(std::size_t{spec.prefill_instances} * prefill_ranks_),
      first_cpu_(first_decode_ + spec.decode_dies()), nodes_(machine.topology.nodes),
      index_{engine.add_plane(models::rdma_plane(machine)), engine.add_plane(vpc_with_world(machine)),
             engine.add_plane(ub_for_blocks(spec, machine))},
      exchanging_(std::size_t{spec.prefill_instances} + spec.decode_instances), left_to_copies_(first_cpu_, 1.0)
{
  // A CPU's blocks go to one die.
  const std::int64_t cpus = std::max<std::int64_t>(1, spec.pool.nodes * machine.topology.cpus_per_node);
  const auto dies_with_blocks = static_cast<std::uint32_t>(std::min<std::int64_t>(prefill_ranks_, cpus));
  lane_use_.assign(spec.prefill_instances, LaneUse(lanes_, dies_with_blocks));
  lane_use_.insert(lane_use_.end(), spec.decode_instances, LaneUse(lanes_, spec.decode.dies()));
}

void Planes::move(Control& control, Plane plane, const std::vector<Control::Transfer>& transfers)
{
  if (transfers.empty())
    return;
  const auto which = static_cast<std::size_t>(plane);
  std::int64_t bytes = 0;
  for (const auto& transfer : transfers)
    bytes += transfer.amount.count();
  entered_[which] += bytes;
  if (plane == Plane::Ub)
    for (const auto& transfer : transfers)
      for (const std::size_t endpoint : {transfer.from, transfer.to})
        if (endpoint < first_cpu_)
          leave_to_exchange(endpoint);
  const Seconds begin = control.now();
  const std::vector<Seconds> ends = control.transfer_all(index_[which], transfers);
  left_[which] += bytes;
  if (plane == Plane::Ub)
    for (std::size_t i = 0; i < transfers.size(); ++i)
      count_on_lanes(transfers[i], begin, ends[i]);
}

// Links are told of a change when something is about to use them, and when it is worth it.
void Planes::leave_to_exchange(std::size_t die)
{
  // Prefill exchanges by SDMA too, decode's cores write by themselves.
  const BytesPerSecond shared = die < first_decode_ ? die_rate_ : lanes_;
  const double left = std::clamp(ratio(shared - exchanging_[instance_of(die)], die_rate_), LaneUse::MostShare, 1.0);
  if (std::abs(left - left_to_copies_[die]) < RateStep)
    return;
  left_to_copies_[die] = left;
  engine_.set_rate(index_[static_cast<std::size_t>(Plane::Ub)], die, die_rate_ * left, die_rate_ * left);
}

// Blocks of a prompt come from many CPUs and go to all dies of an instance in turn; a hand-over is between two dies.
void Planes::count_on_lanes(const Control::Transfer& transfer, Seconds begin, Seconds end)
{
  const bool is_handover = std::max(transfer.from, transfer.to) < first_cpu_;
  for (const auto& [endpoint, direction] :
       {std::pair{transfer.from, LaneDirection::Out}, std::pair{transfer.to, LaneDirection::In}}) {
    if (endpoint >= first_cpu_)
      continue;
    LaneUse& use = lane_use_[instance_of(endpoint)];
    if (is_handover)
      use.on_one_die(direction, transfer.amount, begin, end);
    else
      use.spread(direction, transfer.amount);
  }
}

}  // namespace cm::workloads
