// How a collective's data leaves a die: a software protocol on one of the die's copy engines. Neutral: a part describes
// as many as it has (cores that write directly, a DMA engine, a library's low-latency mode), and each states its costs
// and for how many bytes it is made. docs/models/collectives.md.
#pragma once

#include "sim/config/reader.h"
#include "sim/units/quantity.h"

#include <limits>
#include <string>
#include <vector>

namespace cm::models {

struct ProtocolSpec {
  std::string name;
  Seconds launch;       // from the call to the first byte, once an operation
  Seconds step;         // from the last byte of a step to what depends on it: flag, poll, next descriptor
  Seconds message;      // rest of the engine after each message
  BytesPerSecond rate;  // of the engine, all peers together
  Bytes from{0};        // the fewest and the most bytes that a rank sends in an operation with this protocol
  Bytes up_to{std::numeric_limits<std::int64_t>::max()};

  friend bool operator==(const ProtocolSpec&, const ProtocolSpec&) = default;
};

// The protocols under `collectives` of a die, in file order. None when the key is missing: such a die runs no
// collectives.
std::vector<ProtocolSpec> read_protocols(sim::config::Reader& die);

}  // namespace cm::models
