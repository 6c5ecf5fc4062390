// run.log: what may differ between two equal runs, and therefore stays out of result.json.
#pragma once

#include <chrono>
#include <string>

namespace cm::tools {

// `started` is when the run began; now is when it ended. The command stands there as it was typed, with its folder.
std::string run_log(std::chrono::system_clock::time_point started, const std::string& scenario);

}  // namespace cm::tools
