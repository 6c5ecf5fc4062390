#include "tools/schema/key_catalogue.h"

#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"
#include "tools/calibrate/calibration.h"
#include "tools/runner/run.h"
#include "tools/runner/unused_keys.h"
#include "tools/sweep_plan/sweep_file.h"
#include "tools/workload_kinds/workload_table.h"
#include "topology/fabrics/fabric_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;
using sim::config::Declaration;
using sim::config::ReadingLog;
using sim::config::Value;

std::vector<std::string> files_in(const std::string& config_root, const std::string& folder)
{
  std::vector<std::string> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(config_root) / folder, ignored))
    if (entry.path().extension() == ".yaml")
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  return files;
}

bool says_the_same(const Declaration& a, const Declaration& b)
{
  return a.type == b.type && a.sentence == b.sentence && a.required == b.required && a.default_text == b.default_text &&
         a.minimum == b.minimum && a.maximum == b.maximum && a.choices == b.choices;
}

// Which table a declared path belongs to, and what is left of the path there.
struct Home {
  KeyTable* table;
  std::string path;
};

Home home_of(const std::string& path, const std::string& kind, KeyCatalogue& catalogue)
{
  const std::size_t dot = path.find('.');
  const std::string first = path.substr(0, dot);
  if (dot == std::string::npos)
    return {&catalogue.scenario, path};
  if (first == "events[]" || first == "recovery")
    return {&catalogue.scenario, path};
  const std::string rest = path.substr(dot + 1);
  if (first == "machine")
    return {&catalogue.machine, rest};
  if (first == "model")
    return {&catalogue.model, rest};
  return {first == "workload" && !kind.empty() ? &catalogue.workloads[kind] : nullptr, rest};
}

void add(const Declaration& declaration, const std::string& path, KeyTable& table, std::set<const CatalogueKey*>& seen)
{
  CatalogueKey& key = table[path];
  // Once a reading, however many items a list has.
  if (seen.insert(&key).second)
    ++key.readings;
  if (std::ranges::none_of(key.declarations, [&](const auto& each) { return says_the_same(each, declaration); }))
    key.declarations.push_back(declaration);
}

void add(const ScenarioReading& reading, KeyCatalogue& catalogue)
{
  std::set<const CatalogueKey*> seen;
  for (const Declaration& declaration : reading.log.declarations) {
    const Home home = home_of(without_indices(declaration.path), reading.kind, catalogue);
    if (home.table != nullptr)
      add(declaration, home.path, *home.table, seen);
  }
}

// Workload kinds that use a key of machine or model; none for other keys.
std::vector<std::string> kinds_that_use(const std::string& path)
{
  std::vector<std::string> kinds;
  for (const WorkloadKind& kind : workload_table())
    if (uses(kind, path, "machine.ub") || uses(kind, path, "machine.rdma.fabric"))
      kinds.emplace_back(kind.name);
  return kinds;
}

class CatalogueReader {
 public:
  CatalogueReader(std::string config_root, KeyCatalogue& catalogue)
      : root_(std::move(config_root)), catalogue_(catalogue)
  {
  }

  // Reads a scenario with changes, and adds what was asked for.
  ScenarioReading read(const std::string& scenario, const std::vector<std::string>& sets)
  {
    const ScenarioReading reading =
        read_scenario({.path = scenario, .sets = sets, .seed = std::nullopt, .config_root = root_, .loaded = &files_});
    add(reading, catalogue_);
    return reading;
  }

  // Every word of every choice of the workload: the keys that depend on it are asked for then.
  void read_choices(const std::string& scenario, const std::vector<std::string>& sets)
  {
    const ScenarioReading first = read(scenario, sets);
    for (const Declaration& declaration : first.log.declarations)
      if (declaration.path.starts_with("workload."))
        for (const std::string& word : declaration.choices) {
          std::vector<std::string> changed = sets;
          changed.push_back(declaration.path + "=" + word);
          read(scenario, changed);
        }
  }

  // Every kind of fabric with the keys of its samples, some of which are asked for only with certain numbers.
  void read_fabric_kinds(const std::string& scenario)
  {
    for (const topology::FabricKind& kind : topology::fabric_kinds())
      for (const topology::FabricSample& sample : kind.samples)
        for (const char* const fabric : {"machine.ub", "machine.rdma.fabric"})
          read(scenario, {fmt::format("{}={{kind: {}, {}", fabric, kind.name, sample.keys.substr(1))});
  }

  // Every type of event, and what is done about lost packets.
  void read_event_kinds(const std::string& scenario)
  {
    std::string events;
    for (const std::string_view kind : event_words())
      events += fmt::format("{}{{change: {}}}", events.empty() ? "" : ", ", kind);
    read(scenario, {fmt::format("events=[{}]", events), "recovery={}"});
  }

  void keep_numbers(const std::string& file, std::string_view section, const ReadingLog& log)
  {
    for (const sim::config::Provenance& number : log.provenance)
      if (number.path.starts_with(section))
        catalogue_.numbers.push_back({file, number});
  }

 private:
  std::string root_;
  LoadedFiles files_;
  KeyCatalogue& catalogue_;  // borrowed
};

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void find_parts(const Value& map, const std::string& path, KeyCatalogue& catalogue)
{
  for (const Value::Entry& entry : map.entries) {
    const std::string below = path.empty() ? entry.key : path + "." + entry.key;
    if (entry.key == "part" && entry.value.kind == Value::Kind::Scalar)
      catalogue.part_sections[entry.value.text].insert(path);
    else
      find_parts(entry.value, below, catalogue);
  }
}

void read_sweeps(const std::string& config_root, KeyCatalogue& catalogue)
{
  for (const std::string& file : files_in(config_root, "sweeps")) {
    ReadingLog log;
    read_sweep(file, config_root, log);
    std::set<const CatalogueKey*> seen;
    for (const Declaration& declaration : log.declarations)
      // A seed of the list `seeds` is read as a key of its own, and an axis is named by the key that it changes.
      if (!declaration.path.starts_with("seeds.") && declaration.path.find("axes[") == std::string::npos)
        add(declaration, without_indices(declaration.path), catalogue.sweep, seen);
  }
}

void add_calibration(const std::vector<Declaration>& declarations, KeyTable& table)
{
  std::set<const CatalogueKey*> seen;
  for (const Declaration& declaration : declarations)
    add(declaration, without_indices(declaration.path), table, seen);
}

}  // namespace

std::string without_indices(std::string_view path)
{
  std::string text;
  bool is_index = false;
  for (const char letter : path) {
    is_index = is_index && letter != ']';
    if (!is_index)
      text += letter;
    is_index = is_index || letter == '[';
  }
  return text;
}

KeyCatalogue read_catalogue(const std::string& config_root)
{
  KeyCatalogue catalogue;
  CatalogueReader reader(config_root, catalogue);
  const std::vector<std::string> scenarios = files_in(config_root, "scenarios");
  if (scenarios.empty())
    throw ConfigError(fmt::format("{}/scenarios: expected scenarios, found none", config_root));
  for (const std::string& scenario : scenarios)
    reader.read_choices(scenario, {});
  const std::string& any = scenarios.front();
  for (const WorkloadKind& kind : workload_table())
    reader.read_choices(any, {fmt::format("workload={{kind: {}}}", kind.name)});
  reader.read_fabric_kinds(any);
  reader.read_event_kinds(any);
  for (const std::string& file : files_in(config_root, "machines")) {
    const std::string name = fs::path(file).stem().string();
    reader.keep_numbers("machines/" + name, "machine.", reader.read(any, {"machine=" + name}).log);
    find_parts(sim::config::load_file(file), "", catalogue);
  }
  for (const std::string& file : files_in(config_root, "models")) {
    const std::string name = fs::path(file).stem().string();
    reader.keep_numbers("models/" + name, "model.", reader.read(any, {"model=" + name}).log);
  }
  read_sweeps(config_root, catalogue);
  add_calibration(calibration_keys_with_tables(), catalogue.calibration_with_tables);
  add_calibration(calibration_keys_with_rows(), catalogue.calibration_with_rows);
  return catalogue;
}

std::vector<CataloguedKey> all_keys(const KeyCatalogue& catalogue)
{
  std::vector<CataloguedKey> keys;
  const auto add_table = [&](const std::string& prefix, const KeyTable& table, const std::string& kind) {
    for (const auto& [path, key] : table)
      for (const Declaration& declaration : key.declarations) {
        const std::string full = prefix + path;
        const auto same = std::ranges::find_if(keys, [&](const CataloguedKey& each) {
          return each.path == full && says_the_same(each.declaration, declaration);
        });
        // Before the list grows: that ends the iterator's life.
        const bool is_new = same == keys.end();
        if (is_new)
          keys.push_back({full, {}, declaration});
        CataloguedKey& kept = is_new ? keys.back() : *same;
        if (!kind.empty())
          kept.kinds.push_back(kind);
        else if (declaration.type != "map" && kept.kinds.empty())
          kept.kinds = kinds_that_use(full);
      }
  };
  add_table("", catalogue.scenario, "");
  add_table("machine.", catalogue.machine, "");
  add_table("model.", catalogue.model, "");
  for (const auto& [kind, table] : catalogue.workloads)
    add_table("workload.", table, kind);
  add_table("sweep.", catalogue.sweep, "");
  add_table("calibration.", catalogue.calibration_with_tables, "");
  add_table("calibration.", catalogue.calibration_with_rows, "");
  return keys;
}

}  // namespace cm::tools
