#include "models/network/fabric_use.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;

namespace {

using Names = std::vector<std::string>;

constexpr FabricUse Everything{.asks_for_data = true,
                               .sends_small_pieces = true,
                               .waits_for_writes = true,
                               .sets_flags = true,
                               .reports_queues = true};

std::vector<sim::config::UnusedKey> unused(const MachineSpec& machine, const FabricUse& use)
{
  std::vector<sim::config::UnusedKey> keys;
  add_unused_fabric_keys(machine, use, keys);
  return keys;
}

Names names(const MachineSpec& machine, const FabricUse& use)
{
  Names names;
  for (const auto& key : unused(machine, use))
    names.push_back(key.path);
  return names;
}

}  // namespace

TEST_CASE("a run that does everything uses every key of its packet plane")
{
  CHECK(names(tests::small_machine(), Everything).empty());
}

TEST_CASE("traffic that only moves data uses no flags, acknowledgements, control packets or buffers")
{
  MachineSpec machine = tests::small_machine();
  CHECK(names(machine, {}) ==
        Names{"machine.ub.flags", "machine.ub.acknowledgements", "machine.ub.control_packet", "machine.ub.buffer"});
  machine.ub.flow_control = sim::fabric::FlowControl::Credits;
  machine.ub.section = "machine.rdma.fabric";
  CHECK(names(machine, {}) == Names{"machine.rdma.fabric.flags", "machine.rdma.fabric.acknowledgements",
                                    "machine.rdma.fabric.control_packet"});
}

TEST_CASE("flags and acknowledgements use control packets only where they are packets")
{
  MachineSpec machine = tests::small_machine();
  const FabricUse use{.waits_for_writes = true, .sets_flags = true, .reports_queues = true};
  CHECK(names(machine, use) == Names{"machine.ub.control_packet"});
  machine.ub.flags = FlagModel::Packets;
  CHECK(names(machine, use).empty());
  machine.ub.flags = FlagModel::Latency;
  machine.ub.acknowledgements = sim::fabric::Acknowledgement::Packets;
  CHECK(names(machine, use).empty());
  // Nobody waits for the one or sets the other.
  machine.ub.flags = FlagModel::Packets;
  CHECK(names(machine, {.reports_queues = true}) ==
        Names{"machine.ub.flags", "machine.ub.acknowledgements", "machine.ub.control_packet"});
}

TEST_CASE("traffic inside a node uses no second tier, and one lane leaves nothing to choose")
{
  MachineSpec machine = tests::small_machine();
  machine.topology.sub_planes = 1;
  FabricUse use = Everything;
  use.between_nodes = false;
  const auto keys = unused(machine, use);
  CHECK(names(machine, use) == Names{"machine.ub.uplink_bandwidth", "machine.ub.internode_traversals",
                                     "machine.ub.internode_cost", "machine.ub.l2_choice", "workload.l2_choice",
                                     "machine.ub.sub_plane_choice", "workload.sub_plane_choice"});
  CHECK(keys.front().reason == "all traffic stays in one node");
  CHECK(keys.back().reason == "there is one sub-plane");
}

TEST_CASE("flows use nothing that packets need")
{
  MachineSpec machine = tests::small_machine();
  machine.ub.model = UbModel::Flow;
  CHECK(names(machine, Everything) == Names{"machine.ub.mtu", "machine.ub.frame_overhead", "machine.ub.buffer",
                                            "machine.ub.control_packet", "machine.ub.uplink_bandwidth",
                                            "machine.ub.forwarding", "machine.ub.flow_control", "machine.ub.flags",
                                            "machine.ub.acknowledgements", "machine.ub.sub_plane_choice",
                                            "workload.sub_plane_choice", "machine.ub.l2_choice", "workload.l2_choice"});
  CHECK(unused(machine, Everything).front().reason == "machine.ub.model: flow simulates no packets");
}
