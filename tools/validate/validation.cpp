#include "tools/validate/validation.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/runner/child_runs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace cm::tools {
namespace {

// Tolerances and errors are decimals: 3 % is not to fail at 3.0000000000000004 %.
constexpr double Rounding = 1e-12;

using RunKey = std::pair<std::string, std::string>;  // scenario and settings

std::vector<std::string> call_of(const RunKey& run, const ValidationRequest& request)
{
  std::vector<std::string> words{"run",       fmt::format("{}/scenarios/{}", request.folders.configs, run.first),
                                 "--configs", request.folders.configs,
                                 "--format",  "json"};
  const auto set = [&](const std::string& setting) {
    words.emplace_back("--set");
    words.push_back(setting);
  };
  TableRow row;
  row.settings = run.second;
  std::ranges::for_each(settings_of(row), set);
  std::ranges::for_each(request.sets, set);
  return words;
}

double metric_of(const nlohmann::json& result, const TableRow& row)
{
  const auto& metrics = result.at("metrics");
  if (!metrics.contains(row.metric))
    throw ConfigError(fmt::format("row {}: {} has no metric \"{}\"", row.name, row.scenario, row.metric));
  return metrics.at(row.metric).at("value").get<double>();
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
  std::vector<std::vector<std::string>> calls;
  for (const ValidationGroup& group : groups)
    for (const TableRow& row : group.rows)
      if (group.is_built && places.try_emplace({row.scenario, row.settings}, calls.size()).second)
        calls.push_back(call_of({row.scenario, row.settings}, request));
  const auto total = static_cast<double>(calls.size());
  const std::vector<std::string> outputs = run_children(calls, request.jobs, [&](std::size_t ended) {
    progress.update(static_cast<double>(ended) / total, fmt::format("{} of {} runs", ended, calls.size()));
  });
  std::vector<nlohmann::json> results;
  for (const std::string& output : outputs)
    results.push_back(nlohmann::json::parse(output));

  Validation validation{.groups = {}, .sets = request.sets};
  for (const ValidationGroup& group : groups) {
    ValidatedGroup validated{.name = group.name, .sentence = group.sentence, .is_built = group.is_built, .rows = {}};
    for (const TableRow& row : group.rows)
      if (group.is_built)
        validated.rows.push_back({row, metric_of(results[places.at({row.scenario, row.settings})], row)});
    validation.groups.push_back(std::move(validated));
  }
  return validation;
}

}  // namespace cm::tools
