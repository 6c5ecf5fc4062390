// Policies by which a packet gets the lane that it leaves its source on, one row each: a configuration names it, the
// fabric executes its rule.
//
// To add one: an enumerator in flow.h, its rule and its row in lane_policies.cpp.
#pragma once

#include "sim/fabric/flow.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace cm::sim::fabric {

struct Flow;

// Lane of the flow's next packet, which is one of its next message's, among `lanes`. A rule may move the flow's spray
// pointer and nothing else: when the packet cannot leave yet, the pointer is set back and the rule is asked again.
using LaneRule = std::uint32_t (*)(Flow& flow, EndpointIndex destination, std::uint32_t lanes);

struct LanePolicy {
  LaneChoice choice;
  std::string_view name;
  std::string_view sentence;
  LaneRule rule;
};

// In the order of LaneChoice.
[[nodiscard]] std::span<const LanePolicy> lane_policies();
[[nodiscard]] const LanePolicy& policy_of(LaneChoice choice);

}  // namespace cm::sim::fabric
