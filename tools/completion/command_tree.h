// The command line as it was declared, for completion scripts and the manual page.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace cm::tools {

struct OptionEntry {
  std::vector<std::string> names;    // "-v", "--verbose"; empty for a positional
  std::string value;                 // "DIR", "SCENARIO.yaml"; empty for a flag
  std::vector<std::string> choices;  // empty unless only some words are taken
  std::string default_text;
  std::string sentence;
  bool is_required = false;

  [[nodiscard]] bool is_flag() const { return value.empty(); }
  [[nodiscard]] bool is_positional() const { return names.empty(); }
  [[nodiscard]] bool is_folder() const { return value == "DIR"; }
};

struct CommandEntry {
  std::string name;
  std::string sentence;
  std::string footer;  // tables and examples
  std::vector<OptionEntry> options;
};

// The subcommands in the order of --help. Options that are not for people are left out.
std::vector<CommandEntry> commands_of(const CLI::App& program);

}  // namespace cm::tools
