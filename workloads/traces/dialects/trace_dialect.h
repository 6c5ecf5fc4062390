// How a file of JSON lines means its times and the ids of its blocks. Nothing in such a file says so: Mooncake writes
// whole milliseconds and blocks of 512 tokens, others seconds and 16.
#pragma once

#include "sim/config/reader.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace cm::workloads {

enum class TimeUnit : std::uint8_t { Seconds, Milliseconds, Microseconds, Nanoseconds };

inline double seconds_of(TimeUnit unit)
{
  switch (unit) {
  case TimeUnit::Seconds: return 1;
  case TimeUnit::Milliseconds: return 1e-3;
  case TimeUnit::Microseconds: return 1e-6;
  case TimeUnit::Nanoseconds: break;
  }
  return 1e-9;
}

// As workload.trace_format writes it.
inline std::string_view unit_text(TimeUnit unit)
{
  switch (unit) {
  case TimeUnit::Seconds: return "s";
  case TimeUnit::Milliseconds: return "ms";
  case TimeUnit::Microseconds: return "us";
  case TimeUnit::Nanoseconds: break;
  }
  return "ns";
}

// Tokens that an id may stand for.
inline constexpr std::int64_t LeastBlockTokens = 1;
inline constexpr std::int64_t MostBlockTokens = 4096;

struct TraceDialect {
  std::optional<TimeUnit> time = std::nullopt;              // empty: milliseconds, and only whole ones
  std::optional<std::int64_t> block_tokens = std::nullopt;  // that an id stands for; empty: those of a cached block

  [[nodiscard]] bool is_default() const { return !time && !block_tokens; }

  friend bool operator==(const TraceDialect&, const TraceDialect&) = default;
};

// The keys of workload.trace_format. Complains of blocks that do not make up a cached one.
TraceDialect read_trace_dialect(sim::config::Reader format, std::int64_t cached_block_tokens);

}  // namespace cm::workloads
