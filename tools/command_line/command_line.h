// Parts of the command line that the subcommands share.
#pragma once

#include "tools/scenario/scenario.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// SCENARIO, --set and --configs; `request` is filled while the command line is parsed and outlives `command`.
void add_scenario_options(CLI::App& command, ScenarioRequest& request);

// --set, as often as needed; `sentence` says of what it changes a key.
void add_set_option(CLI::App& command, std::vector<std::string>& sets, const std::string& sentence);

// Puts the file of a shipped scenario in place of its name. Throws ConfigError when the path is no scenario.
void locate_scenario(ScenarioRequest& request);

// --set-at, what calibrate and others call their runs with; not for people.
void add_placed_settings(CLI::App& command, ScenarioRequest& request);

// --seed, for commands that draw random numbers.
void add_seed_option(CLI::App& command, ScenarioRequest& request);

// --jobs, for commands that run this program many times.
void add_jobs_option(CLI::App& command, int& jobs);

// --out of commands that run this program many times. `file`: what they write there.
void add_many_runs_folder(CLI::App& command, std::optional<std::string>& out, const std::string& file);

// --format, for commands that print a table or JSON.
void add_format_option(CLI::App& command, std::string& format);

// Why CLI11 refused a command line, in one line that suggests the nearest subcommand or option.
std::string explain(const CLI::App& program, const CLI::ParseError& error);

}  // namespace cm::tools
