// cmsim validate
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// Sets `status` to 1 when a row is not as expected.
void add_validate_command(CLI::App& program, const std::string& config_root, int& status);

}  // namespace cm::tools
