// Which ports a packet may take next, in a network of any graph, some of whose ports are known to be down.
//
// A packet's place is a vertex and the stage of the port by which it came there, or its source. For each destination
// the router knows the shortest ways from every place, found when the destination is first asked for and forgotten when
// a port changes. A way takes ports of one role only, the lowest one that leads there, and of all shortest ways those
// that raise the packet's level least (SwitchGraph::every_order: all of them). Ports of a stage above the one before
// keep the level, so waits along (level, stage) cannot be circular.
#pragma once

#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace cm::sim::fabric {

class Router {
 public:
  using Place = std::uint32_t;

  // `graph`: graph_of(network). Ports have the numbers of the network plus one, here and below. Throws std::logic_error
  // (ensure) for ends that are no vertices, and for more than 255 levels.
  Router(const NetworkSpec& network, SwitchGraph graph);

  [[nodiscard]] const SwitchGraph& graph() const { return graph_; }
  [[nodiscard]] static Place at_source(EndpointIndex endpoint) { return endpoint; }
  [[nodiscard]] Place behind(PortIndex port) const { return place_of_[port]; }
  [[nodiscard]] bool leads_to(PortIndex port, EndpointIndex endpoint) const { return ends(port).to == endpoint; }
  // Whether a packet's level rises by one when it goes on by this port.
  [[nodiscard]] bool raises_level(Place place, PortIndex port) const
  {
    return static_cast<int>(ends(port).stage) <= places_[place].stage;
  }

  // Ports of the shortest ways from a place, which is not the destination's own, in ascending order; none: there is no
  // way. Valid until the next call of set_usable().
  [[nodiscard]] std::span<const PortIndex> onward(Place place, EndpointIndex to);
  // Latencies along the first of the shortest ways of the network as it was built; 0 when there is none. For ends that
  // differ.
  [[nodiscard]] std::int64_t latency_ps(EndpointIndex from, EndpointIndex to);

  void set_usable(PortIndex port, bool usable);
  // All ports are usable.
  [[nodiscard]] bool is_whole() const { return unusable_ == 0; }

 private:
  static constexpr std::uint32_t Unreached = ~std::uint32_t{0};

  struct PlaceSpec {
    VertexIndex vertex = 0;
    int stage = -1;  // of the port by which a packet came; -1: its source
  };

  // For one destination; [place].
  struct Column {
    std::vector<std::uint32_t> set;  // in sets_
    std::vector<std::int64_t> latency;
  };

  // Scratch of find_ways(); [place].
  struct Distances {
    std::vector<std::uint32_t> hops;
    std::vector<std::uint32_t> raises;
    std::vector<std::uint8_t> role;
    std::vector<Place> order;  // reached ones, nearest first
  };

  [[nodiscard]] const PortEnds& ends(PortIndex port) const { return graph_.ends[port - 1]; }
  [[nodiscard]] bool may_leave(Place place) const
  {
    return places_[place].stage < 0 || graph_.endpoints_forward || places_[place].vertex >= endpoints_;
  }
  void lay_out_places(std::uint32_t endpoints);
  const Column& column(EndpointIndex to);
  // `usable`: [port].
  void find_ways(EndpointIndex to, const std::vector<bool>& usable, Column& column);
  void reach(EndpointIndex to, std::uint8_t role, const std::vector<bool>& usable, Distances& distances) const;
  std::uint32_t number_of(const std::vector<PortIndex>& set);

  SwitchGraph graph_;
  std::uint32_t endpoints_;
  std::uint8_t roles_ = 1;
  std::vector<std::int64_t> latency_;  // [port]
  std::vector<bool> usable_;           // [port]
  std::uint32_t unusable_ = 0;
  std::vector<PlaceSpec> places_;                 // the endpoints as sources first
  std::vector<Place> place_of_;                   // [port]
  std::vector<std::vector<PortIndex>> ports_of_;  // [vertex], ascending: those that leave it
  std::vector<std::vector<PortIndex>> ports_to_;  // [place]: those that lead to it
  std::vector<std::vector<Place>> places_at_;     // [vertex]
  std::map<std::vector<PortIndex>, std::uint32_t> known_sets_;
  std::vector<const std::vector<PortIndex>*> sets_;
  std::vector<Column> columns_;                       // [destination]; empty: not asked for yet
  std::vector<std::vector<std::int64_t>> latencies_;  // [destination][place], of the network as built; the same
};

}  // namespace cm::sim::fabric
