// cmsim completion, cmsim manual: the command line for shells and for man.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace cm::tools {

// Both describe `program`, which must have all other subcommands when they run.
void add_completion_command(CLI::App& program);
void add_manual_command(CLI::App& program);

// Whether a script of a shell asks what it may offer, and the answer. It is no subcommand: the words that follow are
// those of another command line, half typed.
bool is_offer_command(int count, const char* const* arguments);
void print_offers(const CLI::App& program, int count, const char* const* arguments, const std::string& config_root);

}  // namespace cm::tools
