// The tables of a two-tier Clos as a graph of switches.
#pragma once

#include "sim/fabric/network_spec.h"

namespace cm::sim::fabric {

// The network's own graph where it has one, with the levels that it asks for. Of a Clos: an endpoint's lane is of stage
// 0, ports towards spines 1, from spines 2, to endpoints 3; one level.
[[nodiscard]] SwitchGraph graph_of(const NetworkSpec& network);

}  // namespace cm::sim::fabric
