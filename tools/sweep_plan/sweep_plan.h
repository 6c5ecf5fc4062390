// All points of a sweep, in order, each checked and named before the first one runs.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/scenario/scenario.h"
#include "tools/sweep_plan/filter.h"
#include "tools/sweep_plan/sweep_file.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cm::tools {

struct SweepPoint {
  std::string base;
  Labels labels;  // of its axes, in their order
  std::uint64_t seed = 0;
  ScenarioRequest request;
  // Digest of what is simulated, of its names, and of the version of the program. 32 hexadecimal digits.
  std::string digest;
};

struct SweepPlan {
  std::vector<std::string> axis_keys;
  std::vector<SweepPoint> points;
  std::string inputs{};             // what it was made from, as JSON (sweep_inputs)
  std::vector<std::string> sets{};  // of the command line, without those that a later one replaces
};

// Reads the sweep and lists its points, without seeds and digests: quick, however many there are. Throws ConfigError
// with all that is wrong with the file's form and with settings whose keys an axis changes.
SweepPlan list_points(const SweepSource& source);

// Reads all that the points name and gives each its seed and digest: milliseconds a point, so it tells how far it is.
// Throws ConfigError with keys and values that no scenario takes, and mistakes that all points of a base share. A point
// whose values are fine each and do not go together stays; running it says why it cannot be.
void check_points(SweepPlan& plan, sim::metrics::Progress& progress);

// The same points, of which only some are checked and have seed and digest: a task of many need not check all.
SweepPlan plan_points(const SweepSource& source, std::span<const std::size_t> indices);

// The points of a sweep before they are checked: without digests, and with a seed only where the sweep gives one.
// The last axis walks fastest, then the seeds. Ends early behind the most that a sweep may have.
std::vector<SweepPoint> expand(const SweepSpec& spec, const SweepSource& source);

// Name of the point's file, as point_file_name() has it.
std::string file_name(std::size_t number, const SweepPoint& point);

}  // namespace cm::tools
