#include "tools/validate/groups.h"

#include "sim/config/reading_log.h"
#include "sim/diagnostics/errors.h"
#include "tools/scenario/config_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

// By path: this order reaches the report.
std::vector<fs::path> row_tables(const std::string& folder)
{
  std::vector<fs::path> tables;
  std::error_code trouble;
  for (fs::recursive_directory_iterator each(folder, trouble), end; !trouble && each != end; each.increment(trouble))
    if (each->path().extension() == ".csv" && is_row_table(each->path().string()))
      tables.push_back(each->path());
  if (trouble)
    throw ConfigError(fmt::format("{}: expected a folder with tables of rows: {}", folder, trouble.message()));
  std::ranges::sort(tables);
  return tables;
}

ValidationGroup& group_of(std::vector<ValidationGroup>& groups, const std::string& name)
{
  const auto found = std::ranges::find(groups, name, &ValidationGroup::name);
  if (found != groups.end())
    return *found;
  groups.push_back({.name = name, .sentence = "", .rows = {}, .is_built = false});
  return groups.back();
}

// A name may be that of a scenario to come; a path is one that is wrong.
void refuse_missing_paths(const ValidationGroup& group, const std::string& configs, sim::config::ReadingLog& log)
{
  for (const TableRow& row : group.rows)
    if (row.scenario.find('/') != std::string::npos && !scenario_path(row.scenario, row.place, configs))
      add_problem(log, row.place, "scenario", missing_scenario(row.scenario, row.place, configs));
}

bool is_built(const ValidationGroup& group, const std::string& configs)
{
  return !group.rows.empty() && std::ranges::all_of(group.rows, [&](const TableRow& row) {
    return scenario_path(row.scenario, row.place, configs).has_value();
  });
}

}  // namespace

std::span<const GroupKind> group_table()
{
  static constexpr std::array<GroupKind, 10> Table{{
      {"p2p", "one access: latency and bandwidth"},
      {"ep", "dispatch and combine of experts"},
      {"operators", "single operators of a die"},
      {"collectives", "collectives of a group of dies"},
      {"decode", "decode of a language model"},
      {"prefill", "prefill of a language model"},
      {"cache", "accesses to cached blocks, tier by tier"},
      {"model-load", "start-up times of model instances"},
      {"h800", "nodes of eight H800 with InfiniBand"},
      {"h200", "a host with four H200"},
  }};
  return Table;
}

ProjectFolders ProjectFolders::beside(const std::string& config_root)
{
  const fs::path root = (fs::path(config_root) / "..").lexically_normal();
  return {config_root, (root / "tests" / "validation").string(), (root / "docs").string()};
}

std::vector<ValidationGroup> read_groups(const ProjectFolders& folders)
{
  std::vector<ValidationGroup> groups;
  for (const GroupKind& kind : group_table())
    groups.push_back(
        {.name = std::string(kind.name), .sentence = std::string(kind.sentence), .rows = {}, .is_built = false});
  for (const fs::path& table : row_tables(folders.validation)) {
    const std::vector<TableRow> rows = read_row_table(table.string());
    ValidationGroup& group = group_of(groups, table.stem().string());
    group.rows.insert(group.rows.end(), rows.begin(), rows.end());
  }
  sim::config::ReadingLog log;
  for (ValidationGroup& group : groups) {
    refuse_missing_paths(group, folders.configs, log);
    group.is_built = is_built(group, folders.configs);
  }
  throw_if_any(log);
  return groups;
}

}  // namespace cm::tools
