// Policies for lanes and spines, drawn from the rows that the fabric has.
#pragma once

#include "sim/fabric/routing_policies.h"
#include "sim/random/random_stream.h"

namespace cm::tests {

inline sim::fabric::LaneChoice any_lane_choice(sim::RandomStream& random)
{
  const auto rows = sim::fabric::lane_policies();
  return rows[random.below(static_cast<std::uint32_t>(rows.size()))].choice;
}

inline sim::fabric::SpineChoice any_spine_choice(sim::RandomStream& random)
{
  const auto rows = sim::fabric::spine_policies();
  return rows[random.below(static_cast<std::uint32_t>(rows.size()))].choice;
}

}  // namespace cm::tests
