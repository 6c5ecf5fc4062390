// Way of a collective's data out of a die: a software protocol on one of its copy engines. Neutral: a part describes
// as many as it has (cores that write directly, a DMA engine, a library's low-latency mode), and each states its costs
// and for how many bytes it is made. docs/models/collectives.md.
#pragma once

#include "sim/config/reader.h"
#include "sim/units/quantity.h"

#include <limits>
#include <string>
#include <vector>

namespace cm::models {

// Copy channels: each peer is served by some of a die's channels, so a lone pair reaches less than the die. Data passes
// the receiver's buffer chunk by chunk; the last chunk is copied out of it after it has come.
struct CopyChannels {
  int count = 0;         // at a die, for all ranks of an operation, itself included; 0: no such limit
  BytesPerSecond rate;   // one channel
  Bytes chunk;           // largest piece of a channel
  BytesPerSecond drain;  // one channel, out of the receiver's buffer

  [[nodiscard]] bool limit() const { return count > 0; }
  // The largest power of two that leaves as many for every rank, at least one.
  [[nodiscard]] std::int64_t per_peer(std::uint32_t ranks) const;
  [[nodiscard]] BytesPerSecond pair_rate(std::uint32_t ranks) const;
  // Time to drain a message's last chunks; zero without channels.
  [[nodiscard]] Seconds drain_time(Bytes message, std::uint32_t ranks) const;

  friend bool operator==(const CopyChannels&, const CopyChannels&) = default;
};

// Operations that a protocol may be chosen for.
enum class ProtocolUse {
  Any,
  Exchanges,  // every rank has a separate message for another: all-to-all, permutation, incast, fan-out
  Vectors,    // the rest
  Request     // none, unless the scenario names it
};

struct ProtocolSpec {
  std::string name;
  Seconds launch;       // from the call to the first byte, once an operation
  Seconds step;         // from the last byte of a step to what depends on it: flag, poll, next descriptor
  Seconds message;      // rest of the engine after each message
  BytesPerSecond rate;  // the engine, all peers together
  Bytes from{0};        // the fewest and the most bytes that a rank sends in an operation with this protocol
  Bytes up_to{std::numeric_limits<std::int64_t>::max()};
  ProtocolUse used_for = ProtocolUse::Any;
  std::string algorithm = {};  // the only one that it runs; empty: any
  Seconds issue{0};  // one host issues all messages of an operation in turn, each so much after the one before
  CopyChannels channels = {};

  friend bool operator==(const ProtocolSpec&, const ProtocolSpec&) = default;
};

// The protocols under `collectives` of a die, in file order. None when the key is missing: such a die runs no
// collectives.
std::vector<ProtocolSpec> read_protocols(sim::config::Reader& die);

}  // namespace cm::models
