#include "tools/completion/command_tree.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm::tools;
using Words = std::vector<std::string>;

namespace {

// Options are bound to these, which live as long as the test.
struct Bound {
  std::string text;
  std::vector<std::string> texts;
  int number = 1;
  bool flag = false;
};

CommandEntry entry_of(const CLI::App& program, const std::string& name)
{
  const auto commands = commands_of(program);
  const auto found = std::ranges::find(commands, name, &CommandEntry::name);
  REQUIRE(found != commands.end());
  return *found;
}

OptionEntry option_of(const CommandEntry& command, const std::string& name)
{
  const auto found = std::ranges::find_if(command.options, [&](const OptionEntry& option) {
    return std::ranges::find(option.names, name) != option.names.end();
  });
  REQUIRE(found != command.options.end());
  return *found;
}

}  // namespace

TEST_CASE("commands come in the order of their declaration with sentence and footer")
{
  CLI::App program;
  program.add_subcommand("sweep", "simulate many")->footer("examples");
  program.add_subcommand("run", "simulate one");
  const auto commands = commands_of(program);
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].name == "sweep");
  CHECK(commands[0].sentence == "simulate many");
  CHECK(commands[0].footer == "examples");
  CHECK(commands[1].name == "run");
}

TEST_CASE("an option has all its names, the word for its value, its default and whether it must be there")
{
  Bound bound;
  CLI::App program;
  CLI::App& run = *program.add_subcommand("run", "simulate");
  run.add_option("-j,--jobs", bound.number, "runs at a time")->type_name("N")->capture_default_str();
  run.add_option("--out", bound.text, "where to")->type_name("DIR")->required();
  const CommandEntry command = entry_of(program, "run");
  const OptionEntry jobs = option_of(command, "--jobs");
  CHECK(jobs.names == Words{"-j", "--jobs"});
  CHECK(jobs.value == "N");
  CHECK(jobs.default_text == "1");
  CHECK(jobs.sentence == "runs at a time");
  CHECK_FALSE(jobs.is_required);
  CHECK_FALSE(jobs.is_folder());
  const OptionEntry out = option_of(command, "--out");
  CHECK(out.is_required);
  CHECK(out.is_folder());
  CHECK(out.choices.empty());
}

TEST_CASE("a flag has no value and a positional no name")
{
  Bound bound;
  CLI::App program;
  CLI::App& run = *program.add_subcommand("run", "simulate");
  run.add_flag("--timeline", bound.flag, "keep what happened when");
  run.add_option("scenario", bound.text, "what to run")->type_name("SCENARIO.yaml");
  const CommandEntry command = entry_of(program, "run");
  CHECK(option_of(command, "--timeline").is_flag());
  const auto positional = std::ranges::find_if(command.options, &OptionEntry::is_positional);
  REQUIRE(positional != command.options.end());
  CHECK(positional->value == "SCENARIO.yaml");
  CHECK_FALSE(positional->is_flag());
}

TEST_CASE("words of a choice are taken apart, and the value keeps its own name")
{
  Bound bound;
  CLI::App program;
  CLI::App& run = *program.add_subcommand("run", "simulate");
  run.add_option("--format", bound.text)->type_name("FORMAT")->check(CLI::IsMember({"table", "json", "csv"}));
  run.add_option("--only", bound.text)->type_name("WORD")->check(CLI::IsMember({"one"}));
  const CommandEntry command = entry_of(program, "run");
  CHECK(option_of(command, "--format").value == "FORMAT");
  CHECK(option_of(command, "--format").choices == Words{"table", "json", "csv"});
  CHECK(option_of(command, "--only").choices == Words{"one"});
}

TEST_CASE("options that are not for people are left out, the help is one for people")
{
  Bound bound;
  CLI::App program;
  CLI::App& run = *program.add_subcommand("run", "simulate");
  run.add_option("--internal", bound.text)->group("");
  const CommandEntry command = entry_of(program, "run");
  REQUIRE(command.options.size() == 1);
  CHECK(command.options.front().names == Words{"-h", "--help"});
}
