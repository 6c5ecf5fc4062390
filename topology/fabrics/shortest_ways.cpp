#include "topology/fabrics/shortest_ways.h"

#include <algorithm>
#include <set>

namespace cm::topology {
namespace {

constexpr std::uint32_t Unreached = ~std::uint32_t{0};

// One direction of a cable, at the vertex that sends on it.
struct Hop {
  std::uint32_t to = 0;
  std::uint8_t stage = 0;
  BytesPerSecond rate;
};

using Hops = std::vector<std::vector<Hop>>;  // [vertex]

Hops hops_of(const FabricPlan& plan)
{
  Hops hops(plan.vertices());
  for (const FabricCable& cable : plan.cables) {
    hops[cable.from].push_back({cable.to, cable.stage, cable.rate});
    hops[cable.to].push_back({cable.from, cable.back_stage, cable.rate});
  }
  return hops;
}

// [vertex]: links to the destination.
std::vector<std::uint32_t> distances_to(const FabricPlan& plan, const Hops& hops, std::uint32_t to)
{
  std::vector<std::uint32_t> distances(hops.size(), Unreached);
  std::vector<std::uint32_t> waiting{to};
  distances[to] = 0;
  for (std::size_t next = 0; next < waiting.size(); ++next) {
    const std::uint32_t at = waiting[next];
    if (at != to && plan.is_endpoint(at) && !plan.endpoints_forward)
      continue;
    for (const Hop& hop : hops[at])
      if (distances[hop.to] == Unreached) {
        distances[hop.to] = distances[at] + 1;
        waiting.push_back(hop.to);
      }
  }
  return distances;
}

}  // namespace

BytesPerSecond shortest_ways_rate(const FabricPlan& plan, std::uint32_t from, std::uint32_t to)
{
  const Hops hops = hops_of(plan);
  const std::vector<std::uint32_t> distances = distances_to(plan, hops, to);
  if (distances[from] == Unreached)
    return BytesPerSecond(0);
  BytesPerSecond least(0);
  std::set<std::uint32_t> here{from};
  for (std::uint32_t left = distances[from]; left > 0; --left) {
    std::set<std::uint32_t> next;
    BytesPerSecond rate;
    for (const std::uint32_t vertex : here) {
      const auto leads_on = [&](const Hop& hop) { return distances[hop.to] + 1 == left; };
      std::uint8_t lowest = UINT8_MAX;
      for (const Hop& hop : hops[vertex])
        if (leads_on(hop))
          lowest = std::min(lowest, hop.stage);
      // A way that goes through the stages in their order takes the lowest one first.
      for (const Hop& hop : hops[vertex])
        if (leads_on(hop) && (plan.every_order || hop.stage == lowest)) {
          rate += hop.rate;
          next.insert(hop.to);
        }
    }
    least = left == distances[from] ? rate : std::min(least, rate);
    here = std::move(next);
  }
  return least;
}

}  // namespace cm::topology
