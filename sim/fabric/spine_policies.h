// Policies by which a packet that leaves its group gets its spine, one row each: a configuration names it, the fabric
// executes its rules.
//
// To add one: an enumerator in flow.h, its rules and its row in spine_policies.cpp.
#pragma once

#include "sim/fabric/flow.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cm::sim::fabric {

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
