// The UB plane as a machine file describes it, beyond its structure: latencies, packet rules and assumptions.
#pragma once

#include "models/network/service_classes.h"
#include "sim/config/reader.h"
#include "sim/fabric/flow.h"
#include "sim/fabric/routing_policies.h"
#include "sim/units/quantity.h"

#include <string>
#include <string_view>
#include <vector>

namespace cm::models {

enum class UbModel { Packet, Flow };
enum class WriteLimit { Engine, Lane };
enum class FlagModel { Latency, Packets };

// Latency of one access = base of the target's kind (+ write_extra) + the traversals of the way there and back.
struct AccessSpec {
  Seconds npu_base;  // issue, memory and completion when the target is a die
  Seconds cpu_base;  // the same when the target is a CPU's DRAM
  Seconds write_extra;

  friend bool operator==(const AccessSpec&, const AccessSpec&) = default;
};

struct UbSpec {
  UbModel model = UbModel::Packet;
  WriteLimit write_limit = WriteLimit::Engine;
  FlagModel flags = FlagModel::Latency;
  sim::fabric::FlowControl flow_control = sim::fabric::FlowControl::None;
  sim::fabric::Forwarding forwarding = sim::fabric::Forwarding::CutThrough;
  sim::fabric::Acknowledgement acknowledgements = sim::fabric::Acknowledgement::Latency;
  sim::fabric::LaneChoice lane_choice = sim::fabric::LaneChoice::Spray;
  sim::fabric::SpineChoice spine_choice = sim::fabric::SpineChoice::Spray;
  Bytes mtu;
  Bytes frame_overhead;
  double payload_share = 1;  // share of a port's rate; the rest is framing inside packets
  Bytes buffer;              // per port
  Bytes control_packet;      // flags, requests, acknowledgements
  Seconds traversal;         // one switch chip and the link behind it
  int internode_traversals = 3;
  double internode_cost = 0;  // extra share of engine time that a packet between nodes takes
  // Where another fabric joins the nodes: time by which a way over it is longer, one way, than one inside a node. The
  // traversals above are those of a way inside then.
  Seconds beyond_node{0};
  AccessSpec access;
  TrafficClassesSpec traffic;
  // Where these keys stand, for messages that name one: "machine.rdma.fabric" on a machine of another packet plane.
  std::string section = "machine.ub";

  // The full name of one of these keys.
  [[nodiscard]] std::string key(std::string_view name) const { return section + "." + std::string(name); }

  // Time by which the way between nodes is longer than the way inside one, in one direction.
  [[nodiscard]] Seconds extra_traversals() const { return traversal * (internode_traversals - 1.0) + beyond_node; }

  friend bool operator==(const UbSpec&, const UbSpec&) = default;
};

// Reads the keys of `machine.ub` that are not structure; finish() is the caller's. The traversals of a way between
// nodes are read of a Clos alone: ways of other kinds follow from the fabric.
UbSpec read_ub(sim::config::Reader& ub);

// The policies that a workload may choose for itself; `spec` holds the machine's on entry.
void read_policy_choices(sim::config::Reader& workload, UbSpec& spec);

// The fabric's policies for lanes under the names that configurations know.
std::vector<sim::fabric::LanePolicy> lane_words();

// Policy that the fabric gets from the spec. `seed` moves the random starts of the spray.
sim::fabric::FabricPolicy fabric_policy(const UbSpec& spec, std::uint64_t seed);

}  // namespace cm::models
