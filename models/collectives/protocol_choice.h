// Choice of the protocol that carries a plan: the one that is expected to end first among those made for its size.
//
//   expected = launch + sum over steps of (the larger of bytes sent / rate and bytes received / lanes, of the busiest
//   rank
//              + messages * message + largest reduction's memory traffic / HBM bandwidth + step)
//
// On copy channels a step lasts at least as long as its largest message at the rate of a pair, and its drain. Messages
// that a host issues in turn add the turns of all but the first. A communication library tunes its thresholds to the
// same end. Contention in the fabric is not part of the estimate.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/parts/die_spec.h"

#include <string_view>

namespace cm::models {

// Machine properties that the choice of a protocol depends on. `protocols` is borrowed.
struct CollectiveMachine {
  const std::vector<ProtocolSpec>& protocols;
  BytesPerSecond lanes;   // all lanes of a die, one way
  BytesPerSecond memory;  // usable bandwidth of a die
};

Seconds expected_time(const CollectivePlan& plan, const ProtocolSpec& protocol, const CollectiveMachine& machine);

// Null when no protocol runs this algorithm and is made for the bytes that the busiest rank sends. Of equals the first
// in the part's file.
const ProtocolSpec* best_protocol(const CollectivePlan& plan, const CollectiveMachine& machine,
                                  std::string_view algorithm);

}  // namespace cm::models
