#include "tools/command_line/help_format.h"

#include "tools/terminal/table_text.h"

#include <algorithm>
#include <string_view>

namespace cm::tools {
namespace {

constexpr std::size_t SentenceColumn = 30;

// Start of the second column in a line of two; 0 for any other line.
std::size_t second_column(std::string_view line)
{
  const std::size_t name = line.find_first_not_of(' ');
  const std::size_t gap = line.find("  ", name);
  return gap == std::string_view::npos || gap >= SentenceColumn ? 0 : line.find_first_not_of(' ', gap);
}

std::string within_terminal(std::string_view line)
{
  if (columns_of(line) <= TerminalWidth)
    return std::string(line) + "\n";
  const std::size_t indent = second_column(line);
  return wrapped(line.substr(0, indent), line.substr(indent), indent);
}

}  // namespace

std::string HelpFormat::make_footer(const CLI::App* command) const
{
  const std::string footer = CLI::Formatter::make_footer(command);
  std::string text;
  for (std::string_view rest = footer; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    text += within_terminal(line);
  }
  return text;
}

std::string HelpFormat::make_option(const CLI::Option* option, bool is_positional) const
{
  const std::string name = "  " + make_option_name(option, is_positional) + make_option_opts(option);
  const std::string sentence = make_option_desc(option);
  if (sentence.empty())
    return name + "\n";
  if (columns_of(name) + 1 < SentenceColumn)
    return wrapped(left_aligned(name, SentenceColumn), sentence, SentenceColumn);
  return name + "\n" + wrapped(std::string(SentenceColumn, ' '), sentence, SentenceColumn);
}

}  // namespace cm::tools
