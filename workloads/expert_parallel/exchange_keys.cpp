#include "workloads/expert_parallel/exchange_keys.h"

#include "models/network/fabric_use.h"

#include <initializer_list>
#include <string>

namespace cm::workloads {

void add_unused_exchange_keys(const ExchangeUse& use, const models::MachineSpec& machine,
                              std::vector<sim::config::UnusedKey>& unused)
{
  const bool is_fused = use.with_experts && use.kind == ExchangeKind::Fused;
  // Tensor-parallel groups exchange by writes of the vector cores, as fused kernels do, but without their flags.
  const bool cores_write = is_fused || use.tensor_parallel > 1;
  const models::UbSpec& ub = machine.ub;
  const auto add = [&](std::initializer_list<std::string> keys, const std::string& reason) {
    for (const std::string& key : keys)
      unused.push_back({key, reason});
  };
  models::add_unused_fabric_keys(machine,
                                 {.between_nodes = use.ranks > machine.topology.dies_per_node(),
                                  .sends_small_pieces = use.tensor_parallel > 1,
                                  .waits_for_writes = true,
                                  .sets_flags = is_fused,
                                  .reports_queues = true},
                                 unused);
  add({ub.key("cpu_bandwidth")}, "no CPU sends or receives");
  if (!cores_write || ub.write_limit == models::WriteLimit::Engine)
    add({ub.key("cpu_lanes")}, "no CPU sends or receives, and no limit on writes belongs to a lane");
  const std::string no_kernels =
      use.with_experts ? "no fused kernels exchange (workload.fused)" : "the model has no experts";
  if (!cores_write)
    add({"machine.die.write_engine", "machine.die.exchange.launch", "machine.die.exchange.exposed_latency",
         ub.key("write_limit")},
        no_kernels);
  if (!is_fused)
    add({"machine.die.exchange.synchronise", "machine.die.exchange.per_peer"}, no_kernels);
  if (is_fused)
    add({"machine.die.unfused", "machine.die.collectives"}, "fused kernels exchange (workload.fused)");
  if (use.with_experts)
    return;
  add({"machine.die.unfused", "machine.die.collectives", "machine.die.exchange.reorder", "machine.die.exchange.slot"},
      no_kernels);
  if (!cores_write)
    add({"machine.die.exchange.saturating_cores"}, no_kernels);
}

}  // namespace cm::workloads
