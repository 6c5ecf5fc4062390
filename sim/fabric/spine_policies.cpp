#include "sim/fabric/spine_policies.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/pair_hash.h"

#include <algorithm>
#include <array>

namespace cm::sim::fabric {
namespace {

// The pair the other way round than for its lane: with as many spines as lanes both would else have the same number.
std::uint32_t spine_of_pair(EndpointIndex source, EndpointIndex destination, std::uint32_t spines)
{
  return pair_hash(destination, source, spines);
}

std::size_t shortest_queue(std::span<const std::int64_t> queues)
{
  return static_cast<std::size_t>(std::ranges::min_element(queues) - queues.begin());
}

constexpr std::array SpinePolicies = {
    SpinePolicy{SpineChoice::Spray, "spray", "they take turns, for each source and lane from a random one on", nullptr,
                nullptr},
    SpinePolicy{SpineChoice::Hash, "hash", "the same one for all packets of a source to a destination", spine_of_pair,
                nullptr},
    SpinePolicy{SpineChoice::LeastQueue, "least-queue", "the one whose link is free first when the packet comes to it",
                nullptr, shortest_queue},
};

}  // namespace

std::span<const SpinePolicy> spine_policies()
{
  return SpinePolicies;
}

const SpinePolicy& policy_of(SpineChoice choice)
{
  const auto place = static_cast<std::size_t>(choice);
  ensure(place < SpinePolicies.size() && SpinePolicies[place].choice == choice,
         "spine choice {} has no row in its place", place);
  return SpinePolicies[place];
}

}  // namespace cm::sim::fabric
