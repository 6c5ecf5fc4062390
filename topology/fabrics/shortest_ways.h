// What the shortest ways between two endpoints of a fabric carry.
#pragma once

#include "topology/fabrics/fabric_plan.h"

namespace cm::topology {

// The least, over the steps of the way, of the rates together of the links that a packet may take at that step: nothing
// is faster, and in a fabric whose links are alike it is reached. 0 when there is no way.
BytesPerSecond shortest_ways_rate(const FabricPlan& plan, std::uint32_t from, std::uint32_t to);

}  // namespace cm::topology
