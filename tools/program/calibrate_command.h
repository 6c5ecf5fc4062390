// cmsim calibrate: fits parameters to published rows.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// Sets `status` to 1 when the fit does not hold.
void add_calibrate_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools
