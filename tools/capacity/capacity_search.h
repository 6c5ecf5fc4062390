// The highest arrival rate that holds the service levels: the same requests arrive faster or slower, and each rate is a
// run in a process of its own.
//
// First the load is doubled or halved until one rate holds and its double does not, then the interval is halved, in the
// logarithm of the rate. A rate holds when its run is steady and at least the asked share of the requests holds both
// levels. More load on the same requests is taken never to help.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/capacity/service_levels.h"
#include "tools/runner/scenario.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// One rate, tried.
struct LoadTrial {
  double load = 1;         // arrival rate over that of the scenario
  double arrival_rps = 0;  // after the warm-up
  bool is_steady = false;
  double share = 0;       // of the requests that hold both levels
  double ttft_share = 0;  // that hold one
  double tpot_share = 0;
  double ttft_p90_ms = 0;
  double tpot_p90_ms = 0;
  std::string longest_part;  // of the mean time to first token
  double longest_part_ms = 0;

  [[nodiscard]] bool holds(double asked) const { return is_steady && share >= asked; }
};

struct Capacity {
  std::vector<LoadTrial> trials;      // as tried
  std::optional<std::size_t> holds;   // the highest load that does; empty: none did
  std::optional<std::size_t> breaks;  // the lowest load that does not; empty: all held
};

// `attempt` is asked about loads; it is 1 first.
Capacity bisect(double share, const std::function<LoadTrial(double load)>& attempt);

// Throws ConfigError when the scenario is wrong, no serving scenario, or a run is refused.
Capacity find_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels, sim::metrics::Progress& progress);

// The scenario with the levels, at a load.
ScenarioRequest at_load(const ScenarioRequest& scenario, const ServiceLevels& levels, double load);

// What ends the highest load, in words.
std::string limit_of(const Capacity& capacity, double share);

}  // namespace cm::tools
