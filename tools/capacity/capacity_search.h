// The highest arrival rate that holds the service levels: the same requests arrive faster or slower, and each rate is a
// run in a process of its own.
//
// First the load is doubled or halved until one rate holds and its double does not, then the interval is halved, in the
// logarithm of the rate. A rate holds when its run is steady and at least the asked share of the requests holds both
// levels. More load on the same requests is taken never to help.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/capacity/service_levels.h"
#include "tools/processes/child_runs.h"
#include "tools/scenario/scenario.h"

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
  double ttft_share = 0;  // of them, that hold this level
  double tpot_share = 0;
  // Times that as large a share of the finished requests as must hold the levels stays within; empty when none
  // finished.
  std::optional<double> ttft_at_share_ms;
  std::optional<double> tpot_at_share_ms;
  std::optional<double> ttft_p50_ms{};  // empty when none finished, as those below
  std::optional<double> ttft_p99_ms{};
  std::optional<double> tpot_p50_ms{};
  std::optional<double> tpot_p99_ms{};
  double requests = 0;
  double counted = 0;        // after the warm-up
  double ttft_mean_ms = 0;   // 0: no request has one
  std::string unsteady;      // what the run itself says of that; empty when it is steady
  std::string longest_part;  // of the mean time to first token
  double longest_part_ms = 0;

  // Time in which the counted requests arrive, over their mean time to first token.
  [[nodiscard]] double length_in_ttfts() const
  {
    return arrival_rps > 0 && ttft_mean_ms > 0 ? counted / arrival_rps / (ttft_mean_ms * 1e-3) : 0;
  }
  [[nodiscard]] bool is_overloaded() const { return unsteady.starts_with("OVERLOADED"); }
  [[nodiscard]] bool holds(double asked) const { return is_steady && share >= asked; }
};

// A trial in the text of its result.json; `share` of the requests must hold the levels.
LoadTrial trial_of(double load, double share, const std::string& result);

struct Capacity {
  std::string longer = "workload.generator.requests";  // which key gives a longer run
  std::vector<LoadTrial> trials{};                     // as tried
  std::optional<std::size_t> holds{};                  // the highest load that does; empty: none did
  std::optional<std::size_t> breaks{};                 // the lowest load that does not; empty: all held
  Shortfall shortfall{};                               // of trials: the search was not brought to its end

  // More trials that the search takes: exact when one load holds and another does not, a guess before.
  [[nodiscard]] std::size_t trials_left() const;
};

// `attempt` is asked about loads; it is 1 first. Empty: it cannot be tried, and the search ends there. Told before each
// load: `watch`.
Capacity bisect(double share, const std::function<std::optional<LoadTrial>(double load)>& attempt,
                const std::function<void(const Capacity& so_far)>& watch = {});

// Throws ConfigError when the scenario is wrong, no serving scenario, the first run fails, or has too few requests to
// have a steady state. A search that is stopped, or whose later run fails, has the trials up to there.
Capacity find_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels, sim::metrics::Progress& progress,
                       RunJournal* journal = nullptr);

// The scenario with the levels, at a load.
ScenarioRequest at_load(const ScenarioRequest& scenario, const ServiceLevels& levels, double load);

// Sentence about the limit that ends the highest load.
std::string limit_sentence(const Capacity& capacity, double share);

// Reservations about the answer, each as a phrase to stand behind it: it is a bound, or a longer run may find another.
std::vector<std::string> capacity_caveats(const Capacity& capacity, double share);

// Why a longer run may find another capacity: the rate above it was only not steady, or the runs are short beside the
// times to first token. Empty: neither.
std::string length_warning(const Capacity& capacity, double share);

}  // namespace cm::tools
