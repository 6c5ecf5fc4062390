// Keys that a prefill has and does not use, because other keys say so.
#include "models/network/fabric_use.h"
#include "workloads/prefill/prefill_spec.h"

#include <fmt/format.h>

namespace cm::workloads {

using sim::config::UnusedKey;

std::vector<UnusedKey> unused_workload_keys(const PrefillSpec& spec, const models::ModelSpec& model,
                                            const models::MachineSpec& machine, const std::string& section)
{
  std::vector<UnusedKey> unused;
  const auto add = [&](const char* key, const std::string& reason) {
    unused.push_back({fmt::format("{}.{}", section, key), reason, true});
  };
  if (!model.has_experts())
    for (const char* key : {"experts", "routing", "skew", "placement", "layers_simulated"})
      add(key, "the model has no experts");
  if (!model.has_experts() || model.mtp_layers == 0)
    add("mtp_layer", "the model has no such layer with experts");
  if (machine.ub.mtu >= spec.deployment.chunk)
    add("chunk", fmt::format("packets of {} are larger", machine.ub.key("mtu")));
  return unused;
}

std::vector<UnusedKey> unused_hardware_keys(const PrefillSpec& spec, const models::ModelSpec& model,
                                            const models::MachineSpec& machine)
{
  const PrefillDeployment& d = spec.deployment;
  const models::UbSpec& ub = machine.ub;
  std::vector<UnusedKey> unused;
  models::add_unused_fabric_keys(
      machine, {.between_nodes = d.ranks > machine.topology.dies_per_node(), .reports_queues = true}, unused);
  if (ub.mtu < d.chunk)
    unused.push_back({ub.key("mtu"), "the fabric moves pieces of workload.chunk, which are larger"});
  for (const char* key : {"access", "write_limit", "cpu_bandwidth", "cpu_lanes", "internode_cost"})
    unused.push_back({ub.key(key), "dies alone exchange, by SDMA"});
  const auto unless = [&](bool is_used, const char* path, const char* reason) {
    if (!is_used)
      unused.push_back({path, reason});
  };
  unless(false, "machine.die.compute.attention", "decode alone uses it");
  const bool is_int8 = d.quantisation == models::Quantisation::Int8;
  const bool is_fp8 = d.quantisation == models::Quantisation::Fp8;
  unless(is_int8, "machine.die.compute.int8_gemm", "workload.quantisation is not int8");
  unless(is_fp8, "machine.die.compute.fp8_gemm", "workload.quantisation is not fp8");
  unless(is_fp8, "machine.die.peak_fp8", "workload.quantisation is not fp8");
  unless(d.routing == models::Routing::Measured, "model.moe.expert_load", "workload.routing is not measured");
  unless(model.dense_layers > 0, "model.dense_intermediate_size", "the model has no dense layers");
  return unused;
}

}  // namespace cm::workloads
