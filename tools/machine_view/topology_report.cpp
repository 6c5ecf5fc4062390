#include "tools/machine_view/topology_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iterator>
#include <string_view>

namespace cm::tools {
namespace {

using nlohmann::ordered_json;
using topology::Check;
using topology::CheckReport;
using topology::Supernode;
using topology::SupernodeSpec;
using topology::UbCapacities;

void add_row(std::string& table, std::string_view name, std::string_view value)
{
  fmt::format_to(std::back_inserter(table), "{:<50}  {}\n", name, value);
}

double decimal_gigabytes(BytesPerSecond rate)
{
  return rate.count() * 1e-9;
}

std::string printed(BytesPerSecond rate)
{
  return fmt::format("{:.6g} GB/s", decimal_gigabytes(rate));
}

void add_bandwidths(std::string& table, const SupernodeSpec& spec, BytesPerSecond bisection)
{
  if (spec.fabrics.empty()) {
    add_row(table, "UB lane, die to L1, each sub-plane", printed(spec.lane_bandwidth));
    add_row(table, "UB lane, CPU to L1, each sub-plane", printed(spec.cpu_lane_bandwidth()));
    add_row(table, "UB link, L1 to L2", printed(spec.uplink_bandwidth));
    add_row(table, "UB per die, all sub-planes", printed(spec.die_bandwidth()));
  } else {
    add_row(table, fmt::format("die, {} lanes together", spec.lanes()), printed(spec.die_bandwidth()));
    add_row(table, "CPU, its lanes together", printed(spec.cpu_bandwidth));
    add_row(table,
            spec.nodes > 1 ? "dies of the first half of the nodes to the others"
                           : "first half of the dies to the others",
            printed(bisection));
  }
  add_row(table, "die to die in an NPU", printed(spec.die_to_die_bandwidth));
  add_row(table, "RDMA per die", printed(spec.rdma_bandwidth));
  add_row(table, "VPC per node", printed(spec.vpc_bandwidth));
}

ordered_json counts_json(const topology::MachineCounts& counts, std::uint32_t racks)
{
  return {{"nodes", counts.nodes},
          {"npus", counts.npus},
          {"dies", counts.dies},
          {"cpus", counts.cpus},
          {"l1_switches", counts.l1_switches},
          {"l2_switches", counts.l2_switches},
          {"l1_l2_links", counts.l1_l2_links},
          {"rdma_nics", counts.rdma_nics},
          {"qingtian_cards", counts.qingtian_cards},
          {"compute_racks", racks}};
}

ordered_json fabrics_json(const SupernodeSpec& spec)
{
  ordered_json fabrics = ordered_json::array();
  for (const topology::FabricPlan& plan : spec.fabrics) {
    const topology::FabricCounts counts = count_fabric(plan);
    ordered_json chips = ordered_json::object();
    for (std::size_t tier = 0; tier < plan.tiers.size(); ++tier)
      chips[plan.tiers[tier]] = counts.chips.at(tier);
    fabrics.push_back({{"kind", plan.kind},
                       {"joins_nodes", plan.joins_nodes},
                       {"lanes", plan.lanes.size()},
                       {"chips", chips},
                       {"cables", counts.cables},
                       {"ports", counts.ports()}});
  }
  return fabrics;
}

// Of a machine whose fabrics are no Clos.
ordered_json rates_json(const SupernodeSpec& spec, const UbCapacities& capacities)
{
  return {{"die_gb_s", decimal_gigabytes(spec.die_bandwidth())},
          {"cpu_gb_s", decimal_gigabytes(spec.cpu_bandwidth)},
          {"die_to_die_gb_s", decimal_gigabytes(spec.die_to_die_bandwidth)},
          {"rdma_per_die_gb_s", decimal_gigabytes(spec.rdma_bandwidth)},
          {"vpc_per_node_gb_s", decimal_gigabytes(spec.vpc_bandwidth)},
          {"bisection_each_way_gb_s", decimal_gigabytes(capacities.bisection)}};
}

ordered_json capacities_json(const SupernodeSpec& spec, const UbCapacities& capacities)
{
  return {{"lane_gb_s", decimal_gigabytes(spec.lane_bandwidth)},
          {"cpu_lane_gb_s", decimal_gigabytes(spec.cpu_lane_bandwidth())},
          {"uplink_gb_s", decimal_gigabytes(spec.uplink_bandwidth)},
          {"die_to_die_gb_s", decimal_gigabytes(spec.die_to_die_bandwidth)},
          {"rdma_per_die_gb_s", decimal_gigabytes(spec.rdma_bandwidth)},
          {"vpc_per_node_gb_s", decimal_gigabytes(spec.vpc_bandwidth)},
          {"l1_l2_one_way_gb_s", decimal_gigabytes(capacities.l1_to_l2)},
          {"bisection_each_way_gb_s", decimal_gigabytes(capacities.bisection)},
          {"npu_oversubscription", capacities.npu_oversubscription},
          {"oversubscription", capacities.oversubscription}};
}

}  // namespace

std::string topology_table(const Supernode& supernode, const CheckReport& report)
{
  std::string table;
  for (const Check& check : report.checks)
    add_row(table, check.name, check.value + (check.passed ? "" : "  FAILED"));
  table += "\nbandwidths, one way\n";
  add_bandwidths(table, supernode.spec(), report.capacities.bisection);
  return table;
}

std::string topology_json(const Supernode& supernode, const CheckReport& report)
{
  ordered_json checks = ordered_json::array();
  for (const Check& check : report.checks)
    checks.push_back({{"name", check.name}, {"value", check.value}, {"passed", check.passed}});
  const SupernodeSpec& spec = supernode.spec();
  ordered_json document = {{"counts", counts_json(report.counts, report.compute_racks)}};
  if (spec.fabrics.empty()) {
    document["capacities"] = capacities_json(spec, report.capacities);
  } else {
    for (const char* of_clos : {"l1_switches", "l2_switches", "l1_l2_links"})
      document["counts"].erase(of_clos);
    document["fabrics"] = fabrics_json(spec);
    document["capacities"] = rates_json(spec, report.capacities);
  }
  document["checks"] = checks;
  document["passed"] = report.passed();
  return document.dump(2) + "\n";
}

}  // namespace cm::tools
