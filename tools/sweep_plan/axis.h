// One dimension of a sweep: one key or several linked ones, and the stops that they make together.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "tools/scenario/changes.h"

#include <string>
#include <vector>

namespace cm::tools {

struct AxisStop {
  std::vector<std::string> texts;  // one a key, as a table shows them
  std::vector<Change> changes;
};

struct Axis {
  std::vector<std::string> keys;  // "workload.ep"
  sim::config::Position position;
  std::vector<AxisStop> stops;
};

// `map` is {KEY: [values] | {from, to, step}, ...}; with several keys all lists are equally long and move together.
// Problems go to the log; the axis has no stops then. `path` prefixes messages ("axes[0]").
Axis read_axis(const sim::config::Value& map, const std::string& path, sim::config::ReadingLog& log);

// Whether setting one key also sets the other: they are the same, or one lies inside the other.
bool overlap(const std::string& key, const std::string& other);

}  // namespace cm::tools
