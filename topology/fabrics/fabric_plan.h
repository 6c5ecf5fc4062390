// A fabric as chips and cables: the form that every kind of fabric is brought into. It is counted, checked, drawn,
// named and turned into ports from here.
//
// Vertices are numbered: the endpoints of the site first, then the chips of the plan.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cm::topology {

// What a fabric joins. Endpoints are all dies of a machine, then all its CPUs, both node by node.
struct FabricSite {
  std::uint32_t nodes = 0;
  std::uint32_t dies_per_node = 0;
  std::uint32_t cpus_per_node = 0;

  [[nodiscard]] std::uint32_t dies() const { return nodes * dies_per_node; }
  [[nodiscard]] std::uint32_t endpoints() const { return nodes * (dies_per_node + cpus_per_node); }
  [[nodiscard]] std::uint32_t node_of(std::uint32_t endpoint) const
  {
    return endpoint < dies() ? endpoint / dies_per_node : (endpoint - dies()) / cpus_per_node;
  }
  // CPU `cpu` of a node, as an endpoint.
  [[nodiscard]] std::uint32_t cpu(std::uint32_t node, std::uint32_t cpu) const
  {
    return dies() + node * cpus_per_node + cpu;
  }

  friend bool operator==(const FabricSite&, const FabricSite&) = default;
};

struct FabricChip {
  std::string name;        // unique: "leaf:4"
  std::uint32_t tier = 0;  // among those of the plan; higher ones stand farther from the endpoints
  // What the names of ports call it: "node 4 sub-plane 3". Empty: its name.
  std::string title{};
  std::optional<std::uint32_t> node{};  // that it stands in

  friend bool operator==(const FabricChip&, const FabricChip&) = default;
};

inline constexpr std::uint32_t NoLane = ~std::uint32_t{0};
inline constexpr std::uint32_t NoGroup = ~std::uint32_t{0};

// Both directions. `from` is the end nearer to the endpoints, or either where both are as near.
struct FabricCable {
  std::uint32_t from = 0;  // vertices
  std::uint32_t to = 0;
  BytesPerSecond rate;          // each way
  std::uint8_t stage = 0;       // of the port at `from`, as in sim::fabric::PortEnds
  std::uint8_t back_stage = 0;  // of the port at `to`
  // Which of its lanes it is to an endpoint that stands at this end.
  std::uint32_t from_lane = NoLane;
  std::uint32_t to_lane = NoLane;
  std::uint32_t number = 0;          // among the cables between these two
  std::uint32_t group = NoGroup;     // of FabricPlan::groups that it belongs to
  std::optional<Seconds> latency{};  // of each of its ports that leaves no endpoint; empty: as all of the fabric

  friend bool operator==(const FabricCable&, const FabricCable&) = default;
};

struct FabricCounts {
  std::vector<std::uint64_t> chips{};  // [tier]
  std::uint64_t cables = 0;

  // A port for each direction of a cable.
  [[nodiscard]] std::uint64_t ports() const { return 2 * cables; }

  friend bool operator==(const FabricCounts&, const FabricCounts&) = default;
};

struct FabricPlan {
  std::string kind;  // name of its FabricKind
  FabricSite site;
  std::vector<std::string> tiers{};   // [tier]: what its chips are called, in the plural: "leaf chips"
  std::vector<std::string> lanes{};   // [lane] of an endpoint: "rail 3"
  std::vector<std::string> groups{};  // parts that are more than a chip: "rail:3"
  std::vector<FabricChip> chips{};
  std::vector<FabricCable> cables{};
  bool joins_nodes = true;  // else each node has a part of its own, from which none leads out
  // As in sim::fabric::SwitchGraph.
  bool endpoints_forward = false;
  bool every_order = false;
  std::uint32_t levels = 1;
  std::uint32_t ways = 1;
  // Arithmetic of the kind on its numbers, which the chips and cables must agree with.
  FabricCounts expected{};

  [[nodiscard]] std::uint32_t vertices() const { return site.endpoints() + static_cast<std::uint32_t>(chips.size()); }
  [[nodiscard]] bool is_endpoint(std::uint32_t vertex) const { return vertex < site.endpoints(); }
  // False where the keys of the fabric could not be read.
  [[nodiscard]] bool is_complete() const { return !lanes.empty(); }

  // Vertex of the new chip.
  std::uint32_t add_chip(FabricChip chip);

  friend bool operator==(const FabricPlan&, const FabricPlan&) = default;
};

// Ways behind a lane of an endpoint, by how many ports a packet has to choose from at each chip: 65536 for more, so
// many are enough to spread packets of a seed or a pair over.
std::uint32_t count_ways(std::span<const std::uint32_t> choices);

// As found among the chips and cables.
FabricCounts count_fabric(const FabricPlan& plan);

// Whether every endpoint that has lanes reaches every other one that is to be reached over them: of all nodes, or of
// its own where the fabric joins none.
bool every_pair_reachable(const FabricPlan& plan);

// Rate of all lanes of an endpoint together, one way.
BytesPerSecond lanes_rate(const FabricPlan& plan, std::uint32_t endpoint);

// Links of switch chips, and of endpoints that forward, on the longest of the shortest ways between two endpoints: what
// a latency of one link counts for. `between_nodes`: of ways to other nodes, else of ways inside one; 1 when there are
// no such ways. Looks at the ways from the first die.
std::uint32_t longest_way(const FabricPlan& plan, bool between_nodes);

// The same fabric in each of `nodes` nodes; `plan` is that of one. A chip "leaf:4" becomes "leaf:NODE.4".
FabricPlan repeat_in_nodes(const FabricPlan& plan, std::uint32_t nodes);

}  // namespace cm::topology
