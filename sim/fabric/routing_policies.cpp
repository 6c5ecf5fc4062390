#include "sim/fabric/routing_policies.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/packet_flow.h"
#include "sim/units/bit_mix.h"

#include <algorithm>
#include <array>

namespace cm::sim::fabric {
namespace {

// The same of `buckets` for all packets of a pair.
std::uint32_t pair_hash(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  return static_cast<std::uint32_t>(mix_index(a << 32U | b) % buckets);
}

// Spray: executed in line (PacketFabric::choose_lane), here only for whoever asks the row.
std::uint32_t take_turn(Flow& flow, EndpointIndex /*destination*/, std::uint32_t lanes)
{
  return flow.take_turn(lanes);
}

std::uint32_t lane_of_pair(Flow& flow, EndpointIndex destination, std::uint32_t lanes)
{
  return pair_hash(flow.source, destination, lanes);
}

std::uint32_t lane_of_destination(Flow& /*flow*/, EndpointIndex destination, std::uint32_t lanes)
{
  return destination % lanes;
}

std::uint32_t lane_of_message(Flow& flow, EndpointIndex /*destination*/, std::uint32_t lanes)
{
  return flow.lanes.empty() ? flow.take_turn(lanes) : flow.lanes[flow.next_message];
}

constexpr std::array LanePolicies = {
    LanePolicy{LaneChoice::Spray, "spray", "they take turns, for each source from a random one on", take_turn},
    LanePolicy{LaneChoice::Hash, "hash", "the same one for all packets of a source to a destination", lane_of_pair},
    LanePolicy{LaneChoice::ByDestination, "by-destination",
               "by the number of the receiver: all that it gets comes on the same one", lane_of_destination},
    LanePolicy{LaneChoice::ByMessage, "by-message",
               "the one that the sender names for a message; messages without one are sprayed", lane_of_message},
};

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

std::span<const LanePolicy> lane_policies()
{
  return LanePolicies;
}

const LanePolicy& policy_of(LaneChoice choice)
{
  const auto place = static_cast<std::size_t>(choice);
  ensure(place < LanePolicies.size() && LanePolicies[place].choice == choice, "lane choice {} has no row in its place",
         place);
  return LanePolicies[place];
}

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
