// Error bars: all uncertain numbers drawn together from their stated ranges, many times.
#pragma once

#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "tools/processes/child_runs.h"
#include "tools/scenario/scenario.h"
#include "tools/sensitivity/uncertain_number.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cm::tools {

struct UncertaintyRequest {
  ScenarioRequest scenario;
  int samples = 0;                // at least 2
  int jobs = 1;                   // runs at a time
  RunJournal* journal = nullptr;  // borrowed; null: finished runs are not kept
};

// [sample]["key=value"]: a Latin hypercube, so that each number takes every part of its range once, uniformly. Numbers
// without a range are left out. Equal seeds give equal samples.
std::vector<std::vector<PlacedSetting>> hypercube(const std::vector<UncertainNumber>& numbers, int samples,
                                                  std::uint64_t seed);

struct Uncertainty {
  sim::metrics::Table table;
  Shortfall shortfall;   // of samples
  std::size_t runs = 0;  // samples that the table rests on
};

// A row per metric: its value as shipped and the 5 % and 95 % quantiles of the samples that there are; its sentence
// says when some are missing. Throws ConfigError when the scenario is wrong, and what the runs say when all of them
// fail.
Uncertainty uncertainty(const UncertaintyRequest& request, const sim::metrics::Result& nominal,
                        sim::metrics::Progress& progress);

}  // namespace cm::tools
