// Tree of PCIe switches, or of any that have one way up: the chips of a level join some devices of the level below.
// Several roots, such as the sockets of a host, are joined by links between each two (UPI).
//
// Ways go up, across the roots and down again, so no wait for credits is circular. With three roots or more a detour
// may cross two links between roots, on the next virtual lane.
#include "topology/fabrics/fabric_keys.h"
#include "topology/fabrics/fabric_kinds.h"
#include "topology/fabrics/port_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cm::topology {
namespace {

using sim::config::Reader;

constexpr std::size_t MostLevels = 8;
constexpr std::string_view LevelsSentence = "levels of switches from the dies up: {fan_out, bandwidth} each";

// Links of one device to the chip above, or of one root to another.
struct Trunk {
  BytesPerSecond rate;  // each
  std::uint32_t links = 1;
  Seconds latency;  // zero: as all of the fabric
};

struct Level {
  std::uint32_t fan_out = 0;  // devices below a chip
  Trunk trunk;                // to each of them
};

struct Tree {
  std::vector<Level> levels;  // from the dies up
  std::optional<Trunk> peers;
  BytesPerSecond cpu;  // a root to a CPU; zero: CPUs are not on it
};

std::uint64_t divided_up(std::uint64_t a, std::uint64_t b)
{
  return (a + b - 1) / b;
}

// [level]: its chips.
std::vector<std::uint64_t> chips_of(const Tree& tree, const FabricSite& site)
{
  std::vector<std::uint64_t> chips;
  std::uint64_t below = site.dies();
  for (const Level& level : tree.levels)
    below = chips.emplace_back(divided_up(below, level.fan_out));
  return chips;
}

// Ports side by side on the longest way, behind the lane of its source: up, across and down to the lanes of another
// die.
std::vector<std::uint32_t> choices_of(const Tree& tree)
{
  std::vector<std::uint32_t> choices{tree.peers ? tree.peers->links : 1, tree.levels.front().trunk.links};
  for (std::size_t level = 1; level < tree.levels.size(); ++level)
    choices.insert(choices.end(), 2, tree.levels[level].trunk.links);
  return choices;
}

FabricCounts counts_of(const Tree& tree, const FabricSite& site)
{
  FabricCounts counts{.chips = chips_of(tree, site)};
  std::uint64_t below = site.dies();
  for (std::size_t level = 0; level < tree.levels.size(); ++level) {
    counts.cables += below * tree.levels[level].trunk.links;
    below = counts.chips[level];
  }
  if (tree.peers)
    counts.cables += below * (below - 1) / 2 * tree.peers->links;
  if (tree.cpu.count() > 0)
    counts.cables += site.endpoints() - site.dies();
  return counts;
}

void read_trunk(Reader& reader, Trunk& trunk)
{
  read_rate(reader, "bandwidth", "one link, one way", trunk.rate);
  int links = 1;
  reader.optional({"links", "links side by side", 1, 255}, links);
  trunk.links = static_cast<std::uint32_t>(links);
  reader.optional({"latency", "of a link and the chip before it; 0: as traversal_latency", 0.0, 1e-3}, trunk.latency);
}

Tree read_tree(Reader& fabric)
{
  Tree tree;
  for (Reader& level : fabric.sections({"levels", LevelsSentence}, true)) {
    Level& read = tree.levels.emplace_back();
    read_count(level, {"fan_out", "dies, or chips of the level below, that a chip joins", 1, 4096}, read.fan_out);
    read_trunk(level, read.trunk);
    level.finish();
  }
  if (const auto* const levels = fabric.value({"levels", LevelsSentence}, false);
      levels != nullptr && levels->kind == sim::config::Value::Kind::List && levels->items.empty())
    fabric.complain("levels", "expected at least one level, found none");
  const bool has_peers = fabric.has("peers");
  Reader peers = fabric.optional_section({"peers", "links between each two roots, where there are several"});
  Trunk trunk;
  if (has_peers)
    read_trunk(peers, trunk);
  peers.finish();
  if (has_peers)
    tree.peers = trunk;
  tree.cpu = read_cpu_rate(fabric);
  return tree;
}

class TreePlanner {
 public:
  TreePlanner(const Tree& tree, const FabricSite& site) : tree_(tree), chips_(chips_of(tree, site))
  {
    plan_.kind = "tree";
    plan_.site = site;
    plan_.levels = tree.peers && chips_.back() > 2 ? 2 : 1;
    plan_.ways = count_ways(choices_of(tree));
    plan_.expected = counts_of(tree, site);
    for (std::uint32_t lane = 0; lane < tree.levels.front().trunk.links; ++lane)
      plan_.lanes.push_back(fmt::format("lane {}", lane));
  }

  FabricPlan plan()
  {
    std::uint32_t first = 0;  // vertex of the level below
    std::uint64_t count = plan_.site.dies();
    for (std::uint32_t level = 0; level < chips_.size(); ++level) {
      const std::uint32_t chips = add_chips(level);
      for (std::uint32_t device = 0; device < count; ++device)
        add_links(tree_.levels[level].trunk, first + device, chips + device / tree_.levels[level].fan_out, level);
      first = chips;
      count = chips_[level];
    }
    add_peers(first);
    add_cpus(first);
    return std::move(plan_);
  }

 private:
  [[nodiscard]] std::uint32_t top() const { return static_cast<std::uint32_t>(chips_.size()); }

  std::uint32_t add_chips(std::uint32_t level)
  {
    const bool is_root = level + 1 == top();
    plan_.tiers.push_back(is_root ? "roots" : fmt::format("switch chips of level {}", level));
    const std::uint32_t first = plan_.vertices();
    for (std::uint32_t chip = 0; chip < chips_[level]; ++chip)
      plan_.add_chip(
          {.name = is_root ? fmt::format("root:{}", chip) : fmt::format("switch:{}.{}", level, chip), .tier = level});
    return first;
  }

  void add_links(const Trunk& trunk, std::uint32_t lower, std::uint32_t upper, std::uint32_t stage)
  {
    for (std::uint32_t link = 0; link < trunk.links; ++link) {
      FabricCable cable{.from = lower,
                        .to = upper,
                        .rate = trunk.rate,
                        .stage = static_cast<std::uint8_t>(stage),
                        .back_stage = static_cast<std::uint8_t>(2 * top() - stage),
                        .from_lane = plan_.is_endpoint(lower) ? link : NoLane,
                        .number = link};
      if (trunk.latency.count() > 0)
        cable.latency = trunk.latency;
      plan_.cables.push_back(cable);
    }
  }

  void add_peers(std::uint32_t first_root)
  {
    const auto roots = static_cast<std::uint32_t>(chips_.back());
    for (std::uint32_t root = 0; root < roots && tree_.peers; ++root)
      for (std::uint32_t other = root + 1; other < roots; ++other)
        add_links(*tree_.peers, first_root + root, first_root + other, top());
  }

  // CPUs stand at the roots in their order, as sockets do.
  void add_cpus(std::uint32_t first_root)
  {
    const FabricSite& site = plan_.site;
    const std::uint32_t cpus = tree_.cpu.count() > 0 ? site.endpoints() - site.dies() : 0;
    for (std::uint32_t cpu = 0; cpu < cpus; ++cpu)
      add_links({.rate = tree_.cpu, .links = 1, .latency = Seconds(0)}, site.dies() + cpu,
                first_root + static_cast<std::uint32_t>(cpu * chips_.back() / cpus), 0);
  }

  Tree tree_;
  std::vector<std::uint64_t> chips_;
  FabricPlan plan_;
};

bool is_read(const Tree& tree)
{
  const auto has_numbers = [](const Level& level) { return level.fan_out > 0 && level.trunk.rate.count() > 0; };
  return !tree.levels.empty() && std::ranges::all_of(tree.levels, has_numbers) &&
         (!tree.peers || tree.peers->rate.count() > 0);
}

// To other roots and to its CPUs, of the root that has most.
std::uint64_t links_of_root(const Tree& tree, const FabricSite& site)
{
  const std::uint64_t roots = chips_of(tree, site).back();
  const std::uint64_t cpus = tree.cpu.count() > 0 ? divided_up(site.endpoints() - site.dies(), roots) : 0;
  return cpus + (tree.peers ? (roots - 1) * tree.peers->links : 0);
}

void check_ports(Reader& fabric, const Tree& tree, const FabricSite& site)
{
  PortLimits limits(fabric);
  std::uint64_t widest = 0;
  for (std::size_t level = 0; level < tree.levels.size() && is_read(tree); ++level) {
    const Level& each = tree.levels[level];
    const bool is_root = level + 1 == tree.levels.size();
    const std::uint64_t up = is_root ? links_of_root(tree, site) : tree.levels[level + 1].trunk.links;
    widest = std::max(widest, std::uint64_t{each.fan_out} * each.trunk.links + up);
  }
  limits.check(
      "die", "ports of a die, one for each link; 0: not stated",
      {tree.levels.empty() ? 0 : tree.levels.front().trunk.links, "links of a die", "a die has one port for each"},
      {fabric, {"levels"}});
  limits.check("switch", "ports of a switch chip or a root; 0: not stated",
               {widest, "links of a switch chip", "it has one port for each"}, {fabric, {"levels"}});
  limits.finish();
}

FabricPlan read(Reader& fabric, const FabricSite& site)
{
  const Tree tree = read_tree(fabric);
  check_ports(fabric, tree, site);
  if (!is_read(tree))
    return {};
  if (tree.levels.size() > MostLevels) {
    fabric.complain("levels", fmt::format("expected at most {} levels, found {}", MostLevels, tree.levels.size()));
    return {};
  }
  if (const std::uint64_t roots = chips_of(tree, site).back(); roots > 1 && !tree.peers) {
    fabric.complain("levels", fmt::format("expected one root, or peers that join several, found {} roots", roots));
    return {};
  }
  const FabricCounts counts = counts_of(tree, site);
  return fits(fabric, "levels", counts, tree.levels.front().trunk.links) ? TreePlanner(tree, site).plan()
                                                                         : FabricPlan{};
}

constexpr std::array<FabricSample, 4> Samples{{
    {"PCIe switches below two sockets",
     {.nodes = 1, .dies_per_node = 8, .cpus_per_node = 2},
     "{levels: [{fan_out: 2, bandwidth: 4 GB/s}, {fan_out: 2, bandwidth: 4 GB/s}], "
     "peers: {bandwidth: 2 GB/s, links: 3}, cpu_bandwidth: 8 GB/s}"},
    {"four sockets",
     {.nodes = 1, .dies_per_node = 8, .cpus_per_node = 4},
     "{levels: [{fan_out: 2, bandwidth: 4 GB/s}], peers: {bandwidth: 2 GB/s, latency: 100 ns}}"},
    {"one root",
     {.nodes = 2, .dies_per_node = 3, .cpus_per_node = 0},
     "{levels: [{fan_out: 6, bandwidth: 4 GB/s, links: 2}]}"},
    {"three levels",
     {.nodes = 3, .dies_per_node = 4, .cpus_per_node = 1},
     "{levels: [{fan_out: 2, bandwidth: 4 GB/s}, {fan_out: 2, bandwidth: 8 GB/s}, {fan_out: 3, bandwidth: 8 GB/s}], "
     "cpu_bandwidth: 4 GB/s}"},
}};

}  // namespace

FabricKind tree_kind()
{
  return {"tree", "levels of switches with one way up, whose roots may be sockets joined by links", read, Samples};
}

}  // namespace cm::topology
