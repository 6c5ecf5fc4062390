// State of the endpoints that send, and of the engines at endpoints.
#pragma once

#include "sim/fabric/event_order.h"
#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/flow.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

class Senders {
 public:
  Senders(std::uint32_t endpoints, const FabricRules& rules);

  // `count` new engines with consecutive indices; the first index.
  EngineIndex add_engines(std::uint32_t count);
  // Until when an engine is busy.
  std::int64_t& engine(EngineIndex index) { return engine_busy_[index]; }

  // Another flow of so many packets starts: on the lane behind the one on which the flow before it will have ended.
  // Short ones spread evenly so, and of flows that take turns each visits every lane.
  [[nodiscard]] std::uint16_t start_flow(EndpointIndex source, std::uint32_t packets);
  void end_flow(EndpointIndex source) { --flows_at_[source]; }
  [[nodiscard]] bool has_one_flow(EndpointIndex source) const { return flows_at_[source] == 1; }

  [[nodiscard]] const EventOrder& order() const { return order_; }
  [[nodiscard]] std::uint32_t next_number(EndpointIndex source) const { return next_number_[source]; }
  [[nodiscard]] std::uint32_t order_of_next_packet(EndpointIndex source)
  {
    return order_.of_packet(source, next_number_[source]++);
  }

  // Running number of the next of `most` packets, which have numbers in a row: where they would not fit, it starts
  // anew.
  [[nodiscard]] std::uint32_t next_number(EndpointIndex source, std::uint32_t most) const
  {
    const std::uint32_t number = next_number_[source];
    return (number & order_.number_mask()) + most > order_.number_mask() ? 0 : number;
  }
  void set_next_number(EndpointIndex source, std::uint32_t number) { next_number_[source] = number; }

 private:
  EventOrder order_;
  std::uint32_t lanes_;
  // Not bytes: a compiler must expect that storing a byte changes anything else.
  std::vector<std::uint16_t> next_lane_;    // [endpoint]: where the next flow starts
  std::vector<std::uint32_t> flows_at_;     // [endpoint]: flows that still send
  std::vector<std::uint32_t> next_number_;  // [endpoint]: of its next packet
  std::vector<std::int64_t> engine_busy_;   // [engine]
};

}  // namespace cm::sim::fabric
