// A policy as the fabric needs it for every packet.
#pragma once

#include "sim/fabric/flow.h"
#include "sim/fabric/packet_events.h"
#include "sim/fabric/routing_policies.h"

#include <cstdint>

namespace cm::sim::fabric {

struct FabricRules {
  // `lane_count`: lanes of each endpoint.
  FabricRules(const FabricPolicy& policy, std::uint32_t lane_count);

  // Payload of a message's packets; the last one may be shorter. A message longer than a round of the lanes is cut into
  // whole rounds of equal packets: what is left over would else pile up on the lanes that many senders happen to start
  // with.
  [[nodiscard]] std::uint32_t packet_bytes(std::uint32_t message_bytes) const
  {
    return message_bytes <= lane_round ? mtu : whole_rounds(message_bytes);
  }

  // Lanes that the spray leaves out after a message of so many bytes, so that messages of equal length start on each
  // lane in turn: where their packets and the lanes have a common factor, the short packets of all would else go to the
  // same lanes. Left as it is where that packet is shorter by less than a sixth of its message: so much less go over
  // some lanes then than over others.
  [[nodiscard]] std::uint32_t lanes_left_out(std::uint32_t message_bytes) const
  {
    return !leaves_out_lanes || message_bytes <= mtu || message_bytes > lane_round ? 0
                                                                                   : lanes_to_next_start(message_bytes);
  }

  LaneChoice lane_choice;
  LaneRule lane_rule;
  SourceRule source_rule;  // null: spines take turns
  LeafRule leaf_rule;      // null: a packet keeps the spine that its source chose
  std::uint64_t seed;
  RetryPolicy retry;
  bool with_credits;  // buffers are finite; then packets go the general way
  bool cut_through;
  bool acknowledge_by_packet;
  bool is_plain;       // lanes and spines are sprayed, and packets cut through
  bool lanes_wait;     // packets, at the lane that they leave their endpoint on
  bool switches_wait;  // at the ports behind it
  EventKind uneven;    // packets whose ports are not all alike
  std::uint32_t mtu;
  std::uint32_t frame_overhead;
  std::uint32_t acknowledgement_bytes;
  std::uint32_t lanes;
  std::size_t traffic_classes;
  std::uint64_t lane_round;  // bytes of one full packet on each lane
  bool leaves_out_lanes;     // whether lanes_left_out() is ever above 0

 private:
  [[nodiscard]] std::uint32_t whole_rounds(std::uint32_t message_bytes) const;
  [[nodiscard]] bool may_leave_out_lanes() const;
  [[nodiscard]] std::uint32_t lanes_to_next_start(std::uint32_t message_bytes) const;
};

}  // namespace cm::sim::fabric
