// How the records of a trace are meant: workload.trace_format. What it leaves open is taken from the dialect
// (dialect_table.h) and from the first lines of the file (dialect_guess.h).
#pragma once

#include "sim/config/reader.h"
#include "workloads/traces/dialects/stamp.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cm::workloads {

// Parts of a record.
enum class TraceField : std::uint8_t { Time, Input, Output, Blocks, Session, Delay, Failed };
inline constexpr std::size_t TraceFields = 7;
// [field]: as workload.trace_format.columns names it.
inline constexpr std::array<std::string_view, TraceFields> TraceFieldKeys{
    "time", "input_tokens", "output_tokens", "block_ids", "session", "delay", "failed"};

// [field]: name of the file's column or key, with dots where a key stands inside another; empty: it has none.
using TraceColumns = std::array<std::string, TraceFields>;

inline const std::string& column(const TraceColumns& columns, TraceField field)
{
  return columns[static_cast<std::size_t>(field)];
}

// Tokens that an id may stand for.
inline constexpr std::int64_t LeastBlockTokens = 1;
inline constexpr std::int64_t MostBlockTokens = 4096;

// Reading of a trace as the scenario states it. Empty members are found by the beginning of the file.
struct TraceDialect {
  std::string name{};  // of a row of the table
  std::optional<TimeUnit> time = std::nullopt;
  std::optional<std::int64_t> block_tokens = std::nullopt;  // that an id stands for
  TraceColumns columns{};
  std::optional<bool> is_sorted = std::nullopt;    // lines stand in order of time
  std::optional<std::int64_t> run = std::nullopt;  // of a benchmark's log, counted from 1

  friend bool operator==(const TraceDialect&, const TraceDialect&) = default;
};

// The keys of workload.trace_format. Complains of names that no dialect has, and of blocks that neither make up a
// cached one nor are made of such.
TraceDialect read_trace_dialect(sim::config::Reader format, std::int64_t cached_block_tokens);

// Whether ids of so many tokens can become those of cached blocks: one is a multiple of the other.
inline bool can_regroup(std::int64_t block_tokens, std::int64_t cached_block_tokens)
{
  return cached_block_tokens % block_tokens == 0 || block_tokens % cached_block_tokens == 0;
}

}  // namespace cm::workloads
