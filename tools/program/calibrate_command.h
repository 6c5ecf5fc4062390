// cmsim calibrate: fits parameters to published rows.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

void add_calibrate_command(CLI::App& program, const std::string& config_root);

}  // namespace cm::tools
