#include "tools/sweep_plan/sweep_file.h"

#include "sim/config/reader.h"
#include "tools/scenario/config_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <numeric>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

constexpr double MostRepeats = 10000;

// The items of a list, none when it is missing; anything else is reported.
const std::vector<Value>& items_of(const Value* list, const std::string& path, ReadingLog& log)
{
  static const std::vector<Value> None;
  if (list == nullptr || list->kind == Value::Kind::List)
    return list == nullptr ? None : list->items;
  add_problem(log, list->position, path, fmt::format("expected a list, found {}", found_text(*list)));
  return None;
}

std::vector<Axis> read_axes(const Value* list, const std::string& path, ReadingLog& log)
{
  std::vector<Axis> axes;
  for (const Value& item : items_of(list, path, log))
    axes.push_back(read_axis(item, fmt::format("{}[{}]", path, axes.size()), log));
  return axes;
}

SweepBase read_base(const Value& item, const std::string& path, ConfigFiles& files, ReadingLog& log)
{
  SweepBase base;
  Reader reader(item, path, log);
  const Value* scenario = reader.value({"scenario", "a name in configs/scenarios, or a path"}, true);
  reader.optional({"name", "name in results; the scenario's file name when missing"}, base.name);
  const Value* set = reader.value({"set", "keys that are different at all points of this base"}, false);
  base.axes = read_axes(reader.value({"axes", "axes of this base alone"}, false), path + ".axes", log);
  reader.finish();
  if (scenario != nullptr)
    if (const auto tree = files.load("scenarios", *scenario, path + ".scenario"))
      base.scenario = tree->position.file;
  if (base.name.empty())
    base.name = std::filesystem::path(base.scenario).stem().string();
  if (set != nullptr && set->kind == Value::Kind::Map)
    base.set = changes_of_keys(*set, log);
  else if (set != nullptr)
    add_problem(log, set->position, path + ".set", fmt::format("expected a map of keys, found {}", found_text(*set)));
  return base;
}

void read_seeds(Reader& reader, SweepSpec& spec, ReadingLog& log)
{
  std::int64_t repeats = 0;
  reader.optional({"repeats", "runs of each point, with the seeds 1, 2, ... so many", 1.0, MostRepeats}, repeats);
  const Value* seeds = reader.value({"seeds", "the seeds of each point's runs"}, false);
  if (repeats > 0 && seeds != nullptr)
    return add_problem(log, seeds->position, "seeds", "expected repeats or seeds, found both");
  spec.seeds.resize(static_cast<std::size_t>(repeats));
  std::iota(spec.seeds.begin(), spec.seeds.end(), std::uint64_t{1});
  for (const Value& item : items_of(seeds, "seeds", log)) {
    // A reader of its own reads one value: it knows what an integer is.
    Value map;
    map.kind = Value::Kind::Map;
    map.position = item.position;
    map.entries.push_back({"seed", item.position, item});
    std::int64_t seed = 0;
    Reader(map, "seeds", log).required({"seed", "seed of one run", 0.0}, seed);
    spec.seeds.push_back(static_cast<std::uint64_t>(seed));
  }
}

std::vector<Filter> read_filters(const Value* list, const std::string& path, const std::vector<std::string>& known,
                                 ReadingLog& log)
{
  std::vector<Filter> filters;
  for (const Value& item : items_of(list, path, log))
    filters.push_back(read_filter(item, fmt::format("{}[{}]", path, filters.size()), known, log));
  return filters;
}

void refuse_filters_in_other_units(const SweepSpec& spec, ReadingLog& log)
{
  std::vector<Axis> axes = spec.axes;
  for (const SweepBase& base : spec.bases)
    axes.insert(axes.end(), base.axes.begin(), base.axes.end());
  for (const auto& [filters, path] : {std::pair{&spec.only, "only"}, std::pair{&spec.skip, "skip"}})
    for (std::size_t i = 0; i < filters->size(); ++i)
      refuse_other_units((*filters)[i], axes, fmt::format("{}[{}]", path, i), log);
}

void refuse_equal_names(const SweepSpec& spec, const Value& list, ReadingLog& log)
{
  for (std::size_t i = 0; i < spec.bases.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (spec.bases[i].name == spec.bases[j].name && !spec.bases[i].name.empty())
        add_problem(log, list.items[i].position, fmt::format("bases[{}]", i),
                    fmt::format("expected a name of its own, found \"{}\" again", spec.bases[i].name));
}

// Two ways to say one key would leave it to their order which of them counts.
void refuse_keys_set_twice(const SweepBase& base, const std::vector<Axis>& common, ReadingLog& log)
{
  std::vector<std::string> taken;
  for (const Change& change : base.set)
    taken.push_back(change.path);
  for (const std::vector<Axis>* axes : {&base.axes, &common})
    for (const Axis& axis : *axes)
      for (const std::string& key : axis.keys) {
        const auto other = std::ranges::find_if(taken, [&](const std::string& each) { return overlap(each, key); });
        if (other != taken.end())
          add_problem(log, axis.position, key,
                      fmt::format("expected each key once in base {}, found {} as well", base.name, *other));
        taken.push_back(key);
      }
}

}  // namespace

std::vector<std::string> SweepSpec::axis_keys() const
{
  std::vector<std::string> keys;
  const auto add = [&](const std::vector<Axis>& each) {
    for (const Axis& axis : each)
      for (const std::string& key : axis.keys)
        if (std::ranges::find(keys, key) == keys.end())
          keys.push_back(key);
  };
  for (const SweepBase& base : bases)
    add(base.axes);
  add(axes);
  return keys;
}

SweepSpec read_sweep(const std::string& path, const std::string& config_root, ReadingLog& log)
{
  const Value tree = sim::config::load_file(path);
  SweepSpec spec;
  spec.as_read = tree;
  std::string description;
  ConfigFiles files(config_root, log);
  Reader reader(tree, "", log);
  reader.optional({"description", "purpose of the sweep"}, description);
  const Value* bases = reader.value({"bases", "the scenarios that are swept: {scenario, name, set, axes} each"}, true);
  for (const Value& item : items_of(bases, "bases", log))
    spec.bases.push_back(read_base(item, fmt::format("bases[{}]", spec.bases.size()), files, log));
  if (bases != nullptr && bases->kind == Value::Kind::List && bases->items.empty())
    add_problem(log, bases->position, "bases", "expected at least one scenario, found an empty list");
  spec.axes = read_axes(reader.value({"axes", "the keys that change, and their values"}, false), "axes", log);
  std::vector<std::string> known = spec.axis_keys();
  known.emplace_back("base");
  spec.only = read_filters(reader.value({"only", "points that are kept; all when missing"}, false), "only", known, log);
  spec.skip = read_filters(reader.value({"skip", "points that are left out"}, false), "skip", known, log);
  refuse_filters_in_other_units(spec, log);
  read_seeds(reader, spec, log);
  reader.finish();
  for (const sim::config::FileRead& file : log.files)
    if (std::ranges::find(spec.scenarios, file.path, &sim::config::FileRead::path) == spec.scenarios.end())
      spec.scenarios.push_back(file);
  if (bases != nullptr)
    refuse_equal_names(spec, *bases, log);
  for (const SweepBase& base : spec.bases)
    refuse_keys_set_twice(base, spec.axes, log);
  return spec;
}

}  // namespace cm::tools
