// Small networks of other shapes than a Clos, for the packet fabric's tests.
#pragma once

#include "sim/fabric/network_spec.h"

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace cm::tests {

// Rate, latency and buffer of a new port.
using AnyPort = std::function<sim::fabric::PortSpec()>;

inline AnyPort equal_ports(const sim::fabric::PortSpec& spec)
{
  return [spec] { return spec; };
}

// Vertices are numbered, ports are added one by one.
class GraphBuilder {
 public:
  GraphBuilder(std::uint32_t endpoints, std::uint32_t lanes, AnyPort any_port) : any_port_(std::move(any_port))
  {
    network_.lanes = lanes;
    network_.group_of.resize(endpoints);
    network_.lane_out_ports.assign(std::size_t{endpoints} * lanes, sim::fabric::NoPortIndex);
    network_.lane_in_ports = network_.lane_out_ports;
    network_.graph.vertices = endpoints;
  }

  std::uint32_t add_switch() { return network_.graph.vertices++; }

  sim::fabric::PortIndex add_port(std::uint32_t from, std::uint32_t to, std::uint32_t stage, std::uint32_t role = 0)
  {
    network_.ports.push_back(any_port_());
    network_.graph.ends.push_back(
        {.from = from, .to = to, .stage = static_cast<std::uint8_t>(stage), .role = static_cast<std::uint8_t>(role)});
    return static_cast<sim::fabric::PortIndex>(network_.ports.size() - 1);
  }

  // A lane's link to a switch, both directions.
  void add_lane(std::uint32_t endpoint, std::uint32_t lane, std::uint32_t to, std::uint32_t last_stage,
                std::uint32_t role = 0)
  {
    const std::size_t place = std::size_t{endpoint} * network_.lanes + lane;
    network_.lane_out_ports[place] = add_port(endpoint, to, 0, role);
    network_.lane_in_ports[place] = add_port(to, endpoint, last_stage, role);
  }

  // A link of two endpoints, which is a lane of both.
  void join_lanes(std::uint32_t a, std::uint32_t lane_of_a, std::uint32_t b, std::uint32_t lane_of_b,
                  std::uint32_t stage)
  {
    const std::size_t at_a = std::size_t{a} * network_.lanes + lane_of_a;
    const std::size_t at_b = std::size_t{b} * network_.lanes + lane_of_b;
    network_.lane_out_ports[at_a] = network_.lane_in_ports[at_b] = add_port(a, b, stage);
    network_.lane_out_ports[at_b] = network_.lane_in_ports[at_a] = add_port(b, a, stage);
  }

  sim::fabric::NetworkSpec& network() { return network_; }

 private:
  AnyPort any_port_;
  sim::fabric::NetworkSpec network_;
};

// One tier of parallel switches: lane p of every endpoint leads to switch p % switches. `has_lane`: which lanes there
// are.
inline sim::fabric::NetworkSpec single_tier(
    std::uint32_t endpoints, std::uint32_t lanes, std::uint32_t switches, const AnyPort& any_port,
    const std::function<bool(std::uint32_t, std::uint32_t)>& has_lane = [](auto, auto) { return true; })
{
  GraphBuilder builder(endpoints, lanes, any_port);
  for (std::uint32_t chip = 0; chip < switches; ++chip)
    builder.add_switch();
  for (std::uint32_t endpoint = 0; endpoint < endpoints; ++endpoint)
    for (std::uint32_t lane = 0; lane < lanes; ++lane)
      if (has_lane(endpoint, lane))
        builder.add_lane(endpoint, lane, endpoints + lane % switches, 1);
  return builder.network();
}

// Endpoints in rows and columns, each linked to all others of its row and of its column, and forwarding for others: one
// group a row. The first `columns - 1` lanes lead along the row.
inline sim::fabric::NetworkSpec full_mesh(std::uint32_t rows, std::uint32_t columns, const AnyPort& any_port)
{
  GraphBuilder builder(rows * columns, columns - 1 + rows - 1, any_port);
  // Lane to the other one of so many: they are counted without oneself.
  const auto lane_to = [](std::uint32_t from, std::uint32_t to) { return to < from ? to : to - 1; };
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::uint32_t column = 0; column < columns; ++column) {
      const std::uint32_t here = row * columns + column;
      builder.network().group_of[here] = row;
      for (std::uint32_t other = column + 1; other < columns; ++other)
        builder.join_lanes(here, lane_to(column, other), row * columns + other, lane_to(other, column), 0);
      for (std::uint32_t other = row + 1; other < rows; ++other)
        builder.join_lanes(here, columns - 1 + lane_to(row, other), other * columns + column,
                           columns - 1 + lane_to(other, row), 1);
    }
  builder.network().graph.endpoints_forward = true;
  builder.network().graph.ways = rows > 1 && columns > 1 ? 2 : 1;
  return builder.network();
}

struct TreeSpec {
  std::uint32_t pods = 2;
  std::uint32_t leaves = 2;  // of a pod
  std::uint32_t endpoints_per_leaf = 2;
  std::uint32_t lanes = 1;     // parallel links of an endpoint to its leaf
  std::uint32_t middles = 2;   // of a pod
  std::uint32_t up_links = 1;  // from each leaf to each middle, and from each middle to every core
  std::uint32_t cores = 2;
};

// Three tiers; one group a leaf.
inline sim::fabric::NetworkSpec three_tiers(const TreeSpec& spec, const AnyPort& any_port)
{
  const std::uint32_t endpoints = spec.pods * spec.leaves * spec.endpoints_per_leaf;
  GraphBuilder builder(endpoints, spec.lanes, any_port);
  std::vector<std::uint32_t> cores;
  for (std::uint32_t i = 0; i < spec.cores; ++i)
    cores.push_back(builder.add_switch());
  const auto link = [&](std::uint32_t lower, std::uint32_t upper, std::uint32_t stage) {
    for (std::uint32_t i = 0; i < spec.up_links; ++i) {
      builder.add_port(lower, upper, stage);
      builder.add_port(upper, lower, 5 - stage);
    }
  };
  std::uint32_t endpoint = 0;
  for (std::uint32_t pod = 0; pod < spec.pods; ++pod) {
    std::vector<std::uint32_t> middles;
    for (std::uint32_t i = 0; i < spec.middles; ++i) {
      middles.push_back(builder.add_switch());
      for (const std::uint32_t core : cores)
        link(middles.back(), core, 2);
    }
    for (std::uint32_t i = 0; i < spec.leaves; ++i) {
      const std::uint32_t leaf = builder.add_switch();
      for (const std::uint32_t middle : middles)
        link(leaf, middle, 1);
      for (std::uint32_t each = 0; each < spec.endpoints_per_leaf; ++each, ++endpoint) {
        builder.network().group_of[endpoint] = pod * spec.leaves + i;
        for (std::uint32_t lane = 0; lane < spec.lanes; ++lane)
          builder.add_lane(endpoint, lane, leaf, 5);
      }
    }
  }
  builder.network().graph.ways = spec.middles * spec.up_links * spec.cores * spec.up_links;
  return builder.network();
}

// Scale-up within a group by its own switch, role 0, and one scale-out switch for all, role 1, each with lanes of its
// own.
inline sim::fabric::NetworkSpec two_roles(std::uint32_t groups, std::uint32_t endpoints_per_group,
                                          std::uint32_t lanes_up, std::uint32_t lanes_out, const AnyPort& any_port)
{
  const std::uint32_t endpoints = groups * endpoints_per_group;
  GraphBuilder builder(endpoints, lanes_up + lanes_out, any_port);
  const std::uint32_t common = builder.add_switch();
  for (std::uint32_t group = 0; group < groups; ++group) {
    const std::uint32_t own = builder.add_switch();
    for (std::uint32_t each = 0; each < endpoints_per_group; ++each) {
      const std::uint32_t endpoint = group * endpoints_per_group + each;
      builder.network().group_of[endpoint] = group;
      for (std::uint32_t lane = 0; lane < lanes_up + lanes_out; ++lane)
        builder.add_lane(endpoint, lane, lane < lanes_up ? own : common, 1, lane < lanes_up ? 0 : 1);
    }
  }
  return builder.network();
}

}  // namespace cm::tests
