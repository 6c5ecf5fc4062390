// cmsim schema and cmsim explain: what can stand in a configuration.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

void add_schema_command(CLI::App& program, const std::string& config_root);
void add_explain_command(CLI::App& program, const std::string& config_root);

}  // namespace cm::tools
