#include "tools/completion/command_tree.h"

#include <string_view>

namespace cm::tools {
namespace {

// CLI11 keeps the words of a choice only in the text of the type: "FORMAT:{table,json}".
std::vector<std::string> choices_in(std::string_view type)
{
  std::vector<std::string> choices;
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos)
    return choices;
  std::string_view words = type.substr(open + 1, close - open - 1);
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(','));
    choices.emplace_back(word);
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return choices;
}

OptionEntry entry_of(const CLI::Option& option)
{
  OptionEntry entry;
  for (const std::string& name : option.get_snames())
    entry.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames())
    entry.names.push_back("--" + name);
  const std::string type = option.get_type_name();
  if (option.get_expected_max() > 0)
    entry.value = type.substr(0, type.find(':'));
  entry.choices = choices_in(type);
  entry.default_text = option.get_default_str();
  entry.sentence = option.get_description();
  entry.is_required = option.get_required();
  return entry;
}

}  // namespace

std::vector<CommandEntry> commands_of(const CLI::App& program)
{
  std::vector<CommandEntry> commands;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    CommandEntry entry{command->get_name(), command->get_description(), command->get_footer(), {}};
    for (const CLI::Option* option : command->get_options())
      if (!option->get_group().empty())
        entry.options.push_back(entry_of(*option));
    commands.push_back(std::move(entry));
  }
  return commands;
}

}  // namespace cm::tools
