// cmsim completion, cmsim manual: the command line for shells and for man.
#pragma once

#include <CLI/CLI.hpp>

namespace cm::tools {

// Both describe `program`, which must have all other subcommands when they run.
void add_completion_command(CLI::App& program);
void add_manual_command(CLI::App& program);

}  // namespace cm::tools
