// A two-tier Clos for each lane of an endpoint, all of its ports alike: the fabric's tests need no more of a machine.
#pragma once

#include "sim/fabric/network_spec.h"

namespace cm::tests {

struct ClosSpec {
  std::uint32_t groups = 2;
  std::uint32_t endpoints_per_group = 4;
  std::uint32_t lanes = 1;
  std::uint32_t spines = 2;
  // 1,000 ps a byte: expected times can be read off the numbers of bytes.
  BytesPerSecond lane_rate{1e9};
  BytesPerSecond uplink_rate{1e9};
  Seconds lane_latency{0};
  Seconds switch_latency{200e-9};
  Bytes buffer{64 * 1024};
};

// The published machine's shape: 16 dies a node, 7 lanes with 16 spines each, every port 28 GB/s.
inline ClosSpec cloudmatrix_clos(std::uint32_t nodes)
{
  return {.groups = nodes,
          .endpoints_per_group = 16,
          .lanes = 7,
          .spines = 16,
          .lane_rate = BytesPerSecond(28e9),
          .uplink_rate = BytesPerSecond(28e9),
          .switch_latency = Seconds(187.5e-9),
          .buffer = Bytes(256 * 1024)};
}

inline sim::fabric::NetworkSpec small_clos(const ClosSpec& spec)
{
  sim::fabric::NetworkSpec network;
  network.lanes = spec.lanes;
  network.spines = spec.spines;
  const auto add = [&](std::vector<sim::fabric::PortIndex>& stage, BytesPerSecond rate, Seconds latency) {
    stage.push_back(static_cast<sim::fabric::PortIndex>(network.ports.size()));
    network.ports.push_back({rate, latency, spec.buffer});
  };
  const std::uint32_t endpoints = spec.groups * spec.endpoints_per_group;
  for (std::uint32_t endpoint = 0; endpoint < endpoints; ++endpoint)
    network.group_of.push_back(endpoint / spec.endpoints_per_group);
  for (std::uint32_t i = 0; i < endpoints * spec.lanes; ++i)
    add(network.lane_out_ports, spec.lane_rate, spec.lane_latency);
  for (std::uint32_t i = 0; i < endpoints * spec.lanes; ++i)
    add(network.lane_in_ports, spec.lane_rate, spec.switch_latency);
  for (std::uint32_t i = 0; i < spec.groups * spec.lanes * spec.spines; ++i)
    add(network.up_ports, spec.uplink_rate, spec.switch_latency);
  for (std::uint32_t i = 0; i < spec.groups * spec.lanes * spec.spines; ++i)
    add(network.down_ports, spec.uplink_rate, spec.switch_latency);
  return network;
}

}  // namespace cm::tests
