// cmsim sensitivity: what a metric depends on.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

void add_sensitivity_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools
