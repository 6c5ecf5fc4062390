// cmsim run: simulates one scenario.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

void add_run_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools
