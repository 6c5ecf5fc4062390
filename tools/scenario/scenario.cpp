// Resolution in four steps: the scenario's own keys (with what --set says about them), the files that it names, their
// parts, and the changes to machine and model. What a key means is the business of whoever reads the trees.
#include "tools/scenario/scenario.h"

#include "sim/config/digest.h"
#include "sim/config/reader.h"
#include "tools/scenario/changes.h"
#include "tools/scenario/config_files.h"
#include "tools/scenario/machine_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

bool is_hardware_or_model(const Change& change)
{
  return !path_below(change.path, "machine").empty() || !path_below(change.path, "model").empty();
}

struct OwnKeys {
  const Value* machine = nullptr;  // all in the scenario's tree; null when missing
  const Value* model = nullptr;
  const Value* overrides = nullptr;
  const Value* workload = nullptr;
  const Value* events = nullptr;
  const Value* recovery = nullptr;
};

OwnKeys read_own_keys(const Value& tree, std::int64_t& seed, ReadingLog& log)
{
  Reader reader(tree, "", log);
  OwnKeys keys;
  std::string description;
  keys.machine = reader.value({"machine", "the machine: a name in configs/machines, or a path"}, true);
  keys.model = reader.value({"model", "the language model: a name in configs/models, or a path"}, false);
  reader.optional({"seed", "where all random numbers of the run come from", 0.0}, seed);
  keys.overrides = reader.value({"overrides", "keys of the machine or the model that are different here"}, false);
  keys.workload = reader.value({"workload", "workload to run: its kind and the keys of that kind"}, true);
  keys.events =
      reader.value({"events", "what happens to parts of the machine during the run: a list of events"}, false);
  keys.recovery = reader.value({"recovery", "what is done about packets that events make lost or wrong"}, false);
  reader.optional({"description", "purpose of the scenario"}, description);
  reader.finish();
  return keys;
}

std::vector<Change> overrides_of(const Value* overrides, ReadingLog& log)
{
  if (overrides == nullptr || overrides->kind == Value::Kind::Null)
    return {};
  if (overrides->kind == Value::Kind::Map)
    return changes_of_overrides(*overrides, log);
  add_problem(log, overrides->position, "overrides",
              fmt::format("expected a map of keys, found {}", found_text(*overrides)));
  return {};
}

void refuse_changes_without_model(const ResolvedScenario& scenario, const std::vector<Change>& changes, ReadingLog& log)
{
  if (scenario.names_model)
    return;
  for (const Change& change : changes)
    if (!path_below(change.path, "model").empty())
      add_problem(log, change.key_position, change.path, "the scenario names no model whose key this could be");
}

void load_model(ResolvedScenario& scenario, ConfigFiles& files, const Value& reference,
                const std::vector<Change>& changes)
{
  scenario.model_name = reference.text;
  scenario.model = files.load("models", reference, "model");
  if (!scenario.model)
    return;
  if (const Value* layers = scenario.model->find("layers"))
    scenario.model_layers = without_evidence(*layers).text;
  apply_all(*scenario.model, "model", changes, Which::AllButParts);
}

}  // namespace

ResolvedScenario load_scenario(const ScenarioRequest& request)
{
  ResolvedScenario scenario;
  ReadingLog& log = scenario.log;
  scenario.path = request.called();
  Value tree = request.loaded != nullptr ? request.loaded->load(request.path) : sim::config::load_file(request.path);
  scenario.position = tree.position;

  log.files.push_back(
      {"scenario", request.name.empty() ? request.path : fmt::format("scenarios/{}.yaml", request.name), request.path});
  scenario.changes = request.changes;
  scenario.sets = changes_of_sets(request.sets, log);
  std::vector<Change> given = scenario.changes;
  std::ranges::copy(scenario.sets, std::back_inserter(given));
  for (const Change& change : given)
    if (!is_hardware_or_model(change))
      apply(tree, change.path, change);
  std::int64_t seed = 1;
  const OwnKeys keys = read_own_keys(tree, seed, log);
  scenario.seed = request.seed.value_or(static_cast<std::uint64_t>(seed));
  if (keys.workload != nullptr)
    scenario.workload = *keys.workload;
  if (keys.events != nullptr)
    scenario.events = *keys.events;
  if (keys.recovery != nullptr)
    scenario.recovery = *keys.recovery;
  scenario.names_model = keys.model != nullptr;

  scenario.overrides = overrides_of(keys.overrides, log);
  std::vector<Change> changes = scenario.overrides;
  std::ranges::copy_if(given, std::back_inserter(changes), is_hardware_or_model);
  refuse_changes_without_model(scenario, changes, log);

  ConfigFiles files(request.config_root, log, request.loaded);
  if (keys.machine != nullptr) {
    scenario.machine_name = keys.machine->text;
    scenario.machine = load_machine(files, *keys.machine, changes, log);
  }
  if (keys.model != nullptr)
    load_model(scenario, files, *keys.model, changes);
  return scenario;
}

// An integer as it is printed, without leading zeros and plus; other scalars as they are written.
std::string plain_integer(const std::string& text)
{
  std::int64_t integer = 0;
  const char* const end = text.data() + text.size();
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [stop, error] = std::from_chars(begin, end, integer);
  return error == std::errc() && stop == end && !text.starts_with("+-") ? fmt::format("{}", integer) : text;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
Value without_evidence(const Value& value)
{
  if (value.kind == Value::Kind::Map)
    if (const Value* number = value.find("value"))
      return without_evidence(*number);
  Value stripped = value;
  stripped.text = plain_integer(value.text);
  for (Value::Entry& entry : stripped.entries)
    entry.value = without_evidence(entry.value);
  for (Value& item : stripped.items)
    item = without_evidence(item);
  return stripped;
}

std::string configuration_digest(const ResolvedScenario& scenario)
{
  std::string text = fmt::format("seed:{};", scenario.seed);
  for (const auto* tree : {&scenario.machine, &scenario.model, &scenario.workload})
    text += (*tree ? canonical_text(without_evidence(**tree)) : "none") + ";";
  for (const auto* tree : {&scenario.events, &scenario.recovery})
    if (*tree)
      text += canonical_text(without_evidence(**tree)) + ";";
  return sim::config::digest(text);
}

}  // namespace cm::tools
