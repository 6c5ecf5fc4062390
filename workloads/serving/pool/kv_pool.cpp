#include "workloads/serving/pool/kv_pool.h"

#include <algorithm>
#include <map>

namespace cm::workloads {
namespace {

using sim::engine::Control;

models::ContextCacheSpec servers_of(const PoolSpec& pool, const models::MachineSpec& machine, Bytes block)
{
  models::ContextCacheSpec servers{.homes = {}, .nodes_of_homes = {}, .block = block};
  const std::uint32_t cpus = machine.topology.cpus_per_node;
  for (std::uint32_t cpu = 0; cpu < pool.nodes * cpus; ++cpu) {
    servers.homes.push_back(machine.topology.dies() + cpu);
    servers.nodes_of_homes.push_back(cpu / cpus);
  }
  const auto places = [&](Bytes capacity, double share) {
    return static_cast<std::uint64_t>(static_cast<double>(capacity.count()) * share /
                                      static_cast<double>(block.count()));
  };
  servers.dram_blocks = places(machine.cpu.dram_capacity, pool.dram_share);
  // Without a pool nobody needs the machine to have a volume.
  if (machine.memory)
    servers.volume_blocks = places(machine.memory->ssd.capacity, pool.volume_share) / cpus;
  return servers;
}

}  // namespace

KvPool::KvPool(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
               Planes& planes)
    : spec_(spec), machine_(machine), planes_(planes), block_(kv_bytes_per_token(spec, model) * spec.block_tokens),
      servers_(servers_of(spec.pool, machine, block_)), cache_(servers_)
{
}

std::span<const std::uint64_t> KvPool::full_blocks(const Request& request) const
{
  const auto full = static_cast<std::size_t>(request.input_tokens / spec_.block_tokens);
  return std::span(request.blocks).first(std::min(full, request.blocks.size()));
}

std::int64_t KvPool::cached_tokens(const Request& request) const
{
  if (!spec_.pool.is_on)
    return 0;
  const auto found = static_cast<std::int64_t>(cache_.count(full_blocks(request)));
  return std::min(found * spec_.block_tokens, request.input_tokens - 1);
}

// Over UB a block goes between one CPU and one die, which hashing spreads over all dies: they need a prompt's keys and
// values alike. Over VPC the cards of two nodes, those of the instance in turn.
std::vector<Control::Transfer> KvPool::transfers(std::uint32_t instance, const std::vector<std::uint32_t>& homes,
                                                 Way way) const
{
  const std::uint32_t ranks = spec_.prefill.deployment.ranks;
  const std::uint32_t first = spec_.prefill_die(instance, 0) / machine_.topology.dies_per_node();
  const std::uint32_t last = spec_.prefill_die(instance, ranks - 1) / machine_.topology.dies_per_node();
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> blocks;  // [at the pool, at the instance]
  for (const std::uint32_t home : homes) {
    const std::uint32_t node = servers_.nodes_of_homes[home];
    if (plane() == Plane::Ub)
      ++blocks[{planes_.cpu_on_ub(home), planes_.prefill_on_ub(instance, home % ranks)}];
    else
      ++blocks[{node, first + node % (last - first + 1)}];
  }
  std::vector<Control::Transfer> result;
  for (const auto& [ends, count] : blocks) {
    const auto [from, to] =
        way == Way::ToInstance ? std::pair(ends.first, ends.second) : std::pair(ends.second, ends.first);
    result.push_back({from, to, block_ * count});
  }
  return result;
}

void KvPool::remember(const Request& request)
{
  const auto full = full_blocks(request);
  if (spec_.pool.is_on)
    cache_.store(full.first(std::min(request.known_blocks, full.size())));
}

void KvPool::look_up(Control& control, InFlight& request)
{
  if (spec_.pool.is_on && !request.request.blocks.empty())
    control.sleep(machine_.memory->lookup.software * static_cast<double>(request.request.blocks.size()));
  request.reach(Milestone::LookedUp, control.now());
}

void KvPool::load(Control& control, InFlight& request)
{
  if (!spec_.pool.is_on)
    return;
  asked_ += request.request.blocks.size();
  const auto found = cache_.look_up(full_blocks(request.request));
  // The last token of a prompt is always computed: the first output token comes from it.
  request.cached_tokens =
      std::min(static_cast<std::int64_t>(found.size()) * spec_.block_tokens, request.request.input_tokens - 1);
  std::vector<std::uint32_t> homes;
  std::map<std::uint32_t, std::int64_t> from_volume;  // [node]: blocks
  for (const auto& block : found) {
    homes.push_back(block.home);
    ++found_[static_cast<std::size_t>(block.tier)];
    if (block.tier == models::ContextCache::Tier::Volume)
      ++from_volume[servers_.nodes_of_homes[block.home]];
  }
  std::vector<Control::Transfer> from_storage;
  for (const auto& [node, blocks] : from_volume)
    from_storage.push_back({planes_.storage(), node, block_ * blocks});
  if (!from_storage.empty())
    control.sleep(machine_.memory->ssd.software + machine_.memory->ladder.ssd);
  planes_.move(control, Plane::Vpc, from_storage);
  planes_.move(control, plane(), transfers(request.instance, homes, Way::ToInstance));
}

void KvPool::store(Control& control, std::uint32_t instance, const std::vector<std::uint64_t>& keys)
{
  const std::vector<std::uint32_t> homes = cache_.store(keys);
  planes_.move(control, plane(), transfers(instance, homes, Way::ToPool));
  if (servers_.volume_blocks == 0)
    return;
  std::map<std::uint32_t, std::int64_t> by_node;  // blocks
  for (const std::uint32_t home : homes)
    ++by_node[servers_.nodes_of_homes[home]];
  std::vector<Control::Transfer> to_storage;
  for (const auto& [node, blocks] : by_node)
    to_storage.push_back({node, planes_.storage(), block_ * blocks});
  planes_.move(control, Plane::Vpc, to_storage);
}

}  // namespace cm::workloads
