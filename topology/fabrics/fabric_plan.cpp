#include "topology/fabrics/fabric_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace cm::topology {
namespace {

constexpr std::uint32_t Unseen = ~std::uint32_t{0};
constexpr std::uint64_t MostWays = 1U << 16U;

using Neighbours = std::vector<std::vector<std::uint32_t>>;

Neighbours neighbours_of(const FabricPlan& plan)
{
  Neighbours neighbours(plan.vertices());
  for (const FabricCable& cable : plan.cables) {
    neighbours[cable.from].push_back(cable.to);
    neighbours[cable.to].push_back(cable.from);
  }
  return neighbours;
}

// [vertex]: links from the first endpoint, its own to a chip left out.
std::vector<std::uint32_t> links_from_first(const FabricPlan& plan)
{
  const Neighbours neighbours = neighbours_of(plan);
  std::vector<std::uint32_t> links(plan.vertices(), Unseen);
  std::deque<std::uint32_t> waiting{0};
  links.front() = 0;
  while (!waiting.empty()) {
    const std::uint32_t at = waiting.front();
    waiting.pop_front();
    if (at != 0 && plan.is_endpoint(at) && !plan.endpoints_forward)
      continue;
    for (const std::uint32_t next : neighbours[at])
      if (links[next] == Unseen) {
        links[next] = links[at] + (plan.is_endpoint(at) && !plan.is_endpoint(next) ? 0 : 1);
        waiting.push_back(next);
      }
  }
  return links;
}

// Sets of vertices that packets cross from one to another: chips, and endpoints where they forward.
class Islands {
 public:
  explicit Islands(const FabricPlan& plan) : parents_(plan.vertices())
  {
    std::iota(parents_.begin(), parents_.end(), 0U);
    for (const FabricCable& cable : plan.cables)
      if (plan.endpoints_forward || !plan.is_endpoint(cable.from))
        parents_[island(cable.from)] = island(cable.to);
  }

  [[nodiscard]] std::uint32_t island(std::uint32_t vertex)
  {
    while (parents_[vertex] != vertex) {
      parents_[vertex] = parents_[parents_[vertex]];
      vertex = parents_[vertex];
    }
    return vertex;
  }

 private:
  std::vector<std::uint32_t> parents_;
};

bool have_common(const std::set<std::uint32_t>& a, const std::set<std::uint32_t>& b)
{
  return std::ranges::any_of(a, [&](std::uint32_t each) { return b.contains(each); });
}

// An endpoint of a site of one node, in a site of several.
std::uint32_t endpoint_in(const FabricSite& site, std::uint32_t node, std::uint32_t endpoint)
{
  return endpoint < site.dies_per_node ? node * site.dies_per_node + endpoint
                                       : site.cpu(node, endpoint - site.dies_per_node);
}

}  // namespace

std::uint32_t FabricPlan::add_chip(FabricChip chip)
{
  chips.push_back(std::move(chip));
  return vertices() - 1;
}

std::uint32_t count_ways(std::span<const std::uint32_t> choices)
{
  std::uint64_t ways = 1;
  for (const std::uint32_t choice : choices)
    ways = std::min<std::uint64_t>(ways * choice, MostWays);
  return static_cast<std::uint32_t>(ways);
}

FabricCounts count_fabric(const FabricPlan& plan)
{
  FabricCounts counts{.chips = std::vector<std::uint64_t>(plan.tiers.size()), .cables = plan.cables.size()};
  for (const FabricChip& chip : plan.chips)
    ++counts.chips.at(chip.tier);
  return counts;
}

bool every_pair_reachable(const FabricPlan& plan)
{
  Islands islands(plan);
  std::vector<std::set<std::uint32_t>> reached(plan.site.endpoints());  // [endpoint]: islands that it has lanes to
  for (const FabricCable& cable : plan.cables) {
    if (plan.is_endpoint(cable.from))
      reached[cable.from].insert(islands.island(cable.to));
    if (plan.is_endpoint(cable.to))
      reached[cable.to].insert(islands.island(cable.from));
  }
  // The first endpoint of the node, or of the machine, stands for all: what two of them share with it may differ, but
  // not in a fabric that is built of equal lanes.
  std::vector<std::optional<std::uint32_t>> first(plan.joins_nodes ? 1 : plan.site.nodes);
  for (std::uint32_t endpoint = 0; endpoint < reached.size(); ++endpoint) {
    if (reached[endpoint].empty())
      continue;
    std::optional<std::uint32_t>& other = first[plan.joins_nodes ? 0 : plan.site.node_of(endpoint)];
    if (!other)
      other = endpoint;
    if (!have_common(reached[endpoint], reached[*other]))
      return false;
  }
  return true;
}

BytesPerSecond lanes_rate(const FabricPlan& plan, std::uint32_t endpoint)
{
  BytesPerSecond sum;
  for (const FabricCable& cable : plan.cables)
    if (cable.from == endpoint || cable.to == endpoint)
      sum += cable.rate;
  return sum;
}

std::uint32_t longest_way(const FabricPlan& plan, bool between_nodes)
{
  const std::vector<std::uint32_t> links = links_from_first(plan);
  std::uint32_t longest = 1;
  for (std::uint32_t endpoint = 1; endpoint < plan.site.dies(); ++endpoint)
    if ((plan.site.node_of(endpoint) != 0) == between_nodes && links[endpoint] != Unseen)
      longest = std::max(longest, links[endpoint]);
  return longest;
}

FabricPlan repeat_in_nodes(const FabricPlan& plan, std::uint32_t nodes)
{
  FabricPlan whole = plan;
  whole.site.nodes = nodes;
  whole.joins_nodes = false;
  whole.chips.clear();
  whole.cables.clear();
  const auto chips = static_cast<std::uint32_t>(plan.chips.size());
  for (std::uint32_t node = 0; node < nodes; ++node) {
    for (const FabricChip& chip : plan.chips) {
      const std::size_t colon = chip.name.find(':') + 1;
      whole.chips.push_back({.name = fmt::format("{}{}.{}", chip.name.substr(0, colon), node, chip.name.substr(colon)),
                             .tier = chip.tier,
                             .node = node});
    }
    const auto vertex_in = [&](std::uint32_t vertex) {
      return plan.is_endpoint(vertex) ? endpoint_in(whole.site, node, vertex)
                                      : whole.site.endpoints() + node * chips + vertex - plan.site.endpoints();
    };
    for (FabricCable cable : plan.cables) {
      cable.from = vertex_in(cable.from);
      cable.to = vertex_in(cable.to);
      whole.cables.push_back(cable);
    }
  }
  for (std::uint64_t& count : whole.expected.chips)
    count *= nodes;
  whole.expected.cables *= nodes;
  return whole;
}

}  // namespace cm::topology
