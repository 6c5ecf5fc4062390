#include "topology/fabrics/clos_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::topology {
namespace {

enum Stage : std::uint8_t { Lane, Up, Down, Delivery };

void add_lane(FabricPlan& plan, std::uint32_t endpoint, std::uint32_t l1, std::uint32_t lane, BytesPerSecond rate)
{
  plan.cables.push_back({.from = endpoint,
                         .to = l1,
                         .rate = rate,
                         .stage = Lane,
                         .back_stage = Delivery,
                         .from_lane = lane,
                         .group = lane});
}

}  // namespace

FabricCounts expected_counts(const ClosShape& shape, const FabricSite& site)
{
  const std::uint64_t planes = shape.planes;
  return {.chips = {planes * site.nodes, planes * shape.l2_per_plane},
          .cables = planes * (site.endpoints() + std::uint64_t{site.nodes} * shape.l2_per_plane)};
}

FabricPlan plan_clos(const ClosShape& shape, const FabricSite& site)
{
  FabricPlan plan{.kind = "clos", .site = site, .tiers = {"L1 switch chips", "L2 switch chips"}};
  plan.ways = std::max(shape.l2_per_plane, 1U);
  plan.joins_nodes = shape.l2_per_plane > 0 || site.nodes == 1;
  plan.levels = shape.l2_per_plane > 1 ? 2 : 1;
  plan.expected = expected_counts(shape, site);
  for (std::uint32_t plane = 0; plane < shape.planes; ++plane) {
    plan.lanes.push_back(fmt::format("sub-plane {}", plane));
    plan.groups.push_back(fmt::format("sub_plane:{}", plane));
  }
  const std::uint32_t first_l1 = site.endpoints();
  const auto l1 = [&](std::uint32_t node, std::uint32_t plane) { return first_l1 + node * shape.planes + plane; };
  for (std::uint32_t node = 0; node < site.nodes; ++node)
    for (std::uint32_t plane = 0; plane < shape.planes; ++plane)
      plan.add_chip({.name = fmt::format("l1:{}.{}", node, plane),
                     .tier = 0,
                     .title = fmt::format("node {} sub-plane {}", node, plane),
                     .node = node});
  for (std::uint32_t plane = 0; plane < shape.planes; ++plane)
    for (std::uint32_t chip = 0; chip < shape.l2_per_plane; ++chip)
      plan.add_chip({.name = fmt::format("l2:{}.{}", plane, chip), .tier = 1, .title = fmt::format("l2 {}", chip)});
  const std::uint32_t first_l2 = first_l1 + site.nodes * shape.planes;
  const BytesPerSecond cpu_lane = shape.cpu_bandwidth / static_cast<double>(shape.cpu_lanes);
  for (std::uint32_t plane = 0; plane < shape.planes; ++plane) {
    for (std::uint32_t endpoint = 0; endpoint < site.endpoints(); ++endpoint)
      add_lane(plan, endpoint, l1(site.node_of(endpoint), plane), plane,
               endpoint < site.dies() ? shape.die_lane : cpu_lane);
    for (std::uint32_t node = 0; node < site.nodes; ++node)
      for (std::uint32_t chip = 0; chip < shape.l2_per_plane; ++chip)
        plan.cables.push_back({.from = l1(node, plane),
                               .to = first_l2 + plane * shape.l2_per_plane + chip,
                               .rate = shape.uplink,
                               .stage = Up,
                               .back_stage = Down,
                               .group = plane});
  }
  return plan;
}

}  // namespace cm::topology
