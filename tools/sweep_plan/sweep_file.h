// A file of configs/sweeps/: one or several scenarios, the axes along which they change, which points are left out.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "tools/scenario/changes.h"
#include "tools/sweep_plan/axis.h"
#include "tools/sweep_plan/filter.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cm::tools {

// Origin of a sweep: its file and what the command line adds.
struct SweepSource {
  std::string path;                 // of its file, where it was found
  std::string config_root;          // folder with scenarios/, machines/ and so on
  std::vector<std::string> sets{};  // "key=value" of the command line, for every point
  std::string name{};               // of a shipped sweep that was called by its name; empty otherwise
};

struct SweepBase {
  std::string name;      // "ep"
  std::string scenario;  // path of its file
  std::vector<Change> set;
  std::vector<Axis> axes;  // its own, before those of the sweep
};

struct SweepSpec {
  sim::config::Value as_read;                    // the whole file
  std::vector<sim::config::FileRead> scenarios;  // of the bases, each once
  std::vector<SweepBase> bases;
  std::vector<Axis> axes;  // of every base
  std::vector<Filter> only;
  std::vector<Filter> skip;
  std::vector<std::uint64_t> seeds;  // empty: each scenario's own

  [[nodiscard]] std::vector<std::string> axis_keys() const;  // each once, in file order, bases first
};

// Problems go to the log; only a file that cannot be read at all throws (ConfigError). `config_root` holds scenarios/.
SweepSpec read_sweep(const std::string& path, const std::string& config_root, sim::config::ReadingLog& log);

}  // namespace cm::tools
