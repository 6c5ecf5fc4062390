// Names of the numbers of a result, checked before anything runs.
//
// A metric has the name that the result gives it. A statistic of a histogram has the name that comparisons and sweeps
// give it, "ttft_p99_ms", or the place where the result holds it, "ttft_ms.p99". "steady" is 1 or 0.
#pragma once

#include "tools/scenario/scenario.h"

#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

inline constexpr std::string_view SteadyNumber = "steady";

// Everything a result of the kind of workload may call its numbers; names with words that only a run knows are left
// out, and metrics that an option of `cmsim run` adds.
std::vector<std::string> number_names(std::string_view kind);

// Why a result of the kind has no such number, with the nearest name or the statistics of the histogram that it names:
// "expected a metric of the run, found ...". A metric that an option of `cmsim run` adds is refused with that option.
// Empty when it may have it, and for a kind that does not exist.
std::string refused_number(std::string_view name, std::string_view kind);

// The same, of any kind, with options of `cmsim run` or without.
std::string refused_number(std::string_view name);

// The kind of workload of a scenario as it stands; empty when it names none. Throws ConfigError when the scenario's
// file cannot be read.
std::string workload_kind_of(const ScenarioRequest& request);

}  // namespace cm::tools
