#include "models/network/fabric_use.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace cm::models {
namespace {

using sim::config::UnusedKey;

class UnusedFabricKeys {
 public:
  UnusedFabricKeys(const UbSpec& ub, std::vector<UnusedKey>& keys) : ub_(ub), keys_(keys) {}

  void add(std::initializer_list<std::string_view> names, const std::string& reason)
  {
    for (const std::string_view name : names)
      keys_.push_back({ub_.key(name), reason});
  }

  // A policy that a workload may choose for itself.
  void add_policy(std::string_view name, const std::string& reason)
  {
    add({name}, reason);
    keys_.push_back({"workload." + std::string(name), reason, true});
  }

 private:
  const UbSpec& ub_;
  std::vector<UnusedKey>& keys_;
};

}  // namespace

void add_unused_fabric_keys(const MachineSpec& machine, const FabricUse& use, std::vector<UnusedKey>& unused)
{
  // What is said of cards holds for all keys of the packet plane.
  if (machine.cards)
    return;
  const UbSpec& ub = machine.ub;
  UnusedFabricKeys keys(ub, unused);
  if (ub.model == UbModel::Flow) {
    const std::string reason = fmt::format("{}: flow simulates no packets", ub.key("model"));
    keys.add({"mtu", "frame_overhead", "buffer", "control_packet", "uplink_bandwidth", "forwarding", "flow_control",
              "flags", "acknowledgements"},
             reason);
    keys.add_policy("sub_plane_choice", reason);
    keys.add_policy("l2_choice", reason);
    return;
  }
  if (!use.between_nodes) {
    const std::string reason = "all traffic stays in one node";
    keys.add({"uplink_bandwidth", "internode_traversals", "internode_cost"}, reason);
    keys.add_policy("l2_choice", reason);
  }
  if (!use.sets_flags)
    keys.add({"flags"}, "no flags are set");
  if (!use.waits_for_writes)
    keys.add({"acknowledgements"}, "nothing waits for an acknowledgement");
  const bool has_control_packets =
      use.asks_for_data || use.sends_small_pieces || (use.sets_flags && ub.flags == FlagModel::Packets) ||
      (use.waits_for_writes && ub.acknowledgements == sim::fabric::Acknowledgement::Packets);
  if (!has_control_packets)
    keys.add({"control_packet"}, "there are no requests, and flags and acknowledgements are no packets");
  if (!use.reports_queues && ub.flow_control == sim::fabric::FlowControl::None)
    keys.add({"buffer"}, fmt::format("{}: none has no buffers", ub.key("flow_control")));
  if (machine.topology.lanes() == 1)
    keys.add_policy("sub_plane_choice", "there is one sub-plane");
}

}  // namespace cm::models
