#include "tools/command_line/help_format.h"
#include "tools/terminal/table_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>

namespace {

constexpr const char* Sentence =
    "one sentence that is longer than what a terminal of eighty columns has room for beside the name of its option";

std::string help(const std::string& footer)
{
  CLI::App program("a program", "cmsim");
  program.formatter(std::make_shared<cm::tools::HelpFormat>());
  static std::string text;
  program.add_option("--out", text, Sentence)->type_name("DIR");
  program.add_option("--an-option-with-a-long-name", text, Sentence)->type_name("SOMETHING");
  program.footer(footer);
  return program.help();
}

std::size_t widest_line(const std::string& text)
{
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    widest = std::max(widest, cm::tools::columns_of(line));
  return widest;
}

}  // namespace

TEST_CASE("help is never wider than a terminal")
{
  CHECK(widest_line(help("")) <= cm::tools::TerminalWidth);
  CHECK(widest_line(help(std::string("  ep    ") + Sentence)) <= cm::tools::TerminalWidth);
}

TEST_CASE("the sentence of an option starts in the second column, below a name that is too long for the first")
{
  const std::string text = help("");
  CHECK_THAT(text, Catch::Contains("\n  --out DIR                   one sentence"));
  CHECK_THAT(text, Catch::Contains("SOMETHING\n                              one sentence"));
}

TEST_CASE("a line of a footer is broken in its second column, and one that fits stays as it is")
{
  CHECK_THAT(help("Kinds:\n  ep    short"), Catch::Contains("Kinds:\n  ep    short\n"));
  CHECK_THAT(help(std::string("  ep    ") + Sentence), Catch::Contains("\n        "));
}
