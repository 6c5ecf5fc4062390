#include "workloads/collective/collective_flows.h"

#include "sim/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

struct FlowStep {
  std::vector<sim::engine::Control::Transfer> transfers;
  Bytes memory_traffic;  // of the busiest die
  Bytes largest;         // message
};

std::vector<FlowStep> steps_of(const models::CollectivePlan& plan)
{
  std::vector<FlowStep> steps(plan.steps);
  for (std::size_t rank = 0; rank < plan.ranks.size(); ++rank) {
    for (const models::PlannedMessage& message : plan.ranks[rank].messages) {
      FlowStep& step = steps[message.step];
      step.transfers.push_back({rank, message.to, message.bytes});
      step.largest = std::max(step.largest, message.bytes);
    }
    for (const models::Reduction& each : plan.ranks[rank].reductions)
      steps[each.step].memory_traffic = std::max(steps[each.step].memory_traffic, each.memory_traffic());
  }
  return steps;
}

}  // namespace

BytesPerSecond engine_rate(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                           const models::MachineSpec& machine)
{
  const bool is_one_node = plan.ranks.size() <= machine.topology.dies_per_node();
  const auto ranks = static_cast<std::uint32_t>(plan.ranks.size());
  const models::CopyChannels& channels = protocol.channels;
  // Channels of all peers together; the limit of a single pair among several is beyond a star of endpoints.
  const BytesPerSecond copies =
      channels.limit() ? std::min(protocol.rate, channels.pair_rate(ranks) * (ranks - 1.0)) : protocol.rate;
  return copies / (is_one_node ? 1.0 : 1.0 + machine.ub.internode_cost);
}

Seconds run_collective_on_flows(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                                const models::MachineSpec& machine)
{
  const auto& topology = machine.topology;
  const bool is_one_node = plan.ranks.size() <= topology.dies_per_node();
  const BytesPerSecond lanes = models::all_lanes(machine);
  const auto ranks = static_cast<std::uint32_t>(plan.ranks.size());
  const BytesPerSecond engine = engine_rate(plan, protocol, machine);
  sim::engine::StarPlaneSpec star{.name = "ub",
                                  .endpoints = {},
                                  .latency = machine.ub.traversal +
                                             (is_one_node ? Seconds(0) : machine.ub.extra_traversals())};
  for (std::size_t rank = 0; rank < plan.ranks.size(); ++rank)
    star.endpoints.push_back({fmt::format("rank:{}", rank), std::min(lanes, engine), lanes});
  const std::vector<FlowStep> steps = steps_of(plan);
  sim::engine::Engine simgrid;
  const std::size_t plane = simgrid.add_plane(star);
  Seconds end;
  simgrid.spawn("collective", [&](sim::engine::Control& control) {
    control.sleep(protocol.launch);
    for (const FlowStep& step : steps) {
      control.transfer_all(plane, step.transfers);
      control.sleep(protocol.step + protocol.channels.drain_time(step.largest, ranks) +
                    step.memory_traffic / machine.die.usable_hbm_bandwidth());
    }
    end = control.now();
  });
  simgrid.run();
  return end;
}

}  // namespace cm::workloads
