#include "tools/program/compare_command.h"

#include "sim/config/reading_log.h"
#include "sim/diagnostics/errors.h"
#include "tools/command_line/standard_streams.h"
#include "tools/compare/comparison.h"
#include "tools/compare/comparison_format.h"
#include "tools/compare/revisions.h"
#include "tools/files/output_folder.h"
#include "tools/shipped/located_file.h"
#include "tools/terminal/terminal_progress.h"
#include "tools/terminal/terminal_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <unistd.h>
#include <vector>

namespace cm::tools {
namespace {

constexpr int Regression = 1;

struct CompareOptions {
  std::vector<std::string> paths;      // BASE and NEW, or scenarios
  std::vector<std::string> revisions;  // none or two
  std::vector<std::string> tolerances;
  std::vector<std::string> sets;
  std::string format = "table";
  std::optional<std::string> out;
  std::string repository;
  std::string config_root;
};

// Files that somebody mistakes for results are named before anything else is found wrong with them.
void refuse_no_results(const CompareOptions& options)
{
  sim::config::ReadingLog log;
  for (const std::string& path : options.paths)
    if (const std::string mistaken = mistaken_for(path, options.config_root); !mistaken.empty())
      add_problem(
          log, {path, 1, 1}, "",
          fmt::format("expected a result, a sweep or a folder of them, {}{}", mistaken,
                      mistaken.starts_with("found a scenario") ? ", --rev A B compares two revisions with it" : ""));
  throw_if_any(log);
}

// Paths, since revisions before this one may know no names.
std::vector<std::string> scenarios_of(const CompareOptions& options)
{
  std::vector<std::string> scenarios;
  for (const std::string& path : options.paths)
    scenarios.push_back(locate(path, FileKind::Scenario, options.config_root).path);
  return scenarios;
}

struct Sides {
  std::string old_path;
  std::string new_path;
};

Sides sides_of(const CompareOptions& options)
{
  if (options.revisions.empty()) {
    refuse_no_results(options);
    if (options.paths.size() != 2)
      throw ConfigError(fmt::format("cmsim compare: expected BASE and NEW, found {} paths (try cmsim compare --help)",
                                    options.paths.size()));
    if (!options.sets.empty())
      throw ConfigError("--set: expected --rev too; results that are there cannot be changed");
    return {options.paths[0], options.paths[1]};
  }
  if (options.paths.empty())
    throw ConfigError("--rev: expected the scenarios that both revisions run, found none");
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  const RevisionResults results = run_revisions({.repository = options.repository,
                                                 .old_revision = options.revisions[0],
                                                 .new_revision = options.revisions[1],
                                                 .scenarios = scenarios_of(options),
                                                 .sets = options.sets},
                                                progress);
  return {results.old_folder, results.new_folder};
}

int run(const CompareOptions& options)
{
  std::optional<OutputFolder> folder;
  if (options.out)
    folder.emplace(*options.out, "comparison", ResultMark::Comparison);
  const Tolerances tolerances = read_tolerances(options.tolerances);
  // Two revisions may build for minutes before they say what they have.
  if (!options.revisions.empty())
    refuse_unknown(tolerances);
  const Sides sides = sides_of(options);
  sim::config::ReadingLog log;
  const ResultSet old_set = read_results(sides.old_path, log);
  const ResultSet new_set = read_results(sides.new_path, log);
  refuse_unknown(tolerances, old_set, new_set, log);
  throw_if_any(log);
  refuse_other_kinds(old_set, new_set, log);
  throw_if_any(log);
  const Comparison comparison = compare(old_set, new_set, tolerances);
  const auto formats = comparison_formats();
  std::string text = std::ranges::find(formats, options.format, &ComparisonFormat::name)
                         ->print(comparison, terminal_width(STDOUT_FILENO));
  if (folder) {
    const auto written = folder->write({{"comparison.json", comparison_json(comparison)}});
    if (options.format == "table")
      text += fmt::format("\nwritten: {}\n", written.front());
  }
  print(text);
  return comparison.has_regression() ? Regression : 0;
}

std::vector<std::string> format_names()
{
  std::vector<std::string> names;
  for (const ComparisonFormat& format : comparison_formats())
    names.emplace_back(format.name);
  return names;
}

std::string footer()
{
  std::string text = "Formats:\n";
  for (const ComparisonFormat& format : comparison_formats())
    text += fmt::format("  {:<10}  {}\n", format.name, format.sentence);
  return text + "\nExit status: 0 nothing is worse; 1 a number is worse by more than its tolerance, or is gone.\n"
                "\nExamples:\n  cmsim compare results/before results/after --tolerance tpot_ms=2%\n"
                "  cmsim compare --rev main HEAD ep";
}

}  // namespace

void add_compare_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<CompareOptions>();
  options->config_root = config_root;
  options->repository = std::filesystem::path(config_root).parent_path().string();
  CLI::App& command = *program.add_subcommand("compare", "compare results, sweeps or two revisions of the program");
  command
      .add_option("paths", options->paths,
                  "two results, sweeps or folders of them; with --rev the scenarios that both revisions run")
      ->type_name("BASE NEW")
      ->required();
  command.add_option("--rev", options->revisions, "build and run two git revisions, and compare what they say")
      ->type_name("A B")
      ->expected(2)
      ->allow_extra_args(false);
  command
      .add_option("--tolerance", options->tolerances,
                  "how far a metric may move, tpot_ms=2%, or all others, 2%; 1 % otherwise; as often as needed")
      ->type_name("METRIC=SHARE")
      ->allow_extra_args(false);
  command.add_option("--set", options->sets, "with --rev: change one key of the scenarios for both")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--out", options->out, "write DIR/comparison.json, for cmsim report")->type_name("DIR");
  command.add_option("--format", options->format, "what is printed: table, markdown, junit or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember(format_names()))
      ->capture_default_str();
  command.add_option("--repository", options->repository, "with --rev: where the revisions are")->type_name("DIR");
  command.footer(footer());
  command.callback([options, &status] { status = run(*options); });
}

}  // namespace cm::tools
