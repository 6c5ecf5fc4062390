#include "sim/fabric/fabric_rules.h"

#include <numeric>

namespace cm::sim::fabric {

FabricRules::FabricRules(const FabricPolicy& policy, std::uint32_t lane_count)
    : lane_choice(policy.lane_choice), lane_rule(policy_of(policy.lane_choice).rule),
      source_rule(policy_of(policy.spine_choice).at_source), leaf_rule(policy_of(policy.spine_choice).at_leaf),
      seed(policy.seed), retry(policy.retry),
      with_credits(policy.flow_control == FlowControl::Credits && policy.waiting == Waiting::AtEveryPort),
      cut_through(policy.forwarding == Forwarding::CutThrough),
      acknowledge_by_packet(policy.acknowledgement == Acknowledgement::Packets),
      is_plain(cut_through && policy.lane_choice == LaneChoice::Spray && policy.spine_choice == SpineChoice::Spray),
      lanes_wait(policy.waiting != Waiting::Nowhere), switches_wait(policy.waiting == Waiting::AtEveryPort),
      uneven(switches_wait ? EventKind::Uneven : EventKind::Unhindered),
      mtu(static_cast<std::uint32_t>(policy.mtu.count())),
      frame_overhead(static_cast<std::uint32_t>(policy.frame_overhead.count())),
      acknowledgement_bytes(static_cast<std::uint32_t>(policy.acknowledgement_size.count())), lanes(lane_count),
      traffic_classes(policy.classes.weights.size()), lane_round(std::uint64_t{mtu} * lane_count),
      leaves_out_lanes(may_leave_out_lanes())
{
  // Leaves without queues have nothing to choose by.
  if (!switches_wait)
    leaf_rule = nullptr;
}

std::uint32_t FabricRules::whole_rounds(std::uint32_t message_bytes) const
{
  const auto rounds = static_cast<std::uint32_t>((message_bytes - 1) / lane_round + 1);
  return (message_bytes - 1) / (rounds * lanes) + 1;
}

// The shortest message of a number of packets has the shortest last one.
bool FabricRules::may_leave_out_lanes() const
{
  for (std::uint32_t packets = 2; packets <= lanes; ++packets)
    if (lanes_to_next_start((packets - 1) * mtu + 1) > 0)
      return true;
  return false;
}

std::uint32_t FabricRules::lanes_to_next_start(std::uint32_t message_bytes) const
{
  const std::uint32_t packets = (message_bytes - 1) / mtu + 1;
  if (6 * (packets * mtu - message_bytes) < message_bytes)
    return 0;
  std::uint32_t left_out = 0;
  while (std::gcd(packets + left_out, lanes) > 1)
    ++left_out;
  return left_out;
}

}  // namespace cm::sim::fabric
