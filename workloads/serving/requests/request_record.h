// Record of a request, kept until the run is over, since only then is it known where the warm-up ended: 104 B, so that
// ten million requests take a gigabyte.
#pragma once

#include "sim/diagnostics/ensure.h"
#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/serving_spec.h"

#include <algorithm>
#include <limits>

namespace cm::workloads {

struct RequestRecord {
  enum class State : std::uint8_t { Open, Refused, Finished };

  std::array<std::int64_t, Milestones> at{};  // [milestone], picoseconds; of a refused one only its arrival
  std::int64_t last_token = 0;                // picoseconds
  std::int32_t input_tokens = 0;              // of a refused one at most what the type holds
  std::int32_t output_tokens = 0;
  std::int32_t cached_tokens = 0;
  std::uint32_t instance = 0;  // that prefilled it
  std::uint32_t rank = 0;      // that decoded it, among those of all decode instances, one after the other
  State state = State::Open;

  [[nodiscard]] bool is_finished() const { return state == State::Finished; }
  [[nodiscard]] std::int64_t when(Milestone milestone) const { return at[static_cast<std::size_t>(milestone)]; }
  // End of its first decode iteration. A request whose only token comes from prefill has none: end of its prefill.
  [[nodiscard]] std::int64_t served() const { return std::max(when(Milestone::Prefilled), when(Milestone::Decoded)); }
};
static_assert(sizeof(RequestRecord) <= 104);

// The milestone that the first token leaves at.
inline Milestone first_token_at(FirstToken first_token)
{
  return first_token == FirstToken::Decode ? Milestone::Decoded : Milestone::Prefilled;
}

inline double milliseconds(std::int64_t picoseconds)
{
  return static_cast<double>(picoseconds) * 1e-9;
}

// Time to first token of a finished request, in ms.
inline double ttft_ms(FirstToken first_token, const RequestRecord& record)
{
  return milliseconds(record.when(first_token_at(first_token)) - record.when(Milestone::Arrived));
}

// Whether a finished request has a time per output token. A single token has no time between tokens, and neither have
// speculative tokens that all leave in one iteration: nobody waits between them.
inline bool has_tpot(FirstToken first_token, const RequestRecord& record)
{
  return record.output_tokens > 1 && record.last_token > record.when(first_token_at(first_token));
}

// Time per output token of a request that has one, in ms.
inline double tpot_ms(FirstToken first_token, const RequestRecord& record)
{
  return milliseconds(record.last_token - record.when(first_token_at(first_token))) /
         static_cast<double>(record.output_tokens - 1);
}

// `request` has all its tokens.
inline RequestRecord record_of(const InFlight& request, FirstToken first_token)
{
  ensure(request.first_token == request.when(first_token_at(first_token)),
         "request {}: its first token left at {} ps, its milestone is {} ps", request.number, request.first_token,
         request.when(first_token_at(first_token)));
  return {.at = request.at,
          .last_token = request.last_token,
          .input_tokens = static_cast<std::int32_t>(request.request.input_tokens),
          .output_tokens = static_cast<std::int32_t>(request.request.output_tokens),
          .cached_tokens = static_cast<std::int32_t>(request.cached_tokens),
          .instance = request.instance,
          .rank = request.decode_rank,
          .state = RequestRecord::State::Finished};
}

inline RequestRecord refused_record_of(const Request& request, Seconds arrival)
{
  const auto tokens = [](std::int64_t count) {
    return static_cast<std::int32_t>(std::min<std::int64_t>(count, std::numeric_limits<std::int32_t>::max()));
  };
  RequestRecord record;
  record.at.front() = to_picoseconds(arrival).count();
  record.input_tokens = tokens(request.input_tokens);
  record.output_tokens = tokens(request.output_tokens);
  record.state = RequestRecord::State::Refused;
  return record;
}

}  // namespace cm::workloads
