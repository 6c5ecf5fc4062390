// "from 14 GB/s to 28 GB/s in steps of 7 GB/s", in exact decimals: 0.1, 0.2, 0.3 and never 0.30000000000000004.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"

#include <string>
#include <vector>

namespace cm::tools {

// Whether a value is written as a range: a map with `from` or `to`.
bool is_range(const sim::config::Value& value);

// The values of {from, to, step} or {from, to, times}, both ends included where they are met; scalars that stand where
// the range stands. A unit is the same at all of them. Without a step a whole number walks by 1. Problems go to the
// log, and the list is empty then. `path` prefixes messages.
std::vector<sim::config::Value> range_values(const sim::config::Value& range, const std::string& path,
                                             sim::config::ReadingLog& log);

}  // namespace cm::tools
