#include "tools/validate/validation.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/numbers/number_name.h"
#include "tools/numbers/result_number.h"
#include "tools/scenario/config_files.h"
#include "tools/scenario/loaded_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace cm::tools {
namespace {

// Tolerances and errors are decimals: 3 % is not to fail at 3.0000000000000004 %.
constexpr double Rounding = 1e-12;

using RunKey = std::tuple<std::string, std::string,
                          std::string>;  // scenario, settings, and the table that paths in them start from

RunKey key_of(const TableRow& row, const std::string& configs)
{
  return {scenario_path(row.scenario, row.place, configs).value_or(row.scenario), row.settings, row.place.file};
}

ChildRun run_of(const TableRow& row, const ValidationRequest& request)
{
  return {.origin = row.origin(),
          .title = row.name,
          .scenario = std::get<0>(key_of(row, request.folders.configs)),
          .config_root = request.folders.configs,
          .seed = {},
          .settings = placed_settings(row.settings, row.place),
          .sets = request.sets};
}

std::vector<ValidationGroup> asked_groups(const ValidationRequest& request)
{
  std::vector<ValidationGroup> groups = read_groups(request.folders);
  if (!request.group)
    return groups;
  std::vector<std::string> names;
  for (const ValidationGroup& group : groups)
    names.push_back(group.name);
  if (std::ranges::find(names, *request.group) == names.end())
    throw ConfigError(fmt::format("--group: no group \"{}\"{}", *request.group,
                                  sim::config::suggestion(*request.group, names, "groups")));
  std::erase_if(groups, [&](const ValidationGroup& group) { return group.name != *request.group; });
  return groups;
}

// Checks the names in all rows that run: their metrics, and those that are planted.
void require_names(const std::vector<ValidationGroup>& groups, const ValidationRequest& request)
{
  sim::config::ReadingLog log;
  LoadedFiles loaded;
  std::map<std::string, std::string> kinds;  // of scenarios as they stand
  for (const ValidationGroup& group : groups)
    for (const TableRow& row : group.rows) {
      if (!group.is_built)
        continue;
      const std::string scenario = std::get<0>(key_of(row, request.folders.configs));
      const auto [kind, is_new] = kinds.try_emplace(scenario);
      if (is_new)
        kind->second = workload_kind_of(
            {.path = scenario, .sets = {}, .seed = {}, .config_root = request.folders.configs, .loaded = &loaded});
      if (const std::string refusal = refused_number(row.metric, kind->second); !refusal.empty())
        log.problems.push_back(fmt::format("{}: {}", row.origin(), refusal));
    }
  throw_if_any(log);
}

}  // namespace

std::string_view to_text(RowVerdict verdict)
{
  switch (verdict) {
  case RowVerdict::Within: return "within";
  case RowVerdict::Outside: return "outside";
  case RowVerdict::GapIsThere: return "known gap";
  case RowVerdict::GapIsGone: return "gap is gone";
  }
  return "";
}

RowVerdict ValidatedRow::verdict() const
{
  const double size = std::abs(error());
  if (!(size <= row.tolerance + Rounding))
    return RowVerdict::Outside;
  if (!row.gap)
    return RowVerdict::Within;
  return size < row.gap->from ? RowVerdict::GapIsGone : RowVerdict::GapIsThere;
}

bool ValidatedRow::is_as_expected() const
{
  return verdict() == RowVerdict::Within || verdict() == RowVerdict::GapIsThere;
}

std::vector<const ValidatedRow*> Validation::rows() const
{
  std::vector<const ValidatedRow*> all;
  for (const ValidatedGroup& group : groups)
    for (const ValidatedRow& row : group.rows)
      all.push_back(&row);
  return all;
}

std::vector<const ValidatedRow*> Validation::unexpected() const
{
  std::vector<const ValidatedRow*> found = rows();
  std::erase_if(found, [](const ValidatedRow* row) { return row->is_as_expected(); });
  return found;
}

Validation validate(const ValidationRequest& request, sim::metrics::Progress& progress)
{
  const std::vector<ValidationGroup> groups = asked_groups(request);
  std::map<RunKey, std::size_t> places;
  std::vector<ChildRun> runs;
  for (const ValidationGroup& group : groups)
    for (const TableRow& row : group.rows)
      if (group.is_built && places.try_emplace(key_of(row, request.folders.configs), runs.size()).second)
        runs.push_back(run_of(row, request));
  require_names(groups, request);
  if (!request.sets.empty() && !runs.empty())
    require_valid(runs.front());
  ChildRuns children({.jobs = request.jobs, .journal = request.journal}, progress);
  const std::vector<ChildOutcome> outcomes = children.run(runs);

  Validation validation{.groups = {}, .sets = request.sets};
  validation.shortfall = children.shortfall();
  validation.runs = static_cast<std::size_t>(std::ranges::count(outcomes, ChildEnd::Done, &ChildOutcome::end));
  if (validation.runs == 0 && validation.shortfall.failed > 0)
    throw_failures(validation.shortfall);
  for (const ValidationGroup& group : groups) {
    ValidatedGroup validated{.name = group.name, .sentence = group.sentence, .is_built = group.is_built, .rows = {}};
    for (const TableRow& row : group.rows) {
      if (!group.is_built)
        break;
      const ChildOutcome& outcome = outcomes[places.at(key_of(row, request.folders.configs))];
      if (outcome.end == ChildEnd::Done)
        validated.rows.push_back({row, number_of(outcome.output, row.metric, row.origin()).value});
      else
        validated.missing.push_back({row, outcome.reason});
    }
    validation.groups.push_back(std::move(validated));
  }
  return validation;
}

}  // namespace cm::tools
