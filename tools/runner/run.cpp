#include "tools/runner/run.h"

#include "models/language_models/architecture.h"
#include "models/network/machine.h"
#include "models/network/packet_planes.h"
#include "sim/config/reader.h"
#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "sim/units/decimal.h"
#include "tools/runner/cell_folder.h"
#include "tools/runner/run_inputs.h"
#include "tools/runner/unused_keys.h"
#include "tools/shipped/version.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {
namespace {

// A number whose range spans a larger factor is hardly known.
constexpr double WideRange = 5;

using sim::config::Evidence;
using sim::config::Provenance;
using sim::config::Reader;
using sim::metrics::Manifest;

// Events of the scenario that a run of the kind can have.
void read_events(const WorkloadKind& kind, ResolvedScenario& scenario, models::MachineSpec& machine)
{
  if (!scenario.events && !scenario.recovery)
    return;
  const sim::config::Value none;
  const sim::config::Value& events = scenario.events ? *scenario.events : none;
  machine.events =
      models::read_events(events, scenario.recovery ? &*scenario.recovery : nullptr, machine.topology, scenario.log);
  if (machine.events.events.empty())
    return;
  std::vector<std::string> taking;
  for (const WorkloadKind& each : workload_table())
    if (each.takes_events)
      taking.emplace_back(each.name);
  if (!kind.takes_events)
    add_problem(scenario.log, events.position, "events",
                fmt::format("a {} takes no events; these do: {}", kind.name, sim::config::joined(taking, ", ")));
  else if (machine.ub.model != models::UbModel::Packet)
    add_problem(scenario.log, events.position, "events",
                fmt::format("events change ports of packets, which {}: flow does not have", machine.ub.key("model")));
  else if (const auto problem = models::virtual_lanes_problem(machine))
    add_problem(scenario.log, events.position, "events",
                fmt::format("{}.traffic_classes beside events: {}", machine.ub.section, *problem));
}

models::MachineSpec build_machine(ResolvedScenario& scenario)
{
  if (!scenario.machine)
    return {};
  const std::size_t problems_before = scenario.log.problems.size();
  Reader reader(*scenario.machine, "machine", scenario.log);
  models::MachineSpec machine = models::read_machine(reader);
  // A workload that is checked against half a machine would complain about the other half.
  return scenario.log.problems.size() == problems_before ? machine : models::MachineSpec{};
}

std::optional<models::ModelSpec> build_model(ResolvedScenario& scenario)
{
  if (!scenario.model)
    return std::nullopt;
  Reader reader(*scenario.model, "model", scenario.log);
  return models::read_model(reader);
}

bool is_word_of(std::string_view word, std::string_view words)
{
  while (!words.empty()) {
    const std::string_view first = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), first.size() + 1));
    if (first == word)
      return true;
  }
  return false;
}

// Where a number of machine or model stands; null when it is not written as a map.
const sim::config::Value* stated_number(const ResolvedScenario& scenario, std::string_view path)
{
  const auto& tree = path.starts_with("machine.") ? scenario.machine : scenario.model;
  const sim::config::Value* place = tree ? &*tree : nullptr;
  path.remove_prefix(std::min(path.size(), path.find('.') + 1));
  while (place != nullptr && place->kind == sim::config::Value::Kind::Map && !path.empty()) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    place = place->find(step);
  }
  return place != nullptr && place->kind == sim::config::Value::Kind::Map ? place : nullptr;
}

// The list of two that a number states as its range; null when it states none.
const sim::config::Value* stated_range(const ResolvedScenario& scenario, std::string_view path)
{
  const sim::config::Value* stated = stated_number(scenario, path);
  return stated != nullptr ? stated->find("range") : nullptr;
}

// The assumed and calibrated ones of the numbers that the run uses.
sim::metrics::Table uncertain_numbers(const ResolvedScenario& scenario, const std::vector<Provenance>& used)
{
  sim::metrics::Table table{.name = std::string(UncertainNumbers),
                            .sentence = "assumed and calibrated numbers that the run used",
                            .columns = {"number", "value", "evidence", "from", "to", "source"},
                            .rows = {}};
  for (const Provenance& number : used) {
    if (number.evidence != Evidence::Assumed && number.evidence != Evidence::Calibrated)
      continue;
    const sim::config::Value* range = stated_range(scenario, number.path);
    table.rows.push_back({number.path,
                          {number.value, std::string(to_text(number.evidence)),
                           range != nullptr ? range->items.at(0).text : std::string(),
                           range != nullptr ? range->items.at(1).text : std::string(), number.source}});
  }
  return table;
}

std::optional<double> leading_number(const std::string& text)
{
  const auto scanned = scan_decimal(text);
  return scanned ? to_double(scanned->number) : std::nullopt;
}

// Empty unless the number's stated range is wide.
std::string wide_range(const ResolvedScenario& scenario, const std::string& number)
{
  const sim::config::Value* const range = stated_range(scenario, number);
  if (range == nullptr)
    return {};
  // Both ends have the same unit.
  const std::string& low = range->items.at(0).text;
  const std::string& high = range->items.at(1).text;
  const auto least = leading_number(low);
  const auto most = leading_number(high);
  return least && most && *most > WideRange * *least ? fmt::format("{} to {}", low, high) : std::string();
}

// Says of every figure that depends on a number that is hardly known which number that is.
void caution(const ResolvedScenario& scenario, sim::metrics::Result& result)
{
  for (const sim::metrics::Reliance& reliance : result.reliances)
    if (const std::string range = wide_range(scenario, reliance.number); !range.empty())
      for (const std::string& name : reliance.names)
        result.caveats.push_back({name, fmt::format("depends on {}, known only as {}", reliance.number, range)});
}

void describe_evidence(const std::vector<Provenance>& used, Manifest& manifest)
{
  for (const Evidence each :
       {Evidence::Measured, Evidence::Published, Evidence::Derived, Evidence::Calibrated, Evidence::Assumed})
    manifest.evidence_counts[std::string(to_text(each))] = 0;
  for (const Provenance& number : used) {
    ++manifest.evidence_counts[std::string(to_text(number.evidence))];
    if (number.evidence == Evidence::Assumed)
      manifest.assumed.push_back(fmt::format("{} = {}: {}", number.path, number.value, number.source));
  }
}

Manifest describe(const ResolvedScenario& scenario, const std::vector<Provenance>& used)
{
  Manifest manifest;
  manifest.scenario = scenario.path;
  manifest.configuration_digest = configuration_digest(scenario);
  manifest.seed = scenario.seed;
  manifest.version = version();
  manifest.commit = commit();
  manifest.engine_settings = sim::engine::Engine::settings();
  describe_evidence(used, manifest);
  return manifest;
}

// A model with other than its own layers is another model.
std::string model_title(const models::ModelSpec& model, const std::string& own_layers)
{
  const std::string layers = fmt::format("{}", model.layers);
  if (layers == own_layers || own_layers.empty())
    return model.name;
  return fmt::format("{} ({} of its {} layers)", model.name, layers, own_layers);
}

// Words of workload.free that a run of the kind knows: a dense model has no experts.
models::FreeWords free_words(const WorkloadKind& kind, const models::MachineSpec& machine,
                             const std::optional<models::ModelSpec>& model)
{
  // The flow model has rates and latencies, but no packets.
  const bool has_packets = machine.ub.model == models::UbModel::Packet;
  models::FreeWords known{.whose = fmt::format("a run of {}", kind.name), .words = {}};
  if (!has_packets)
    known.whose += fmt::format(" with {}: flow", machine.ub.key("model"));
  if (kind.needs_model && model && !model->has_experts())
    known.whose += fmt::format(" of {}", model->name);
  const auto is_there = [&](const models::FreePartRow& row) {
    if (row.part == &models::FreeParts::experts)
      return model && model->has_experts();
    return has_packets || row.part == &models::FreeParts::host;
  };
  for (const models::FreePartRow& row : models::FreePartTable)
    if (is_word_of(row.word, kind.frees) && is_there(row))
      known.words.push_back(row.word);
  return known;
}

void refuse_timeline(const WorkloadKind& kind, ResolvedScenario& scenario)
{
  std::vector<std::string> recording;
  for (const WorkloadKind& each : workload_table())
    if (each.records_timeline)
      recording.emplace_back(each.name);
  add_problem(scenario.log, scenario.workload->position, "workload.kind",
              fmt::format("--timeline: a {} records no timeline; these do: {}", kind.name,
                          sim::config::joined(recording, ", ")));
}

// A scenario read into Specs; what is wrong is in its log. The workload refers to machine and model.
struct ReadRun {
  ReadRun(const ScenarioRequest& request, sim::timeline::Timeline* timeline)
      : scenario(load_scenario(request)), machine(build_machine(scenario)), model(build_model(scenario)),
        kind(scenario.workload ? find_workload(*scenario.workload, scenario.log) : nullptr)
  {
    if (kind != nullptr && kind->needs_model && !scenario.names_model)
      add_problem(
          scenario.log, scenario.position, "model",
          fmt::format("expected the name of a model, which the workload {} needs, found no such key", kind->name));
    if (kind != nullptr && timeline != nullptr && !kind->records_timeline)
      refuse_timeline(*kind, scenario);
    // A model that cmsim does not simulate is refused before anybody looks at what the workload asks of it.
    if (kind != nullptr && kind->needs_model && model && scenario.log.problems.empty())
      refusal = model->not_modelled;
    // Without its model, a workload's own complaints would be about numbers that nobody gave.
    if (kind == nullptr || (kind->needs_model && !model) || !refusal.empty())
      return;
    if (machine.topology.nodes > 0)
      read_events(*kind, scenario, machine);
    Reader reader(*scenario.workload, "workload", scenario.log);
    if (!kind->frees.empty()) {
      free_known = free_words(*kind, machine, model);
      models::set_free(models::read_free_parts(reader, free_known, scenario.log), machine);
    }
    workload = kind->prepare(
        {reader, machine, model, timeline, kind->keeps_cells ? cell_folder(scenario, request.cache_root) : ""});
    notes = check_unused_keys(scenario, *kind, workload, machine);
  }

  ReadRun(const ReadRun&) = delete;
  ReadRun& operator=(const ReadRun&) = delete;

  ResolvedScenario scenario;
  models::MachineSpec machine;
  std::optional<models::ModelSpec> model;
  const WorkloadKind* kind;
  std::string refusal;  // why the model cannot be simulated; empty when it can
  models::FreeWords free_known;
  PreparedWorkload workload;
  std::vector<KeyNote> notes;  // about keys that were set on top and have no effect
};

// Numbers of machine and model that the run uses, in the order of reading: those of the workload are what the user
// asks. Files hold many more, which are read and checked.
std::vector<Provenance> numbers_of(const ReadRun& read)
{
  std::vector<Provenance> used;
  std::ranges::copy_if(read.scenario.log.provenance, std::back_inserter(used), [&](const Provenance& number) {
    return !number.path.starts_with("workload.") &&
           !unused_key(number.path, read.scenario, *read.kind, read.workload, read.machine);
  });
  return used;
}

// A model that refuses what was asked knows no files.
void run_placed(const ReadRun& read, sim::metrics::Progress& progress, sim::metrics::Result& result)
{
  try {
    read.workload.run(read.scenario.seed, progress, result);
  } catch (const RefusedByModel& refusal) {
    throw RefusedByModel(fmt::format("{}: workload: {}", to_text(read.scenario.workload->position), refusal.what()));
  }
}

}  // namespace

std::string to_text(const RunTitle& title)
{
  return fmt::format("{}{}{} on {}", title.workload, title.model.empty() ? "" : " of ", title.model, title.machine);
}

FinishedRun run_scenario(const ScenarioRequest& request, sim::metrics::Progress& progress,
                         sim::timeline::Timeline* timeline)
{
  ReadRun read(request, timeline);
  throw_if_any(read.scenario.log);
  if (!read.refusal.empty())
    throw RefusedByModel(read.refusal);
  // From here on everything is known and nothing of it changes.

  FinishedRun run{
      .title = {std::string(read.kind->name), read.machine.name,
                read.model && read.kind->needs_model ? model_title(*read.model, read.scenario.model_layers) : ""},
      .result = {}};
  const std::vector<Provenance> used = numbers_of(read);
  run.result.manifest = describe(read.scenario, used);
  run.result.manifest.inputs = inputs_of(request, read.scenario, run.title);
  run.result.notes = models::notes_on(read.machine.free);
  std::ranges::move(models::notes_on(read.machine.events), std::back_inserter(run.result.notes));
  run_placed(read, progress, run.result);
  run.result.answer.headline = headline_of(*read.kind, run.result);
  std::ranges::transform(read.notes, std::back_inserter(run.result.notes), &KeyNote::text);
  run.result.tables.push_back(uncertain_numbers(read.scenario, used));
  caution(read.scenario, run.result);
  return run;
}

ScenarioCheck check_scenario(const ScenarioRequest& request)
{
  const ReadRun read(request, nullptr);
  const sim::config::ReadingLog& log = read.scenario.log;
  return {.configuration_digest = configuration_digest(read.scenario),
          .seed = read.scenario.seed,
          .problems = log.problems,
          .is_malformed = log.problems.size() > log.conflicts,
          .notes = read.notes};
}

FreeChoice free_choice(const ScenarioRequest& request)
{
  const ReadRun read(request, nullptr);
  throw_if_any(read.scenario.log);
  if (!read.refusal.empty())
    throw RefusedByModel(read.refusal);
  const bool has_words = !read.kind->frees.empty();
  FreeChoice choice{.whose = has_words ? read.free_known.whose : fmt::format("a run of {}", read.kind->name),
                    .place = read.scenario.workload->position,
                    .known = {read.free_known.words.begin(), read.free_known.words.end()},
                    .free = {}};
  for (const models::FreePartRow& row : models::FreePartTable)
    if (read.machine.free.*row.part)
      choice.free.emplace_back(row.word);
  return choice;
}

std::vector<NumberUsed> numbers_used(const ScenarioRequest& request)
{
  const ReadRun read(request, nullptr);
  throw_if_any(read.scenario.log);
  if (!read.refusal.empty())
    throw RefusedByModel(read.refusal);
  std::vector<NumberUsed> numbers;
  for (const Provenance& provenance : numbers_of(read)) {
    const sim::config::Value* range = stated_range(read.scenario, provenance.path);
    numbers.push_back({provenance, range != nullptr ? std::optional(*range) : std::nullopt});
  }
  return numbers;
}

ScenarioReading read_scenario(const ScenarioRequest& request)
{
  const ReadRun read(request, nullptr);
  ScenarioReading reading{.log = read.scenario.log,
                          .kind = read.kind != nullptr ? std::string(read.kind->name) : std::string(),
                          .used = {}};
  for (const sim::config::Declaration& key : reading.log.declarations)
    if (read.kind != nullptr && !unused_key(key.path, read.scenario, *read.kind, read.workload, read.machine))
      reading.used.push_back(key.path);
  return reading;
}

topology::SupernodeSpec scenario_topology(const ScenarioRequest& request)
{
  ResolvedScenario scenario = load_scenario(request);
  const models::MachineSpec machine = build_machine(scenario);
  build_model(scenario);
  throw_if_any(scenario.log);
  return machine.topology;
}

}  // namespace cm::tools
