// Classes of service on the packet plane: which traffic has which, and how ports choose between them.
#pragma once

#include "sim/config/reader.h"
#include "sim/fabric/flow.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::models {

enum class Traffic { Experts, Collectives, Cache, Copies };

struct TrafficClassesSpec {
  sim::fabric::ClassPolicy policy;
  std::array<std::uint8_t, 4> class_of{};  // [Traffic]

  [[nodiscard]] std::uint8_t of(Traffic traffic) const { return class_of.at(static_cast<std::size_t>(traffic)); }

  friend bool operator==(const TrafficClassesSpec&, const TrafficClassesSpec&) = default;
};

// Reads the section `traffic_classes` of a plane; without it all traffic is of one class.
TrafficClassesSpec read_traffic_classes(sim::config::Reader& plane);

}  // namespace cm::models
