#include "models/memory/memory_tier.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::models {
namespace {

const MemorySpec& memory_of(const MachineSpec& machine)
{
  ensure(machine.memory.has_value(), "machine {} has no memory section", machine.name);
  return *machine.memory;
}

}  // namespace

std::string_view to_text(Tier tier)
{
  const auto* const found = std::ranges::find(TierTable, tier, &TierName::tier);
  ensure(found != TierTable.end(), "tier {} has no name", static_cast<int>(tier));
  return found->word;
}

TierSpec tier_spec(const MachineSpec& machine, Tier tier)
{
  const MemorySpec& memory = memory_of(machine);
  switch (tier) {
  case Tier::Hbm:
  case Tier::CrossDieHbm:
  case Tier::RemoteHbm:
    return {machine.die.hbm_capacity, memory.ladder.hbm, machine.die.usable_hbm_bandwidth(), memory.hbm.channels,
            memory.hbm.interleave};
  case Tier::LocalDram:
  case Tier::RemoteDram:
    return {machine.cpu.dram_capacity, memory.ladder.dram, machine.cpu.dram_bandwidth, memory.dram.channels,
            memory.dram.interleave};
  case Tier::Ssd:
    return {memory.ssd.capacity, memory.ladder.ssd, memory.ssd.bandwidth * memory.ssd.usable, 1, Bytes(0)};
  case Tier::ObjectStore:
    return {memory.object_store.capacity, memory.ladder.disk,
            memory.object_store.bandwidth * memory.object_store.usable, 1, Bytes(0)};
  }
  ensure(false, "unknown tier {}", static_cast<int>(tier));
  return {};
}

std::uint32_t node_of_endpoint(const topology::SupernodeSpec& machine, std::uint32_t endpoint)
{
  return endpoint < machine.dies() ? endpoint / machine.dies_per_node()
                                   : (endpoint - machine.dies()) / machine.cpus_per_node;
}

Tier tier_of(const topology::SupernodeSpec& machine, std::uint32_t die, std::uint32_t target)
{
  if (target == die)
    return Tier::Hbm;
  const bool is_local = node_of_endpoint(machine, die) == node_of_endpoint(machine, target);
  if (target >= machine.dies())
    return is_local ? Tier::LocalDram : Tier::RemoteDram;
  return target / machine.dies_per_npu == die / machine.dies_per_npu ? Tier::CrossDieHbm : Tier::RemoteHbm;
}

std::optional<std::uint32_t> nearest_target(const topology::SupernodeSpec& machine, std::uint32_t die, Tier tier)
{
  const bool other_node = tier == Tier::RemoteHbm || tier == Tier::RemoteDram;
  for (std::uint32_t target = 0; target < machine.ub_endpoints(); ++target)
    if (tier_of(machine, die, target) == tier &&
        (!other_node || node_of_endpoint(machine, die) != node_of_endpoint(machine, target)))
      return target;
  return std::nullopt;
}

Seconds endpoint_time(const MachineSpec& machine, bool target_is_die, bool is_write)
{
  const MemorySpec& memory = memory_of(machine);
  const AccessSpec& access = machine.ub.access;
  const Seconds whole =
      (target_is_die ? access.npu_base : access.cpu_base) + (is_write ? access.write_extra : Seconds(0));
  return whole - memory.translation.hit - (target_is_die ? memory.ladder.hbm : memory.ladder.dram);
}

}  // namespace cm::models
