#include "tools/program/completion_script.h"

#include "sim/config/suggestion.h"
#include "tools/program/command_tree.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace cm::tools {
namespace {

std::vector<std::string> names_of(const std::vector<CommandEntry>& commands)
{
  std::vector<std::string> names;
  for (const CommandEntry& command : commands)
    names.push_back(command.name);
  return names;
}

std::vector<std::string> option_words(const CommandEntry& command)
{
  std::vector<std::string> words;
  for (const OptionEntry& option : command.options)
    words.insert(words.end(), option.names.begin(), option.names.end());
  return words;
}

std::string bash_values(const OptionEntry& option)
{
  if (!option.choices.empty())
    return fmt::format("compgen -W \"{}\" -- \"$word\"", sim::config::joined(option.choices, " "));
  return fmt::format("compgen -{} -- \"$word\"", option.is_folder() ? "d" : "f");
}

// "run.--out)": what may follow an option of a command.
std::string bash_option_cases(const CommandEntry& command)
{
  std::string text;
  for (const OptionEntry& option : command.options) {
    if (option.is_flag() || option.is_positional())
      continue;
    std::string labels;
    for (const std::string& name : option.names)
      labels += fmt::format("{}{}.{}", labels.empty() ? "" : " | ", command.name, name);
    text += fmt::format("    {}) mapfile -t COMPREPLY < <({}); return ;;\n", labels, bash_values(option));
  }
  return text;
}

std::string bash_positional_case(const CommandEntry& command)
{
  for (const OptionEntry& option : command.options)
    if (option.is_positional() && !option.choices.empty())
      return fmt::format("    {}) mapfile -t COMPREPLY < <({}); return ;;\n", command.name, bash_values(option));
  return {};
}

// Inside single quotes of zsh's _arguments: brackets and colons have a meaning there.
std::string zsh_quoted(std::string_view text)
{
  std::string safe;
  for (const char letter : text) {
    if (letter == '\'') {
      safe += "'\\''";
      continue;
    }
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\')
      safe += '\\';
    safe += letter;
  }
  return safe;
}

std::string zsh_action(const OptionEntry& option)
{
  if (!option.choices.empty())
    return fmt::format("({})", sim::config::joined(option.choices, " "));
  return option.is_folder() ? "_files -/" : "_files";
}

std::string zsh_argument(const OptionEntry& option)
{
  const std::string value = option.is_flag() ? "" : fmt::format(":{}:{}", zsh_quoted(option.value), zsh_action(option));
  if (option.is_positional())
    return fmt::format("        '*{}' \\\n", value);
  std::string text;
  for (const std::string& name : option.names)
    text += fmt::format("        '*{}[{}]{}' \\\n", name, zsh_quoted(option.sentence), value);
  return text;
}

std::string zsh_case(const CommandEntry& command)
{
  std::string text = fmt::format("    {})\n      _arguments \\\n", command.name);
  for (const OptionEntry& option : command.options)
    text += zsh_argument(option);
  return text + "        && return 0\n      ;;\n";
}

}  // namespace

std::string bash_completion(const CLI::App& program)
{
  const std::vector<CommandEntry> commands = commands_of(program);
  std::string values;
  std::string positionals;
  std::string options;
  for (const CommandEntry& command : commands) {
    values += bash_option_cases(command);
    positionals += bash_positional_case(command);
    options +=
        fmt::format("      {}) options=\"{}\" ;;\n", command.name, sim::config::joined(option_words(command), " "));
  }
  return fmt::format(R"(# bash completion of cmsim; cmsim completion bash prints it
_cmsim()
{{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command= options=
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ ${{COMP_WORDS[index]}} == -* ]] || {{ command=${{COMP_WORDS[index]}}; break; }}
  done
  if [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "{} --help --version" -- "$word")
    return
  fi
  case $command.$previous in
{}  esac
  if [[ $word == -* ]]; then
    case $command in
{}    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    return
  fi
  case $command in
{}  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}}
complete -o filenames -F _cmsim cmsim
)",
                     sim::config::joined(names_of(commands), " "), values, options, positionals);
}

std::string zsh_completion(const CLI::App& program)
{
  const std::vector<CommandEntry> commands = commands_of(program);
  std::string list;
  std::string cases;
  for (const CommandEntry& command : commands) {
    list += fmt::format("    '{}:{}'\n", command.name, zsh_quoted(command.sentence));
    cases += zsh_case(command);
  }
  return fmt::format(R"(#compdef cmsim
# zsh completion of cmsim; cmsim completion zsh prints it
_cmsim() {{
  local -a commands=(
{}  )
  if ((CURRENT == 2)); then
    _describe -t commands 'command' commands
    _arguments '--help[print help]' '--version[print the version]'
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{}  esac
}}
_cmsim "$@"
)",
                     list, cases);
}

}  // namespace cm::tools
