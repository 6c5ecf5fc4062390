// A request as it reaches the service, and where requests come from: a stream, so that a trace need not fit the memory.
#pragma once

#include "sim/units/quantity.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::workloads {

// Most tokens of a prompt or an answer.
inline constexpr std::int64_t MostTokens = 100'000'000;
// Since the start. The clock counts picoseconds in 64 bits, 106 days; the last requests are served in what is left.
inline constexpr Seconds LatestArrival(100.0 * 86400);

// Later turn of a conversation: arrives `delay` after the last token of the turn before it, whenever that is.
struct LaterTurn {
  Seconds delay;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::vector<std::uint64_t> blocks{};

  friend bool operator==(const LaterTurn&, const LaterTurn&) = default;
};

struct Request {
  Seconds arrival;  // since the start of its source
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  // One id per block of the prompt, the last block perhaps not full. Equal ids in front mean an equal prefix. Empty:
  // nobody knows what the prompt shares.
  std::vector<std::uint64_t> blocks;
  // Leading ones that the service has seen before the run began: it holds them when the request arrives.
  std::size_t known_blocks = 0;
  std::vector<LaterTurn> later{};  // turns of its conversation, in order
  std::size_t turns_before = 0;    // of `later`, that have arrived: the next one follows this request

  friend bool operator==(const Request&, const Request&) = default;
};

// Time that has passed, in whole picoseconds: 3600.6 s - 3600 s are 0.6 s, not the double beside it.
inline Seconds since(Seconds origin, Seconds time)
{
  return origin == Seconds(0) ? time : to_seconds(to_picoseconds(time - origin));
}

// Counts of the part of a trace that is run.
struct SourceCounts {
  std::uint64_t skipped = 0;  // damaged records that were left out, before the request that next() gave last; all of
                              // them at the end
  std::uint64_t failed = 0;   // the same of requests that had failed when they were recorded
  // Requests that next() has given and that share a time stamp with others: they were spread up to the next one.
  std::uint64_t spread = 0;

  friend SourceCounts operator-(const SourceCounts& a, const SourceCounts& b)
  {
    return {a.skipped - b.skipped, a.failed - b.failed, a.spread - b.spread};
  }
};

class RequestSource {
 public:
  virtual ~RequestSource() = default;

  // In order of arrival; empty at the end. Throws ConfigError ("file:line:column: ...") on a damaged record, unless the
  // source was told to skip those.
  virtual std::optional<Request> next() = 0;

  [[nodiscard]] virtual SourceCounts counts() const = 0;
  // How the source reads what it is made from; empty when there is nothing to say.
  [[nodiscard]] virtual std::string note() const { return ""; }
  // Doubt about that reading, after the requests that next() has given; empty when there is none.
  [[nodiscard]] virtual std::string warning() const { return ""; }
};

}  // namespace cm::workloads
