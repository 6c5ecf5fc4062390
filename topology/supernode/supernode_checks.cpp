#include "topology/supernode/supernode_checks.h"

#include "topology/checks/sub_planes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cm::topology {
namespace {

void add_count(CheckReport& report, const std::string& name, std::uint64_t found, std::uint64_t expected)
{
  report.checks.push_back({name, fmt::format("{}", found), found == expected});
}

// The two sides add the same numbers in a different order.
bool agree(double found, double expected)
{
  return std::abs(found - expected) <= 1e-9 * std::abs(expected);
}

void add_bandwidth(CheckReport& report, const std::string& name, BytesPerSecond found, BytesPerSecond expected)
{
  report.checks.push_back(
      {name, fmt::format("{:.1f} TB/s", found.count() * 1e-12), agree(found.count(), expected.count())});
}

void add_ratio(CheckReport& report, const std::string& name, double found, double expected)
{
  report.checks.push_back({name, fmt::format("{:.2f}", found), agree(found, expected)});
}

std::uint32_t count_racks(const Supernode& supernode)
{
  std::uint32_t racks = 0;
  for (std::uint32_t node = 0; node < supernode.spec().nodes; ++node)
    racks = std::max(racks, supernode.rack_of(NodeId(node)).index() + 1);
  return racks;
}

void check_counts(const SupernodeSpec& spec, CheckReport& report)
{
  const MachineCounts& counts = report.counts;
  add_count(report, "nodes", counts.nodes, spec.nodes);
  add_count(report, "compute racks", report.compute_racks, spec.racks());
  add_count(report, "NPUs", counts.npus, spec.npus());
  add_count(report, "dies", counts.dies, spec.dies());
  add_count(report, "CPUs", counts.cpus, spec.cpus());
}

void check_clos_counts(const SupernodeSpec& spec, CheckReport& report)
{
  const MachineCounts& counts = report.counts;
  add_count(report, "L1 switch chips", counts.l1_switches, spec.nodes * spec.sub_planes);
  add_count(report, "L2 switch chips", counts.l2_switches, spec.sub_planes * spec.l2_per_sub_plane);
  add_count(report, "L1-L2 links", counts.l1_l2_links, spec.nodes * spec.sub_planes * spec.l2_per_sub_plane);
}

void check_fabric(const FabricPlan& plan, std::string_view role, CheckReport& report)
{
  const FabricCounts found = count_fabric(plan);
  const auto named = [&](std::string_view what) { return fmt::format("{}{}", role, what); };
  for (std::size_t tier = 0; tier < plan.tiers.size(); ++tier)
    add_count(report, named(plan.tiers[tier]), found.chips.at(tier), plan.expected.chips.at(tier));
  add_count(report, named("cables"), found.cables, plan.expected.cables);
  const bool reachable = every_pair_reachable(plan);
  report.checks.push_back(
      {named(plan.joins_nodes ? "every endpoint pair reachable" : "every endpoint pair of a node reachable"),
       reachable ? "yes" : "no", reachable});
}

// Goes before what the checks of one of two fabrics are called.
std::string_view role_of(const FabricPlan& fabric, const SupernodeSpec& spec)
{
  if (spec.fabrics.size() < 2)
    return "";
  return &fabric == &spec.fabrics.front() ? "scale-up: " : "scale-out: ";
}

void check_cards(const SupernodeSpec& spec, CheckReport& report)
{
  const MachineCounts& counts = report.counts;
  add_count(report, "RDMA NICs", counts.rdma_nics, spec.dies());
  add_count(report, "Qingtian cards", counts.qingtian_cards, spec.nodes);
}

void check_sub_planes(const Graph& graph, CheckReport& report)
{
  const auto yes_no = [](bool value) { return std::string(value ? "yes" : "no"); };
  const bool reachable = every_pair_reachable(graph);
  report.checks.push_back({"every endpoint pair reachable in every sub-plane", yes_no(reachable), reachable});
  const bool disjoint = sub_planes_disjoint(graph);
  report.checks.push_back({"no path changes sub-plane", yes_no(disjoint), disjoint});
}

void check_capacities(const SupernodeSpec& spec, CheckReport& report)
{
  const double sub_planes = spec.sub_planes;
  const BytesPerSecond node_uplinks = spec.uplink_bandwidth * (sub_planes * spec.l2_per_sub_plane);
  const BytesPerSecond node_dies = spec.lane_bandwidth * (sub_planes * spec.dies_per_node());
  const BytesPerSecond node_cpus = spec.cpu_lane_bandwidth() * (sub_planes * spec.cpus_per_node);
  add_bandwidth(report, "L1-L2 capacity, one way", report.capacities.l1_to_l2, node_uplinks * spec.nodes);
  const std::uint32_t half = spec.nodes / 2;
  add_bandwidth(report, "bisection, each way", report.capacities.bisection, node_uplinks * half);
  add_ratio(report, "oversubscription, NPUs alone", report.capacities.npu_oversubscription,
            oversubscription(node_dies, node_uplinks));
  add_ratio(report, "oversubscription, NPUs and CPUs", report.capacities.oversubscription,
            oversubscription(node_dies + node_cpus, node_uplinks));
}

}  // namespace

bool CheckReport::passed() const
{
  return std::ranges::all_of(checks, &Check::passed);
}

CheckReport check_supernode(const Supernode& supernode)
{
  const Graph& graph = supernode.graph();
  CheckReport report{
      .counts = count_machine(graph), .capacities = {}, .compute_racks = count_racks(supernode), .checks = {}};
  const SupernodeSpec& spec = supernode.spec();
  check_counts(spec, report);
  if (spec.fabrics.empty()) {
    report.capacities = ub_capacities(graph);
    check_clos_counts(spec, report);
  }
  for (const FabricPlan& fabric : spec.fabrics)
    check_fabric(fabric, role_of(fabric, spec), report);
  check_cards(spec, report);
  if (spec.fabrics.empty()) {
    check_sub_planes(graph, report);
    check_capacities(spec, report);
  } else {
    report.capacities.bisection = die_bisection(graph);
  }
  return report;
}

}  // namespace cm::topology
