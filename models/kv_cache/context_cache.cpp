#include "models/kv_cache/context_cache.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::models {

ContextCache::ContextCache(const ContextCacheSpec& spec)
    : spec_(spec),
      map_({.layout = Layout::Hash, .homes = spec.homes, .nodes_of_homes = spec.nodes_of_homes, .block = spec.block})
{
  index_of_endpoint_.resize(*std::ranges::max_element(spec.homes) + 1U);
  for (std::uint32_t home = 0; home < spec.homes.size(); ++home)
    index_of_endpoint_[spec.homes[home]] = home;
  servers_.assign(spec.homes.size(), {LruBlocks(spec.dram_blocks), LruBlocks(spec.volume_blocks)});
}

std::uint32_t ContextCache::home_of(std::uint64_t key) const
{
  return servers_.size() == 1 ? 0 : index_of_endpoint_[map_.places(key).front().endpoint];
}

std::vector<ContextCache::Found> ContextCache::look_up(std::span<const std::uint64_t> keys)
{
  std::vector<Found> found;
  for (const std::uint64_t key : keys) {
    const std::uint32_t home = home_of(key);
    Server& server = servers_[home];
    const bool in_dram = server.dram.touch(key);
    const bool in_volume = server.volume.touch(key);
    if (!in_dram && !in_volume)
      break;
    if (!in_dram)
      server.dram.insert(key);
    found.push_back({home, in_dram ? Tier::Dram : Tier::Volume});
  }
  return found;
}

std::size_t ContextCache::count(std::span<const std::uint64_t> keys) const
{
  const auto missing = std::ranges::find_if(keys, [&](std::uint64_t key) {
    const Server& server = servers_[home_of(key)];
    return !server.dram.holds(key) && !server.volume.holds(key);
  });
  return static_cast<std::size_t>(missing - keys.begin());
}

std::vector<std::uint32_t> ContextCache::store(std::span<const std::uint64_t> keys)
{
  std::vector<std::uint32_t> written;
  for (const std::uint64_t key : keys) {
    const std::uint32_t home = home_of(key);
    Server& server = servers_[home];
    const bool is_new = !server.dram.holds(key) && !server.volume.holds(key);
    const auto out_of_dram = server.dram.insert(key);
    const auto out_of_volume = server.volume.insert(key);
    // A key that leaves one tier is lost only when the other tier does not have it.
    if (out_of_dram && *out_of_dram != key && !server.volume.holds(*out_of_dram))
      ++dropped_;
    if (out_of_volume && *out_of_volume != key && !server.dram.holds(*out_of_volume))
      ++dropped_;
    if (is_new && (server.dram.holds(key) || server.volume.holds(key)))
      written.push_back(home);
  }
  return written;
}

std::uint64_t ContextCache::dram_blocks() const
{
  std::uint64_t sum = 0;
  for (const Server& server : servers_)
    sum += server.dram.size();
  return sum;
}

std::uint64_t ContextCache::volume_blocks() const
{
  std::uint64_t sum = 0;
  for (const Server& server : servers_)
    sum += server.volume.size();
  return sum;
}

void ContextCache::check() const
{
  for (const Server& server : servers_)
    ensure(server.dram.size() <= server.dram.capacity() && server.volume.size() <= server.volume.capacity(),
           "a server of {} and {} blocks holds {} and {}", server.dram.capacity(), server.volume.capacity(),
           server.dram.size(), server.volume.size());
}

}  // namespace cm::models
