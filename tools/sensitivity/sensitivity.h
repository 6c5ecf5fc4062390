// How far a number of a result moves when each uncertain number goes to the ends of its stated range, the others
// staying.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/processes/child_runs.h"
#include "tools/scenario/scenario.h"
#include "tools/sensitivity/uncertain_number.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

struct SensitivityRequest {
  ScenarioRequest scenario;
  std::string metric;             // a name of tools/numbers/number_name.h
  int jobs = 1;                   // runs at a time
  RunJournal* journal = nullptr;  // borrowed; null: finished runs are not kept
};

inline constexpr const char* NotRun = "not run";

struct Swing {
  UncertainNumber number;
  std::optional<double> at_low;   // the metric with the number at the lower end of its range; empty: no such run
  std::optional<double> at_high;  // at the upper end
  bool is_steady = true;          // both runs; else their numbers depend on the length of the run
  std::string missing{};          // why an end is: NotRun, the words of the failure, or that the metric is not reported

  [[nodiscard]] bool is_whole() const { return at_low && at_high; }
  // 0 unless it is whole.
  [[nodiscard]] double size() const;
};

struct Sensitivity {
  std::string metric;
  std::string unit;
  double nominal = 0;
  bool has_nominal = true;                  // false: stopped before the run as shipped; nothing else is known
  bool is_steady = true;                    // the run as shipped
  std::vector<Swing> swings;                // largest first; those that are not whole last
  std::vector<UncertainNumber> not_varied;  // no range is stated
  Shortfall shortfall{};                    // of runs
  std::size_t runs = 0;                     // that gave a result

  // If the numbers go astray independently: roots of the sums of the squared moves down and up, of the ends that are
  // there.
  [[nodiscard]] double low() const;
  [[nodiscard]] double high() const;
  [[nodiscard]] bool is_whole() const { return !shortfall.is_there(); }
};

// Throws ConfigError when the scenario is wrong, before anything runs when its kind of workload has no such metric, and
// when the run as shipped does not report it or fails. Other runs that fail or do not take place are told by their
// swings. Only the shortfall counts when it was stopped before the run as shipped was there (has_nominal).
Sensitivity sensitivity(const SensitivityRequest& request, sim::metrics::Progress& progress);

}  // namespace cm::tools
