// cmsim topology: shows and checks the machine of a scenario.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

void add_topology_command(CLI::App& program, const std::string& config_root);

}  // namespace cm::tools
