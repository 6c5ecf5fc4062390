#include "workloads/expert_parallel/exchange_keys.h"

#include "models/network/fabric_use.h"

namespace cm::workloads {

void add_unused_exchange_keys(ExchangeKind kind, std::uint32_t ranks, const models::MachineSpec& machine,
                              std::vector<sim::config::UnusedKey>& unused)
{
  const bool is_fused = kind == ExchangeKind::Fused;
  const models::UbSpec& ub = machine.ub;
  models::add_unused_fabric_keys(machine,
                                 {.between_nodes = ranks > machine.topology.dies_per_node(),
                                  .waits_for_writes = true,
                                  .sets_flags = is_fused,
                                  .reports_queues = true},
                                 unused);
  unused.push_back({ub.key("cpu_bandwidth"), "no CPU sends or receives"});
  if (!is_fused || ub.write_limit == models::WriteLimit::Engine)
    unused.push_back({ub.key("cpu_lanes"), "no CPU sends or receives, and no limit on writes belongs to a lane"});
  if (is_fused) {
    for (const char* key : {"machine.die.unfused", "machine.die.collectives"})
      unused.push_back({key, "fused kernels exchange (workload.fused)"});
    return;
  }
  for (const char* key :
       {"machine.die.write_engine", "machine.die.exchange.launch", "machine.die.exchange.exposed_latency",
        "machine.die.exchange.synchronise", "machine.die.exchange.per_peer"})
    unused.push_back({key, "no fused kernels exchange (workload.fused)"});
  unused.push_back({ub.key("write_limit"), "no fused kernels exchange (workload.fused)"});
}

}  // namespace cm::workloads
