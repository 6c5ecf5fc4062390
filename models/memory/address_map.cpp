#include "models/memory/address_map.h"

#include "sim/diagnostics/ensure.h"
#include "sim/units/bit_mix.h"

#include <algorithm>
#include <limits>

namespace cm::models {
namespace {

// Points of a home on the ring: the fullest of 192 homes then holds about a third more than the mean.
constexpr std::uint64_t PointsPerHome = 128;

std::vector<std::pair<std::uint64_t, std::uint32_t>> make_ring(const std::vector<std::uint32_t>& homes)
{
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ring;
  // By endpoint, not by place in the list: a home keeps its points when another one leaves.
  for (std::size_t home = 0; home < homes.size(); ++home)
    for (std::uint64_t point = 0; point < PointsPerHome; ++point)
      ring.emplace_back(mix_index(mix_index(homes[home]) + point), static_cast<std::uint32_t>(home));
  std::ranges::sort(ring);
  return ring;
}

}  // namespace

AddressMap::AddressMap(AddressMapSpec spec) : spec_(std::move(spec)), ring_(make_ring(spec_.homes))
{
  ensure(!spec_.homes.empty() && spec_.homes.size() == spec_.nodes_of_homes.size(), "{} homes with {} nodes",
         spec_.homes.size(), spec_.nodes_of_homes.size());
  ensure(spec_.stripe >= 1 && spec_.stripe <= spec_.homes.size(), "a stripe over {} of {} homes", spec_.stripe,
         spec_.homes.size());
  ensure(spec_.heads >= 1, "a block of no heads");
  homes_of_node_.resize(*std::ranges::max_element(spec_.nodes_of_homes) + 1U);
  for (std::uint32_t home = 0; home < spec_.homes.size(); ++home)
    homes_of_node_[spec_.nodes_of_homes[home]].push_back(home);
  for (std::size_t turn = 0; spread_.size() < spec_.homes.size(); ++turn)
    for (const auto& of_node : homes_of_node_)
      if (turn < of_node.size())
        spread_.push_back(of_node[turn]);
}

std::size_t AddressMap::home_by_hash(std::uint64_t block) const
{
  const std::pair<std::uint64_t, std::uint32_t> point{mix_index(block ^ GoldenGamma), 0};
  const auto next = std::ranges::lower_bound(ring_, point);
  return next == ring_.end() ? ring_.front().second : next->second;
}

// Blocks of one home lie one behind the other, in an order that no block's number foretells.
Place AddressMap::part(std::uint64_t block, std::size_t home, std::int64_t bytes) const
{
  const auto size = static_cast<std::uint64_t>(spec_.block.count());
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() / size;
  return {spec_.homes[home], mix_index(block) % room * size, Bytes(bytes)};
}

// `parts` parts, as equal as whole bytes allow, on homes `first`, `first + 1`, ... of spread_.
std::vector<Place> AddressMap::cut(std::uint64_t block, std::size_t first, std::uint32_t parts) const
{
  std::vector<Place> places;
  std::int64_t left = spec_.block.count();
  for (std::uint32_t i = 0; i < parts && left > 0; ++i) {
    const std::int64_t bytes = (left + parts - i - 1) / (parts - i);
    places.push_back(part(block, spread_[(first + i) % spread_.size()], bytes));
    left -= bytes;
  }
  return places;
}

std::vector<Place> AddressMap::places(std::uint64_t block, std::uint32_t writer_node, std::uint64_t number_there) const
{
  switch (spec_.layout) {
  case Layout::Hash: break;
  case Layout::Stripe: return cut(block, mix_index(block) % spread_.size(), spec_.stripe);
  case Layout::ByHead: return cut(block, 0, spec_.heads);
  case Layout::LocalFirst:
    if (writer_node < homes_of_node_.size() && !homes_of_node_[writer_node].empty() &&
        number_there < spec_.blocks_per_node) {
      const auto& near = homes_of_node_[writer_node];
      return {part(block, near[mix_index(block) % near.size()], spec_.block.count())};
    }
    break;
  }
  return {part(block, home_by_hash(block), spec_.block.count())};
}

}  // namespace cm::models
