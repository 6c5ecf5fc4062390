#include "workloads/kv_access/load_run.h"

#include <algorithm>

namespace cm::workloads {
namespace {

using models::Tier;

// Homes spread over the nodes: the first of every node, then the second, ...
models::AddressMapSpec map_spec(const KvSpec& spec, const models::MachineSpec& machine)
{
  const auto& topology = machine.topology;
  const bool is_dram = spec.pool == Pool::Dram;
  const std::uint32_t per_node = is_dram ? topology.cpus_per_node : topology.dies_per_node();
  const std::uint32_t first = is_dram ? topology.dies() : 0;
  models::AddressMapSpec map;
  for (std::uint32_t i = 0; i < spec.homes; ++i)
    map.homes.push_back(first + i % topology.nodes * per_node + i / topology.nodes);
  std::ranges::sort(map.homes);
  for (const std::uint32_t home : map.homes)
    map.nodes_of_homes.push_back(models::node_of_endpoint(topology, home));
  map.layout = spec.layout;
  map.stripe = spec.stripe;
  map.heads = spec.heads;
  map.block = spec.block;
  const Tier tier = is_dram ? Tier::LocalDram : Tier::Hbm;
  map.blocks_per_node = static_cast<std::uint64_t>(models::tier_spec(machine, tier).capacity.count() /
                                                   std::max<std::int64_t>(spec.block.count(), 1)) *
                        per_node;
  return map;
}

}  // namespace

LoadResult::LoadResult()
    : access("us"), shares{sim::metrics::Histogram("us"), sim::metrics::Histogram("us"), sim::metrics::Histogram("us")}
{
}

double LoadResult::bandwidth_gb_s() const
{
  return span.count() > 0 ? static_cast<double>(bytes) / to_seconds(span).count() * 1e-9 : 0;
}

LoadRun::LoadRun(const KvSpec& spec, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
                 AccessRunner& runner, std::uint64_t seed)
    : spec_(spec), machine_(machine), plane_(plane), runner_(runner), map_(map_spec(spec, machine)),
      choice_(spec, seed), left_(spec.readers + spec.writers, spec.accesses)
{
  for (const models::TierName& each : models::TierTable)
    for (const bool is_write : {false, true})
      paths_.emplace(std::pair(each.tier, is_write), models::tier_path(machine, each.tier, is_write, spec.lookup));
  const std::int64_t room = spec.migration_budget.count() / std::max<std::int64_t>(spec.block.count(), 1);
  copies_.assign(left_.size(), {spec.migration, static_cast<std::uint64_t>(room)});
}

// A block was written in the node that its number falls to, after as many others as come before it there.
std::vector<models::Place> LoadRun::places_of(std::uint64_t block) const
{
  return map_.places(block, static_cast<std::uint32_t>(block % machine_.topology.nodes),
                     block / machine_.topology.nodes);
}

void LoadRun::start(sim::streams::Signal done)
{
  done_ = done;
  runner_.tell(*this);
  start_ = plane_.now();
  for (int turn = 0; turn < spec_.outstanding; ++turn)
    for (std::uint32_t die = 0; die < left_.size(); ++die)
      start_next(die);
}

void LoadRun::start_next(std::uint32_t die)
{
  if (left_[die] == 0)
    return;
  --left_[die];
  RunningAccess access{.die = die, .block = choice_.next(die), .is_write = choice_.is_write(die)};
  access.is_copy = !access.is_write && copies_[die].read(access.block);
  AccessRequest request{.die = die, .places = {}, .paths = {}, .tag = 0};
  if (access.is_copy)
    request.places = {{die, access.block * static_cast<std::uint64_t>(spec_.block.count()), spec_.block}};
  else
    request.places = places_of(access.block);
  for (const models::Place& place : request.places)
    request.paths.push_back(&paths_.at({models::tier_of(machine_.topology, die, place.endpoint), access.is_write}));
  access.tier = models::tier_of(machine_.topology, die, request.places.front().endpoint);
  request.tag = running_.begin(access);
  runner_.start(std::move(request));
}

void LoadRun::on_access(std::uint64_t tag, const AccessTimes& times)
{
  const RunningAccess access = running_.end(tag);
  result_.access.record(microseconds(times.total));
  for (std::size_t share = 0; share < models::Shares; ++share)
    result_.shares.at(share).record(microseconds(times.shares.at(share)));
  result_.tiers.try_emplace(access.tier, "us").first->second.record(microseconds(times.total));
  result_.bytes += spec_.block.count();
  result_.copies_read += access.is_copy ? 1 : 0;
  if (!access.is_copy && !access.is_write)
    result_.copies_made += copies_[access.die].offer(access.block) ? 1U : 0U;
  result_.span = plane_.now() - start_;
  start_next(access.die);
  if (running_.empty())
    plane_.raise(done_);
}

}  // namespace cm::workloads
