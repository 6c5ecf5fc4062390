// Guess of the dialect of a JSON-lines file from its first lines.
#pragma once

#include "workloads/traces/dialects/trace_dialect.h"

#include <cstdint>
#include <string>

namespace cm::workloads {

// No supernode receives more requests per second: a trace that says so has its times in another unit.
inline constexpr double MostRequestsPerSecond = 1000;

// Names how the first lines of the file look where that is not how they are read, with the keys that read them so:
// "times in seconds and blocks of 16 tokens: workload.trace_format={time: s, block_tokens: 16} reads it so". Empty when
// nothing better is known, or the file cannot be read.
std::string other_dialect_text(const std::string& path, const TraceDialect& dialect, std::int64_t cached_block_tokens);

}  // namespace cm::workloads
