// Keys that serving has and does not use: it takes its phases from cells, and other keys may say so.
#include "workloads/serving/serving_spec.h"

namespace cm::workloads {
namespace {

using sim::config::UnusedKey;

constexpr const char* CellsReason = "serving takes its iterations from cells, which simulate one each";

void append(std::vector<UnusedKey>& all, std::vector<UnusedKey> more)
{
  all.insert(all.end(), more.begin(), more.end());
}

void add_of_pool(const PoolSpec& pool, std::vector<UnusedKey>& unused)
{
  if (!pool.is_on) {
    for (const char* key : {"plane", "nodes", "dram_share", "loads", "volume_share"})
      unused.push_back({std::string("workload.pool.") + key, "workload.pool.on is false", true});
    for (const char* key : {"machine.memory", "machine.cpu"})
      unused.push_back({key, "workload.pool.on is false"});
    return;
  }
  if (pool.volume_share == 0)
    for (const char* key : {"machine.memory.tiers.ssd", "machine.memory.ladder.ssd"})
      unused.push_back({key, "workload.pool.volume_share is 0"});
}

}  // namespace

std::vector<UnusedKey> unused_keys(const ServingSpec& spec, const models::ModelSpec& model,
                                   const models::MachineSpec& machine)
{
  std::vector<UnusedKey> unused;
  if (spec.trace)
    unused.push_back({"workload.generator", "the requests come from workload.trace"});
  for (const char* key : {"iterations", "compare_quantisation", "accuracy_retention"})
    unused.push_back({std::string("workload.decode.") + key, CellsReason});
  append(unused, unused_workload_keys(spec.decode, model, machine, "workload.decode"));
  append(unused, unused_workload_keys(spec.prefill, model, machine, "workload.prefill"));
  if (spec.prefill.deployment.layers_simulated >= spec.cell_layers)
    unused.push_back({"workload.prefill.layers_simulated", "workload.cell_layers are fewer", true});
  if (spec.decode_instances == 1)
    unused.push_back({"workload.decode_router", "workload.decode_instances is 1", true});
  if (spec.handover == HandoverPlane::Ub)
    for (const char* key : {"machine.rdma.latency", "machine.rdma.die_bandwidth"})
      unused.push_back({key, "workload.handover is ub"});
  add_of_pool(spec.pool, unused);
  return unused;
}

}  // namespace cm::workloads
