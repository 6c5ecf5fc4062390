// Runs of this program as child processes, some at a time: an engine lives once in a process.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace cm::tools {

// Runs the program with each of the argument lists, at most `jobs` at a time, and returns what each printed, in order.
// `watch` is told how many have ended. Throws ConfigError with the child's own words when one does not end with status
// 0. Children end with this process.
std::vector<std::string> run_children(const std::vector<std::vector<std::string>>& calls, int jobs,
                                      const std::function<void(std::size_t ended)>& watch = {});

}  // namespace cm::tools
