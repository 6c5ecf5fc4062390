// Runs of this program as child processes, some at a time: an engine lives once in a process.
#pragma once

#include "tools/runner/changes.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// One run of a scenario that prints its result as JSON.
struct ChildRun {
  std::string origin;    // who wants it, with its place: "fit.yaml:4:5: row own"
  std::string scenario;  // path
  std::string config_root;
  std::optional<std::uint64_t> seed;
  std::vector<PlacedSetting> settings;  // from files
  std::vector<std::string> sets;        // "key=value" from the command line, after those
};

// Does the runs, at most `jobs` at a time, and returns what each printed, in order. `watch` is told how many have
// ended. When one does not end with status 0 the others are ended, and its own words are thrown behind its origin: as
// ConfigError, or as SimulationError when it has found a mistake of ours or crashed. Children end with this process.
std::vector<std::string> run_children(const std::vector<ChildRun>& runs, int jobs,
                                      const std::function<void(std::size_t ended)>& watch = {});

// A metric's value in what a run printed. Throws ConfigError, behind the origin, with the nearest name when it has no
// such metric.
double metric_of(const std::string& output, const std::string& metric, const std::string& origin);

}  // namespace cm::tools
