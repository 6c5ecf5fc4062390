// Full mesh in some dimensions: a die has cables to all dies that differ from it in one coordinate alone, and forwards
// what goes to others (UB-Mesh, arXiv:2503.20377, in its n dimensions). CPUs are not on it.
//
// Ordered routing corrects the coordinates from the first to the last, so no wait for credits is circular. Every order
// takes all shortest ways; a turn back to an earlier dimension then takes the next virtual lane, so that as many levels
// are needed as there are dimensions. One level more is for detours around what has failed.
#include "sim/units/quantity.h"
#include "topology/fabrics/fabric_keys.h"
#include "topology/fabrics/fabric_kinds.h"
#include "topology/fabrics/port_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cm::topology {
namespace {

using sim::config::Reader;

constexpr std::size_t MostDimensions = 6;

struct Mesh {
  std::vector<std::uint32_t> dimensions;  // sizes; die numbers run through the first one fastest
  std::vector<std::uint32_t> links;       // [dimension]: between two dies
  BytesPerSecond link;
  bool is_ordered = true;
};

// At most 2^40, which is more than any machine has of anything.
std::uint64_t product(const std::vector<std::uint32_t>& numbers)
{
  std::uint64_t all = 1;
  for (const std::uint32_t number : numbers)
    all = std::min(all * number, std::uint64_t{1} << 40U);
  return all;
}

std::uint64_t lanes_of(const Mesh& mesh)
{
  std::uint64_t lanes = 0;
  for (std::size_t d = 0; d < mesh.dimensions.size(); ++d)
    lanes += (mesh.dimensions[d] - std::uint64_t{1}) * mesh.links[d];
  return lanes;
}

Mesh read_mesh(Reader& fabric, const FabricSite& site)
{
  Mesh mesh;
  fabric.counts({"dimensions", "dies in each dimension, like [8, 8]; their product is the number of dies", 2, 4096},
                mesh.dimensions, true);
  std::vector<std::uint32_t> links{1};
  fabric.counts({"links", "links between two dies, in all dimensions or in each", 1, 255}, links, false);
  read_rate(fabric, "lane_bandwidth", "one link between two dies, one way", mesh.link);
  fabric.choice({"routing", "the order in which a packet goes through the dimensions"}, mesh.is_ordered,
                {{"ordered", true}, {"every-order", false}});
  if (mesh.dimensions.empty())
    return mesh;
  if (mesh.dimensions.size() > MostDimensions)
    fabric.complain("dimensions",
                    fmt::format("expected at most {} dimensions, found {}", MostDimensions, mesh.dimensions.size()));
  else if (site.dies() > 0 && product(mesh.dimensions) != site.dies())
    fabric.complain("dimensions", fmt::format("expected dimensions whose product is the number of dies, {}, found {}",
                                              site.dies(), product(mesh.dimensions)));
  else if (links.size() != 1 && links.size() != mesh.dimensions.size())
    fabric.complain("links", fmt::format("expected one number or one for each of {} dimensions, found {}",
                                         mesh.dimensions.size(), links.size()));
  else
    mesh.links = links.size() == 1 ? std::vector(mesh.dimensions.size(), links.front()) : links;
  return mesh;
}

// Of the links in each dimension and, in every order, of the dimensions that are left.
std::vector<std::uint32_t> choices_of(const Mesh& mesh)
{
  std::vector<std::uint32_t> choices = mesh.links;
  for (std::uint32_t left = 2; left <= mesh.dimensions.size() && !mesh.is_ordered; ++left)
    choices.push_back(left);
  return choices;
}

// Cables of a die, in one dimension, to the dies behind it.
struct Row {
  std::uint8_t dimension = 0;
  std::uint32_t stride = 1;      // between the numbers of neighbours
  std::uint32_t first_lane = 0;  // of the dimension
};

// Lane `offset - 1` of a row leads so many dies on, around the end.
void add_row(const Mesh& mesh, const Row& row, std::uint32_t die, FabricPlan& plan)
{
  const std::uint32_t size = mesh.dimensions[row.dimension];
  const std::uint32_t links = mesh.links[row.dimension];
  const std::uint32_t place = die / row.stride % size;
  for (std::uint32_t other = place + 1; other < size; ++other)
    for (std::uint32_t link = 0; link < links; ++link) {
      const std::uint32_t on = other - place;
      plan.cables.push_back({.from = die,
                             .to = die + on * row.stride,
                             .rate = mesh.link,
                             .stage = row.dimension,
                             .back_stage = row.dimension,
                             .from_lane = row.first_lane + (on - 1) * links + link,
                             .to_lane = row.first_lane + (size - on - 1) * links + link,
                             .number = link,
                             .group = row.dimension});
    }
}

FabricPlan plan_of(const Mesh& mesh, const FabricSite& site)
{
  FabricPlan plan{.kind = "full-mesh", .site = site, .endpoints_forward = true, .every_order = !mesh.is_ordered};
  const auto dimensions = static_cast<std::uint32_t>(mesh.dimensions.size());
  plan.levels = mesh.is_ordered ? 2 : dimensions + 1;
  plan.ways = count_ways(choices_of(mesh));
  plan.expected.cables = site.dies() * lanes_of(mesh) / 2;
  Row row;
  for (std::uint32_t dimension = 0; dimension < dimensions; ++dimension) {
    row.dimension = static_cast<std::uint8_t>(dimension);
    plan.groups.push_back(fmt::format("dimension:{}", dimension));
    for (std::uint32_t die = 0; die < site.dies(); ++die)
      add_row(mesh, row, die, plan);
    const std::uint32_t lanes = (mesh.dimensions[dimension] - 1) * mesh.links[dimension];
    for (std::uint32_t lane = 0; lane < lanes; ++lane)
      plan.lanes.push_back(fmt::format("dimension {} lane {}", dimension, lane));
    row.first_lane += lanes;
    row.stride *= mesh.dimensions[dimension];
  }
  return plan;
}

FabricPlan read(Reader& fabric, const FabricSite& site)
{
  const Mesh mesh = read_mesh(fabric, site);
  const std::uint64_t lanes = mesh.links.empty() ? 0 : lanes_of(mesh);
  PortLimits limits(fabric);
  limits.check("die", "ports of a die, one for each link; 0: not stated",
               {lanes, "links of a die", "a die has one port for each"}, {fabric, {"dimensions", "links"}});
  limits.finish();
  const FabricCounts counts{.chips = {}, .cables = site.dies() * lanes / 2};
  return mesh.link.count() > 0 && fits(fabric, "dimensions", counts, lanes) ? plan_of(mesh, site) : FabricPlan{};
}

constexpr std::array<FabricSample, 4> Samples{{
    {"a row of four",
     {.nodes = 2, .dies_per_node = 2, .cpus_per_node = 1},
     "{dimensions: [4], lane_bandwidth: 2 GB/s}"},
    {"two dimensions",
     {.nodes = 3, .dies_per_node = 4, .cpus_per_node = 0},
     "{dimensions: [4, 3], links: [1, 2], lane_bandwidth: 2 GB/s}"},
    {"two dimensions in every order",
     {.nodes = 3, .dies_per_node = 3, .cpus_per_node = 0},
     "{dimensions: [3, 3], routing: every-order, lane_bandwidth: 2 GB/s}"},
    {"three dimensions",
     {.nodes = 2, .dies_per_node = 6, .cpus_per_node = 0},
     "{dimensions: [3, 2, 2], lane_bandwidth: 2 GB/s}"},
}};

}  // namespace

FabricKind full_mesh_kind()
{
  return {"full-mesh", "a die has links to all dies in its row of each dimension, and forwards packets of others", read,
          Samples};
}

}  // namespace cm::topology
