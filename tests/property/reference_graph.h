// Ways through a network of any graph, found anew for every destination by trying all ports until nothing gets shorter.
// For SwitchedReference.
#pragma once

#include "sim/fabric/network_spec.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace cm::tests {

// Where a packet is: its source, or a vertex to which it came by a port of some stage.
struct Place {
  std::uint32_t vertex = 0;
  std::int64_t stage = -1;  // below zero: the packet starts there
};

class ReferenceGraph {
 public:
  // `has_changes`: a two-tier Clos lets packets go up and down once more then.
  ReferenceGraph(const sim::fabric::NetworkSpec& network, bool has_changes);

  [[nodiscard]] const sim::fabric::PortEnds& ends(std::uint32_t port) const { return graph_.ends[port]; }
  [[nodiscard]] std::uint32_t levels() const { return graph_.levels; }
  [[nodiscard]] std::uint32_t ways() const { return graph_.ways; }
  [[nodiscard]] bool is_endpoint(std::uint32_t vertex) const { return vertex < endpoints_; }

  void set_usable(std::uint32_t port, bool usable);

  // Ports by which a packet may go on, in ascending order.
  [[nodiscard]] std::vector<std::uint32_t> candidates(const Place& place, std::uint32_t destination);
  [[nodiscard]] bool raises_level(const Place& place, std::uint32_t port) const;

  // Latencies along the way of the first candidates of the network without changes; 0 without a way.
  [[nodiscard]] std::int64_t latency(std::uint32_t from, std::uint32_t to) const { return latencies_[from][to]; }

 private:
  // Of one destination and role: ports to go and levels to rise, from every vertex and stage.
  struct Cost {
    std::uint32_t ports;
    std::uint32_t raises;
    friend auto operator<=>(const Cost&, const Cost&) = default;
  };
  using Costs = std::vector<std::vector<Cost>>;  // [vertex][stage + 1]

  static constexpr Cost NoWay{1'000'000, 1'000'000};

  void lay_out_clos(const sim::fabric::NetworkSpec& network, bool has_changes);
  void measure_latencies(const sim::fabric::NetworkSpec& network);
  [[nodiscard]] const Costs& costs_to(std::uint32_t destination, std::uint32_t role);
  [[nodiscard]] bool shorten(Costs& costs, std::uint32_t destination, std::uint32_t role) const;
  [[nodiscard]] bool may_leave(const Place& place, std::uint32_t port, std::uint32_t role) const;
  [[nodiscard]] Cost cost_by(const Costs& costs, const Place& place, std::uint32_t port) const;

  sim::fabric::SwitchGraph graph_;
  std::uint32_t endpoints_;
  std::uint32_t roles_ = 1;
  std::uint32_t stages_ = 1;
  std::vector<std::vector<std::uint32_t>> ports_of_;  // [vertex]: those out of it
  std::vector<bool> usable_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Costs> costs_;  // of a destination and a role, as far as asked for
  std::vector<std::vector<std::int64_t>> latencies_;                // [endpoint][endpoint]
};

}  // namespace cm::tests
