// Fat tree of two or three tiers: leaf, spine and, with three, core chips. A leaf is linked to every spine of its pod,
// spine s of a pod to all cores of group s. With rails an endpoint's traffic enters by one of several leaves: with one
// lane to each of them, or a node's dies dealt to them by number (rail-optimised trees of GPU clusters).
//
// Ways go up and then down, so no wait for credits is circular; a detour around a failure may go up a second time, on
// the next virtual lane.
#include "topology/fabrics/fabric_keys.h"
#include "topology/fabrics/fabric_kinds.h"
#include "topology/fabrics/port_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cm::topology {
namespace {

using sim::config::Reader;

constexpr double MostPorts = 4096;

struct FatTree {
  bool has_core = false;
  // Ports of a chip of each tier below the top, towards the endpoints and away from them.
  std::array<std::uint32_t, 2> down{};
  std::array<std::uint32_t, 2> up{};
  std::uint32_t radix = 0;  // of every chip; 0: not stated
  std::uint32_t rails = 1;
  bool is_lane_a_rail = true;  // else a node's endpoints are dealt to the rails
  BytesPerSecond lane;
  BytesPerSecond leaf_up;
  BytesPerSecond spine_up;
  BytesPerSecond cpu;  // all lanes together; zero: CPUs are not on it

  [[nodiscard]] std::uint32_t lanes() const { return is_lane_a_rail ? rails : 1; }
};

// Sizes that follow from the shape and the site.
struct Sizes {
  std::uint32_t of_node = 0;  // endpoints
  std::uint32_t nodes_per_leaf = 0;
  std::uint64_t blocks = 0;  // of as many leaves as there are rails, which serve the same nodes
  std::uint64_t blocks_per_pod = 0;
  std::uint64_t pods = 0;

  [[nodiscard]] bool is_complete() const { return nodes_per_leaf > 0 && blocks_per_pod > 0; }
};

std::uint64_t divided_up(std::uint64_t a, std::uint64_t b)
{
  return (a + b - 1) / b;
}

Sizes sizes_of(const FatTree& tree, const FabricSite& site)
{
  Sizes sizes{.of_node = site.dies_per_node + (tree.cpu.count() > 0 ? site.cpus_per_node : 0)};
  const std::uint64_t ports = tree.is_lane_a_rail ? sizes.of_node : divided_up(sizes.of_node, tree.rails);
  sizes.nodes_per_leaf = ports > 0 ? static_cast<std::uint32_t>(tree.down[0] / ports) : 0;
  if (sizes.nodes_per_leaf == 0)
    return sizes;
  sizes.blocks = divided_up(site.nodes, sizes.nodes_per_leaf);
  sizes.blocks_per_pod = tree.has_core ? tree.down[1] / tree.rails : sizes.blocks;
  sizes.pods = sizes.blocks_per_pod > 0 ? divided_up(sizes.blocks, sizes.blocks_per_pod) : 0;
  return sizes;
}

FabricCounts counts_of(const FatTree& tree, const FabricSite& site, const Sizes& sizes)
{
  const std::uint64_t leaves = sizes.blocks * tree.rails;
  const std::uint64_t spines = sizes.pods * tree.up[0];
  FabricCounts counts{.chips = {leaves, spines},
                      .cables = std::uint64_t{sizes.of_node} * site.nodes * tree.lanes() + leaves * tree.up[0]};
  if (tree.has_core) {
    counts.chips.push_back(std::uint64_t{tree.up[0]} * tree.up[1]);
    counts.cables += spines * tree.up[1];
  }
  return counts;
}

// As they stand below `down` and `up`; empty where they do not.
struct StatedPorts {
  std::vector<std::uint32_t> down{};
  std::vector<std::uint32_t> up{};

  [[nodiscard]] bool is_any() const { return !down.empty() || !up.empty(); }
  [[nodiscard]] bool is_for(std::size_t tiers) const { return down.size() == tiers && up.size() == tiers; }
};

// Ports down and up of a chip of tier `tier`: as stated, or from the radix.
void split_ports(Reader& fabric, std::size_t tier, const StatedPorts& stated, FatTree& tree)
{
  double oversubscription = 1;
  const std::array<std::string_view, 2> names{"oversubscription", "spine_oversubscription"};
  const std::array<std::string_view, 2> sentences{
      "ports of a leaf towards the endpoints, over those to the spines; splits the radix",
      "ports of a spine towards the leaves, over those to the cores; splits the radix"};
  fabric.optional({names.at(tier), sentences.at(tier), 0.1, 100.0}, oversubscription);
  const bool is_split_stated = fabric.has(names.at(tier));
  if (stated.is_any()) {
    if (is_split_stated)
      fabric.complain(names.at(tier),
                      "it splits the radix, but down and up state the ports: expected one or the other");
    if (tier < stated.down.size() && tier < stated.up.size()) {
      tree.down.at(tier) = stated.down[tier];
      tree.up.at(tier) = stated.up[tier];
    }
    return;
  }
  const double share = oversubscription / (1 + oversubscription);
  tree.down.at(tier) = static_cast<std::uint32_t>(std::floor(tree.radix * share + 1e-9));
  tree.up.at(tier) = tree.radix - tree.down.at(tier);
  if (tree.radix > 0 && (tree.down.at(tier) == 0 || tree.up.at(tier) == 0))
    fabric.complain(is_split_stated ? names.at(tier) : "radix",
                    fmt::format("a chip of {} ports has {} down and {} up then: expected at least one of each",
                                tree.radix, tree.down.at(tier), tree.up.at(tier)));
}

void check_stated_ports(Reader& fabric, const StatedPorts& stated, std::size_t tiers, std::uint32_t radix)
{
  if (!stated.is_any() && radix == 0)
    fabric.complain("radix", fmt::format("expected a radix, or {} numbers of ports each below down and up", tiers));
  else if (stated.is_any() && !stated.is_for(tiers))
    fabric.complain(stated.down.empty() ? "up" : "down",
                    fmt::format("expected {} numbers each below down and up, found {} and {}", tiers,
                                stated.down.size(), stated.up.size()));
  for (std::size_t tier = 0; tier < tiers && radix > 0 && stated.is_for(tiers); ++tier)
    if (stated.down[tier] + stated.up[tier] > radix)
      fabric.complain("down", fmt::format("expected at most {} ports of a chip, down and up (radix), found {} and {}",
                                          radix, stated.down[tier], stated.up[tier]));
}

void read_chips(Reader& fabric, FatTree& tree)
{
  int radix = 0;
  fabric.optional(
      {"radix", "ports of every switch chip; splits into ports down and up where these are not stated", 0, MostPorts},
      radix);
  tree.radix = static_cast<std::uint32_t>(radix);
  StatedPorts stated;
  fabric.counts({"down", "ports towards the endpoints of a leaf and, with three tiers, of a spine", 1, MostPorts},
                stated.down, false);
  fabric.counts({"up", "ports away from the endpoints of a leaf and, with three tiers, of a spine", 1, MostPorts},
                stated.up, false);
  const std::size_t tiers = tree.has_core ? 2 : 1;
  for (std::size_t tier = 0; tier < tiers; ++tier)
    split_ports(fabric, tier, stated, tree);
  check_stated_ports(fabric, stated, tiers, tree.radix);
}

FatTree read_tree(Reader& fabric)
{
  FatTree tree;
  fabric.choice({"tiers", "tiers of switches: leaves and spines, or cores above them too"}, tree.has_core,
                {{"2", false}, {"3", true}});
  read_chips(fabric, tree);
  int rails = 1;
  fabric.optional({"rails", "leaves side by side that share the traffic of the same nodes", 1, 255}, rails);
  tree.rails = static_cast<std::uint32_t>(rails);
  fabric.choice({"rail_by", "how traffic gets to a rail: each endpoint has a lane to each, or a node's dies are dealt"},
                tree.is_lane_a_rail, {{"lane", true}, {"die", false}});
  read_rate(fabric, "lane_bandwidth", "a die to a leaf, one way", tree.lane);
  read_rate(fabric, "uplink_bandwidth", "a leaf to a spine, one way", tree.leaf_up);
  tree.spine_up = tree.leaf_up;
  if (tree.has_core)
    read_optional_rate(fabric, "core_bandwidth", "a spine to a core, one way", tree.spine_up);
  tree.cpu = read_cpu_rate(fabric);
  return tree;
}

class TreePlanner {
 public:
  TreePlanner(const FatTree& tree, const FabricSite& site)
      : tree_(tree), sizes_(sizes_of(tree, site)), counts_(counts_of(tree, site, sizes_))
  {
    plan_.kind = "fat-tree";
    plan_.site = site;
    plan_.tiers = {"leaf chips", "spine chips"};
    if (tree.has_core)
      plan_.tiers.emplace_back("core chips");
    plan_.levels = 2;
    // Up, and down to one of the leaves that the destination has lanes to.
    plan_.ways = count_ways(std::array{tree.up[0], tree.has_core ? tree.up[1] : 1, tree.lanes()});
    plan_.expected = counts_;
  }

  FabricPlan plan()
  {
    name_lanes();
    add_chips();
    for (std::uint32_t endpoint = 0; endpoint < plan_.site.endpoints(); ++endpoint)
      if (endpoint < plan_.site.dies() || tree_.cpu.count() > 0)
        add_lanes(endpoint);
    for (std::uint32_t leaf = 0; leaf < counts_.chips[0]; ++leaf)
      for (std::uint32_t spine = 0; spine < tree_.up[0]; ++spine)
        add_trunk(leaf_vertex(leaf), spine_vertex(pod_of(leaf), spine), 1, tree_.leaf_up, group_of(leaf % tree_.rails));
    if (tree_.has_core)
      add_core_links();
    return std::move(plan_);
  }

 private:
  [[nodiscard]] std::uint32_t top_stage() const { return tree_.has_core ? 5 : 3; }
  [[nodiscard]] std::uint32_t group_of(std::uint32_t rail) const { return tree_.rails > 1 ? rail : NoGroup; }
  [[nodiscard]] std::uint32_t pod_of(std::uint32_t leaf) const
  {
    return static_cast<std::uint32_t>(leaf / tree_.rails / sizes_.blocks_per_pod);
  }
  [[nodiscard]] std::uint32_t leaf_vertex(std::uint32_t leaf) const { return plan_.site.endpoints() + leaf; }
  [[nodiscard]] std::uint32_t spine_vertex(std::uint32_t pod, std::uint32_t spine) const
  {
    return leaf_vertex(static_cast<std::uint32_t>(counts_.chips[0])) + pod * tree_.up[0] + spine;
  }
  [[nodiscard]] std::uint32_t core_vertex(std::uint32_t spine, std::uint32_t core) const
  {
    return spine_vertex(static_cast<std::uint32_t>(sizes_.pods), 0) + spine * tree_.up[1] + core;
  }

  void name_lanes()
  {
    const std::string_view word = tree_.rails > 1 && tree_.is_lane_a_rail ? "rail" : "lane";
    for (std::uint32_t lane = 0; lane < tree_.lanes(); ++lane)
      plan_.lanes.push_back(fmt::format("{} {}", word, lane));
    for (std::uint32_t rail = 0; rail < tree_.rails && tree_.rails > 1; ++rail)
      plan_.groups.push_back(fmt::format("rail:{}", rail));
  }

  void add_chips()
  {
    for (std::uint32_t leaf = 0; leaf < counts_.chips[0]; ++leaf)
      plan_.add_chip({tree_.rails > 1 ? fmt::format("leaf:{}.{}", leaf / tree_.rails, leaf % tree_.rails)
                                      : fmt::format("leaf:{}", leaf),
                      0});
    for (std::uint32_t pod = 0; pod < sizes_.pods; ++pod)
      for (std::uint32_t spine = 0; spine < tree_.up[0]; ++spine)
        plan_.add_chip({tree_.has_core ? fmt::format("spine:{}.{}", pod, spine) : fmt::format("spine:{}", spine), 1});
    for (std::uint32_t spine = 0; spine < tree_.up[0] && tree_.has_core; ++spine)
      for (std::uint32_t core = 0; core < tree_.up[1]; ++core)
        plan_.add_chip({fmt::format("core:{}.{}", spine, core), 2});
  }

  void add_lanes(std::uint32_t endpoint)
  {
    const FabricSite& site = plan_.site;
    const bool is_die = endpoint < site.dies();
    const std::uint32_t node = site.node_of(endpoint);
    const std::uint32_t block = node / sizes_.nodes_per_leaf;
    const std::uint32_t of_node =
        is_die ? endpoint % site.dies_per_node : site.dies_per_node + (endpoint - site.dies()) % site.cpus_per_node;
    for (std::uint32_t lane = 0; lane < tree_.lanes(); ++lane) {
      const std::uint32_t rail = tree_.is_lane_a_rail ? lane : of_node % tree_.rails;
      plan_.cables.push_back({.from = endpoint,
                              .to = leaf_vertex(block * tree_.rails + rail),
                              .rate = is_die ? tree_.lane : tree_.cpu / static_cast<double>(tree_.lanes()),
                              .stage = 0,
                              .back_stage = static_cast<std::uint8_t>(top_stage()),
                              .from_lane = lane,
                              .group = group_of(rail)});
    }
  }

  void add_trunk(std::uint32_t lower, std::uint32_t upper, std::uint32_t stage, BytesPerSecond rate,
                 std::uint32_t group)
  {
    plan_.cables.push_back({.from = lower,
                            .to = upper,
                            .rate = rate,
                            .stage = static_cast<std::uint8_t>(stage),
                            .back_stage = static_cast<std::uint8_t>(top_stage() - stage),
                            .group = group});
  }

  void add_core_links()
  {
    for (std::uint32_t pod = 0; pod < sizes_.pods; ++pod)
      for (std::uint32_t spine = 0; spine < tree_.up[0]; ++spine)
        for (std::uint32_t core = 0; core < tree_.up[1]; ++core)
          add_trunk(spine_vertex(pod, spine), core_vertex(spine, core), 2, tree_.spine_up, NoGroup);
  }

  FatTree tree_;
  Sizes sizes_;
  FabricCounts counts_;
  FabricPlan plan_;
};

void check_ports(Reader& fabric, const FatTree& tree, const Sizes& sizes)
{
  const std::uint64_t leaves = sizes.blocks * tree.rails;
  PortLimits limits(fabric);
  const BlamedKeys keys{fabric, {"radix", "down", "up"}};
  limits.check("die", "ports of a die, one to each of its leaves; 0: not stated",
               {tree.lanes(), "lanes of a die", "a die has one port for each"}, {fabric, {"rails"}});
  limits.check("leaf", "ports of a leaf chip; 0: not stated",
               {tree.down[0] + tree.up[0], "ports of a leaf chip, down and up", "it has as many"}, keys);
  limits.check("spine", "ports of a spine chip; 0: not stated",
               {tree.has_core ? tree.down[1] + tree.up[1] : leaves,
                tree.has_core ? "ports of a spine chip, down and up" : "leaf chips", "it has one port for each"},
               keys);
  if (tree.has_core)
    limits.check("core", "ports of a core chip; 0: not stated",
                 {sizes.pods, "pods", "a core chip has one port to each"}, keys);
  limits.finish();
  const std::uint64_t top = tree.has_core ? sizes.pods : leaves;
  if (tree.radix > 0 && top > tree.radix)
    fabric.complain("radix",
                    fmt::format("expected at least {} ports of a chip of the top tier, one to each {}, found {}", top,
                                tree.has_core ? "pod" : "leaf", tree.radix));
}

FabricPlan read(Reader& fabric, const FabricSite& site)
{
  const FatTree tree = read_tree(fabric);
  const Sizes sizes = sizes_of(tree, site);
  check_ports(fabric, tree, sizes);
  const bool has_chips = tree.down[0] > 0 && tree.up[0] > 0 && (!tree.has_core || (tree.down[1] > 0 && tree.up[1] > 0));
  if (!has_chips || site.dies() == 0 || tree.lane.count() <= 0 || tree.leaf_up.count() <= 0)
    return {};
  if (!sizes.is_complete()) {
    fabric.complain("rails", sizes.nodes_per_leaf == 0
                                 ? fmt::format("a leaf of {} ports down has too few for the {} endpoints of a node",
                                               tree.down[0], sizes.of_node)
                                 : fmt::format("a spine of {} ports down has too few for the leaves of {} rails",
                                               tree.down[1], tree.rails));
    return {};
  }
  if (!fits(fabric, "rails", counts_of(tree, site, sizes), tree.lanes()))
    return {};
  return TreePlanner(tree, site).plan();
}

constexpr std::array<FabricSample, 5> Samples{{
    {"two tiers by radix",
     {.nodes = 6, .dies_per_node = 1, .cpus_per_node = 1},
     "{tiers: 2, radix: 4, lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s}"},
    {"two tiers, oversubscribed, with CPUs",
     {.nodes = 4, .dies_per_node = 2, .cpus_per_node = 1},
     "{tiers: 2, radix: 8, oversubscription: 3, lane_bandwidth: 2 GB/s, uplink_bandwidth: 4 GB/s, "
     "cpu_bandwidth: 1 GB/s}"},
    {"a rail for each lane",
     {.nodes = 4, .dies_per_node = 2, .cpus_per_node = 0},
     "{tiers: 2, down: 4, up: 2, rails: 2, lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s}"},
    {"dies dealt to rails",
     {.nodes = 4, .dies_per_node = 4, .cpus_per_node = 0},
     "{tiers: 2, down: 4, up: 2, rails: 2, rail_by: die, lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s}"},
    {"three tiers",
     {.nodes = 8, .dies_per_node = 1, .cpus_per_node = 0},
     "{tiers: 3, down: [2, 2], up: [2, 2], lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s, core_bandwidth: 3 GB/s}"},
}};

}  // namespace

FabricKind fat_tree_kind()
{
  return {"fat-tree", "leaves and spines, or cores too, with rails and oversubscription", read, Samples};
}

}  // namespace cm::topology
