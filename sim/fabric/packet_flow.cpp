#include "sim/fabric/packet_flow.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {
namespace {

double ps_per_byte(BytesPerSecond rate)
{
  return rate.count() > 0 ? 1e12 / rate.count() : 0.0;
}

}  // namespace

std::uint32_t packets_of(const std::vector<Message>& messages, EndpointIndex source, const FabricRules& rules)
{
  // Without a branch, for hundreds of messages a flow; few exchanges have long ones.
  std::uint32_t packets = 0;
  std::uint32_t longest = 0;
  for (const Message& message : messages) {
    packets += message.destination == source ? 0 : 1;
    longest = std::max(longest, message.bytes);
  }
  if (longest > rules.mtu)
    for (const Message& message : messages)
      if (message.bytes > rules.mtu && message.destination != source)
        packets += (message.bytes - 1) / rules.packet_bytes(message.bytes);
  return packets;
}

void Flow::cut_anew(std::uint32_t message_bytes, const FabricRules& rules)
{
  cut_bytes = message_bytes;
  packet_bytes = rules.packet_bytes(message_bytes);
  left_out = rules.lanes_left_out(message_bytes);
}

bool leaves_out_lanes(const std::vector<Message>& messages, const FabricRules& rules)
{
  return rules.leaves_out_lanes &&
         std::ranges::any_of(messages, [&](const Message& message) { return rules.lanes_left_out(message.bytes) > 0; });
}

FlowIndex FlowPool::take(FlowSpec&& spec, const FabricRules& rules, std::int64_t now)
{
  ensure(spec.pause.count() == 0 || spec.engine.engine != NoIndex, "a flow that rests needs an engine to rest");
  ensure(spec.lanes.empty() || spec.lanes.size() == spec.messages.size(), "{} lanes for {} messages", spec.lanes.size(),
         spec.messages.size());
  FlowIndex index = 0;
  if (free_.empty()) {
    index = static_cast<FlowIndex>(flows_.size());
    flows_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Flow& flow = flows_[index];
  flow = Flow{};
  flow.messages = std::move(spec.messages);
  flow.lanes = std::move(spec.lanes);
  flow.source = spec.source;
  flow.engine = spec.engine.engine;
  flow.per_lane = spec.engine.per_lane;
  flow.engine_ps_per_byte = ps_per_byte(spec.engine.rate);
  flow.other_group_cost = spec.engine.other_group_cost;
  flow.issue_ps_per_byte = ps_per_byte(spec.issue_rate);
  // With an engine per lane each of them rests as long as it takes to make up for the others' sending.
  flow.engine_pause = spec.pause.count() * (spec.engine.per_lane ? rules.lanes : 1);
  flow.issued = now;
  flow.issuers = spec.issuers;
  flow.fence = now;
  flow.sink_engine = spec.sink_engine;
  flow.sink_ps_per_byte = ps_per_byte(spec.sink_rate);
  flow.inbox = spec.inbox;
  flow.control = spec.control;
  flow.traffic_class = spec.traffic_class;
  flow.has_fence = spec.fence_notice.has_value();
  flow.fence_notice = spec.fence_notice.value_or(0);
  return index;
}

void FlowPool::give_back(FlowIndex index)
{
  flows_[index].messages = {};
  flows_[index].lanes = {};
  free_.push_back(index);
}

}  // namespace cm::sim::fabric
