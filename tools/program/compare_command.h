// cmsim compare: old results against new ones.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// `status` becomes 1 when the comparison finds a regression; it outlives the program.
void add_compare_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools
