// cmsim sweep: simulates many points of one or several scenarios.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// The command's callback sets `status` to 1 when a point failed, and to 128 plus its number when a signal ended it.
void add_sweep_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools
