// Flows on their way: how far each has sent its messages, and what its packets cost.
#pragma once

#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/flow.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

// The times of one packet of a flow, rounded once.
struct Pace {
  std::uint32_t bytes = 0;  // payload of the packet that the rest is for
  std::int64_t issue_step = 0;
  std::int64_t issue_lead = 0;                // how far issue may run ahead of the engine
  std::array<std::int64_t, 2> engine_step{};  // within the group, out of it
  std::int64_t lane_time = 0;                 // at a port of the uniform kind
};

struct Flow {
  // Members that a delivery touches come first, in one cache line.
  std::uint32_t source = 0;
  std::uint32_t packets_in_flight = 0;  // until acknowledged
  EngineIndex sink_engine = NoIndex;
  InboxIndex inbox = NoIndex;
  std::int64_t fence = 0;  // latest acknowledgement so far
  bool all_sent = false;
  bool has_fence = false;
  bool control = false;
  bool per_lane = false;
  bool plain = false;  // may take the short way of emission
  std::uint8_t traffic_class = 0;
  EngineIndex engine = NoIndex;

  std::vector<Message> messages;
  std::vector<std::uint8_t> lanes;  // [message], or empty
  std::uint16_t next_lane = 0;      // spray pointer
  std::uint32_t next_message = 0;
  std::uint32_t offset = 0;        // bytes of the next message already sent
  std::uint32_t cut_bytes = 0;     // the message length that packet_bytes is for
  std::uint32_t packet_bytes = 0;  // payload of a packet of such a message; the last one may be shorter
  std::uint32_t left_out = 0;      // lanes that the spray leaves out after such a message
  std::array<Pace, 2> paces{};     // as last used: of a message's packets, of a shorter one at its end
  std::int64_t engine_pause = 0;   // after a message's last packet
  std::int64_t issued = 0;         // when the next packet is issued
  std::int64_t issuers = 1;
  double engine_ps_per_byte = 0;
  double other_group_cost = 1;
  double issue_ps_per_byte = 0;
  double sink_ps_per_byte = 0;
  std::uint64_t fence_notice = 0;

  // Lane of the spray pointer, which moves on to the next of `lanes_of_source`.
  std::uint32_t take_turn(std::uint32_t lanes_of_source)
  {
    const std::uint32_t lane = next_lane;
    next_lane = static_cast<std::uint16_t>(lane + 1 == lanes_of_source ? 0 : lane + 1);
    return lane;
  }

  void cut_anew(std::uint32_t message_bytes, const FabricRules& rules);

  // A message that left the source has ended.
  void leave_out_lanes(std::uint32_t lanes_of_source)
  {
    next_lane = static_cast<std::uint16_t>((next_lane + left_out) % lanes_of_source);
  }

  // Makes packet_bytes that of a message of so many bytes.
  void cut(std::uint32_t message_bytes, const FabricRules& rules)
  {
    if (message_bytes != cut_bytes) [[unlikely]]
      cut_anew(message_bytes, rules);
  }
};

// Packets of the messages that leave their source.
[[nodiscard]] std::uint32_t packets_of(const std::vector<Message>& messages, EndpointIndex source,
                                       const FabricRules& rules);

// Whether the spray leaves out lanes after one of the messages.
[[nodiscard]] bool leaves_out_lanes(const std::vector<Message>& messages, const FabricRules& rules);

class FlowPool {
 public:
  Flow& operator[](FlowIndex index) { return flows_[index]; }

  // A flow as it is before its first packet at `now`. Throws std::logic_error (ensure) for a pause without an engine
  // and for lanes that are not one a message.
  FlowIndex take(FlowSpec&& spec, const FabricRules& rules, std::int64_t now);
  void give_back(FlowIndex index);

  [[nodiscard]] std::uint64_t in_flight() const { return flows_.size() - free_.size(); }

 private:
  std::vector<Flow> flows_;
  std::vector<FlowIndex> free_;
};

}  // namespace cm::sim::fabric
