// Results of serving benchmarks with lists of every request: vLLM's (one JSON object a run) and SGLang's (JSON lines, a
// run each). Python's Infinity and NaN are taken for what they mean.
#pragma once

#include "workloads/traces/dialects/dialect_table.h"
#include "workloads/traces/dialects/line_source.h"

#include <memory>

namespace cm::workloads {

// The requests of one run, in order of their start. Where the log has no start times (`start_times` of newer vLLM) they
// are made: gaps drawn by the seed at its request rate and burstiness; without a rate, evenly over its duration when
// the benchmark kept a number of requests under way; else all at once. Throws ConfigError when the file is no such log,
// has no such run, or no lists of requests.
std::unique_ptr<LineSource> read_benchmark_log(const RequestFileSpec& spec, const TraceReading& reading);

}  // namespace cm::workloads
