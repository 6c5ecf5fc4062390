// One tier of switches: one chip that every endpoint is linked to, or several side by side (NVSwitch). Chips may take
// different numbers of an endpoint's links.
#include "topology/fabrics/fabric_keys.h"
#include "topology/fabrics/fabric_kinds.h"
#include "topology/fabrics/port_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace cm::topology {
namespace {

using sim::config::Reader;

struct Star {
  std::vector<std::uint32_t> links;  // [chip]: of each endpoint
  BytesPerSecond die_lane;
  BytesPerSecond cpu_lanes;  // together; zero: CPUs are not on it

  [[nodiscard]] std::uint32_t lanes() const { return std::accumulate(links.begin(), links.end(), 0U); }
  [[nodiscard]] std::uint32_t endpoints(const FabricSite& site) const
  {
    return cpu_lanes.count() > 0 ? site.endpoints() : site.dies();
  }
};

Star read_star(Reader& fabric)
{
  Star star;
  std::vector<std::uint32_t> chips{0};
  fabric.counts({"chips", "switch chips side by side; 0: as many as `links` has numbers", 0, 255}, chips, false);
  fabric.counts({"links", "links of each die to a switch chip: one number, or one for each chip", 1, 255}, star.links,
                true);
  read_rate(fabric, "lane_bandwidth", "one link of a die, one way", star.die_lane);
  star.cpu_lanes = read_cpu_rate(fabric);
  if (chips.size() > 1)
    fabric.complain("chips", fmt::format("expected one number, found {}", chips.size()));
  const std::size_t count = chips.front() > 0 ? chips.front() : star.links.size();
  if (star.links.size() == 1)
    star.links.resize(count, star.links.front());
  if (!star.links.empty() && star.links.size() != count) {
    fabric.complain("links",
                    fmt::format("expected one number or one for each of {} chips, found {}", count, star.links.size()));
    star.links.clear();
  }
  return star;
}

FabricCounts counts_of(const Star& star, const FabricSite& site)
{
  return {.chips = {star.links.size()}, .cables = std::uint64_t{star.lanes()} * star.endpoints(site)};
}

FabricPlan plan_of(const Star& star, const FabricSite& site)
{
  FabricPlan plan{.kind = "star", .site = site, .tiers = {"switch chips"}, .expected = counts_of(star, site)};
  // Of chips with different numbers of links each needs its own multiples.
  for (const std::uint32_t links : star.links)
    if (plan.ways % links != 0)
      plan.ways = count_ways(std::array{plan.ways, links / std::gcd(plan.ways, links)});
  for (std::uint32_t chip = 0; chip < star.links.size(); ++chip) {
    const std::uint32_t vertex = plan.add_chip({fmt::format("chip:{}", chip)});
    for (std::uint32_t link = 0; link < star.links[chip]; ++link) {
      const auto lane = static_cast<std::uint32_t>(plan.lanes.size());
      plan.lanes.push_back(fmt::format("lane {}", lane));
      plan.groups.push_back(fmt::format("lane:{}", lane));
      for (std::uint32_t endpoint = 0; endpoint < star.endpoints(site); ++endpoint)
        plan.cables.push_back(
            {.from = endpoint,
             .to = vertex,
             .rate = endpoint < site.dies() ? star.die_lane : star.cpu_lanes / static_cast<double>(star.lanes()),
             .stage = 0,
             .back_stage = 1,
             .from_lane = lane,
             .number = link,
             .group = lane});
    }
  }
  return plan;
}

FabricPlan read(Reader& fabric, const FabricSite& site)
{
  const Star star = read_star(fabric);
  const std::uint64_t widest = star.links.empty() ? 0 : std::ranges::max(star.links);
  PortLimits limits(fabric);
  limits.check("die", "ports of a die, one for each link; 0: not stated",
               {star.lanes(), "links of a die", "a die has one port for each"}, {fabric, {"links", "chips"}});
  limits.check("chip", "ports of a switch chip; 0: not stated",
               {widest * star.endpoints(site), "links to a switch chip", "it has one port for each"},
               {fabric, {"links"}});
  limits.finish();
  const bool is_read = star.die_lane.count() > 0 && fits(fabric, "links", counts_of(star, site), star.lanes());
  return is_read ? plan_of(star, site) : FabricPlan{};
}

constexpr std::array<FabricSample, 3> Samples{{
    {"one chip",
     {.nodes = 2, .dies_per_node = 2, .cpus_per_node = 1},
     "{links: 1, lane_bandwidth: 2 GB/s, cpu_bandwidth: 1 GB/s}"},
    {"chips with uneven links",
     {.nodes = 1, .dies_per_node = 8, .cpus_per_node = 2},
     "{links: [5, 4, 4, 5], lane_bandwidth: 25 GB/s}"},
    {"a chip a lane",
     {.nodes = 3, .dies_per_node = 2, .cpus_per_node = 0},
     "{chips: 3, links: 1, lane_bandwidth: 2 GB/s}"},
}};

}  // namespace

FabricKind star_kind()
{
  return {"star", "one tier of switch chips, each linked to every endpoint", read, Samples};
}

}  // namespace cm::topology
