// Changes of ports at given times: faults, repairs, and links that are slower for a while.
#pragma once

#include "sim/fabric/network_spec.h"
#include "sim/units/quantity.h"

#include <optional>
#include <vector>

namespace cm::sim::fabric {

enum class PortChange {
  // Nothing passes. A packet whose head is on the way to the port's far end is lost. From `detected` after the change
  // on routes avoid the port, and packets that wait at it take another way or are lost; until then they wait.
  Down,
  Rate,       // times `value`, above 0
  Latency,    // plus `value` seconds
  BitErrors,  // share `value` of the bits, below 1, is received wrong (RetryPolicy)
};

// What happens to several ports together. Changes of one port that overlap add up.
struct TimedChange {
  Picoseconds at{0};  // takes effect before anything else at this time
  std::vector<PortIndex> ports{};
  PortChange change = PortChange::Down;
  double value = 0;
  Picoseconds detected{0};             // after `at`; of Down alone
  std::optional<Picoseconds> until{};  // later than `at`; all is as before from then on, and known to be

  friend bool operator==(const TimedChange&, const TimedChange&) = default;
};

}  // namespace cm::sim::fabric
