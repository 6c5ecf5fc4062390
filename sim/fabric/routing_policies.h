// Policies by which a packet gets the lane that it leaves its source on and, where it leaves its group, its spine. Each
// is a row: a configuration takes its name, explanations its sentence, and the fabric executes its rule.
//
// To add one: an enumerator in flow.h, its rule and its row in routing_policies.cpp.
#pragma once

#include "sim/fabric/flow.h"

#include <cstddef>
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

// Spine of a packet among `spines`, chosen by its source, which lays the whole path.
using SourceRule = std::uint32_t (*)(EndpointIndex source, EndpointIndex destination, std::uint32_t spines);

// Spine of a packet that has come to its leaf, by how much each of the leaf's up ports has to send: one figure a spine,
// of which only the order means anything.
using LeafRule = std::size_t (*)(std::span<const std::int64_t> queues);

struct SpinePolicy {
  SpineChoice choice;
  std::string_view name;
  std::string_view sentence;
  SourceRule at_source;  // null: the spines take turns, for each source and lane from a random start
  LeafRule at_leaf;      // null: the source's choice stands; never asked where no packet waits for another
};

// In the order of SpineChoice.
[[nodiscard]] std::span<const SpinePolicy> spine_policies();
[[nodiscard]] const SpinePolicy& policy_of(SpineChoice choice);

}  // namespace cm::sim::fabric
