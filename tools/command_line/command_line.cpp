#include "tools/command_line/command_line.h"

#include "sim/config/reading_log.h"
#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/scenario/changes.h"
#include "tools/shipped/located_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

// The subcommand that was being read, or the program itself.
const CLI::App& command_in_use(const CLI::App& program)
{
  const auto used = program.get_subcommands();
  return used.empty() ? program : *used.front();
}

std::vector<std::string> option_names(const CLI::App& command)
{
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

std::vector<std::string> subcommand_names(const CLI::App& program)
{
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

// An unknown option says more than what comes with it.
std::string about_strangers(const CLI::App& program, const CLI::App& command, const std::vector<std::string>& strangers)
{
  const auto option = std::ranges::find_if(strangers, [](const std::string& each) { return each.starts_with("-"); });
  const std::string& stranger = option != strangers.end() ? *option : strangers.front();
  if (stranger.starts_with("-"))
    return fmt::format(
        "unknown option \"{}\"{}", stranger,
        sim::config::suggestion(stranger.substr(0, stranger.find('=')), option_names(command), "options"));
  if (&command == &program)
    return fmt::format("unknown subcommand \"{}\"{}", stranger,
                       sim::config::suggestion(stranger, subcommand_names(program), "subcommands"));
  return fmt::format("unexpected argument \"{}\"", stranger);
}

// CLI11 itself takes -1 for the largest number. Empty when the text is fine.
std::string require_seed(const std::string& text)
{
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size())
    return {};
  return fmt::format("expected an integer of at least 0, found \"{}\"", text);
}

}  // namespace

void add_set_option(CLI::App& command, std::vector<std::string>& sets, const std::string& sentence)
{
  // One value each, or what stands behind it could not follow.
  command
      .add_option("--set", sets, sentence + "; a map replaces what is there, KEY+=MAP adds to it; as often as needed")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_scenario_options(CLI::App& command, ScenarioRequest& request)
{
  command
      .add_option("scenario", request.path, "a scenario's file, or the name of a shipped one (cmsim list scenarios)")
      ->required()
      ->type_name("SCENARIO");
  add_set_option(command, request.sets, "change one key, like workload.ep=128");
  command.add_option("--configs", request.config_root, "folder that holds machines/, models/ and parts/")
      ->type_name("DIR");
}

void locate_scenario(ScenarioRequest& request)
{
  const LocatedFile file = locate(request.path, FileKind::Scenario, request.config_root);
  request.path = file.path;
  request.name = file.name;
}

void add_placed_settings(CLI::App& command, ScenarioRequest& request)
{
  const auto take = [&request](const std::vector<std::string>& arguments) {
    std::vector<PlacedSetting> settings;
    for (const std::string& argument : arguments) {
      auto setting = setting_of_argument(argument);
      if (!setting)
        throw ConfigError(fmt::format("--set-at: expected LINE:COLUMN:LENGTH:KEY=VALUE:FILE, found \"{}\"", argument));
      settings.push_back(std::move(*setting));
    }
    sim::config::ReadingLog log;
    request.changes = changes_of_settings(settings, log);
    throw_if_any(log);
  };
  command.add_option_function<std::vector<std::string>>("--set-at", take)->allow_extra_args(false)->group("");
}

void add_seed_option(CLI::App& command, ScenarioRequest& request)
{
  command.add_option("--seed", request.seed, "where all random numbers come from, instead of the scenario's seed")
      ->type_name("N")
      ->check(require_seed);
}

void add_jobs_option(CLI::App& command, int& jobs)
{
  command.add_option("--jobs", jobs, "runs at a time")
      ->type_name("N")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
}

void add_many_runs_folder(CLI::App& command, std::optional<std::string>& out, const std::string& file)
{
  command
      .add_option("--out", out,
                  "write DIR/" + file + "; runs are kept there as they end, and the same command goes on after Ctrl-C")
      ->type_name("DIR");
}

void add_format_option(CLI::App& command, std::string& format)
{
  command.add_option("--format", format, "what is printed: table or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

std::string explain(const CLI::App& program, const CLI::ParseError& error)
{
  const CLI::App& used = command_in_use(program);
  const CLI::App& command = program.remaining().empty() ? used : program;
  const std::vector<std::string> strangers = command.remaining();
  const bool is_program = &command == &program;
  // The names of CLI11's exceptions are not always those of their classes; their codes are.
  const bool is_missing = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  const bool is_extra = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  std::string reason = error.what();
  if (!strangers.empty() && (is_missing || is_extra))
    reason = about_strangers(program, command, strangers);
  else if (is_program && is_missing)
    reason = fmt::format("expected a subcommand: {}", sim::config::joined(subcommand_names(program), ", "));
  const std::string help = is_program ? "cmsim --help" : fmt::format("cmsim {} --help", command.get_name());
  return fmt::format("cmsim: {} (try {})", reason, help);
}

}  // namespace cm::tools
