// Fabrics of a machine as the network that the packet fabric runs.
#pragma once

#include "topology/fabrics/wired_port.h"
#include "topology/routing/ub_network.h"

namespace cm::topology {

// Latencies and buffers of the ports of one fabric. A link between two endpoints counts as a trunk.
struct FabricTiming {
  PortLatencies latencies;
  Bytes buffer;
};

// Ports as wire_ports() numbers them, at the rates of the cables; [fabric] of `timing`. Groups are nodes.
sim::fabric::NetworkSpec fabric_network(std::span<const FabricPlan> plans, std::span<const FabricTiming> timing);

}  // namespace cm::topology
