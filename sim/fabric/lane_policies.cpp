#include "sim/fabric/lane_policies.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/packet_flow.h"
#include "sim/fabric/pair_hash.h"

#include <array>
#include <cstddef>

namespace cm::sim::fabric {
namespace {

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

}  // namespace cm::sim::fabric
