#include "workloads/expert_parallel/expert_choices.h"

#include "sim/config/digest.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "workloads/traces/eplb_log.h"
#include "workloads/traces/expert_counts_file.h"
#include "workloads/traces/generated_token_trace.h"
#include "workloads/traces/placement_file.h"
#include "workloads/traces/token_trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace cm::workloads {
namespace {

using models::PlacementRule;
using models::Routing;
using sim::config::Reader;

// Value that was read; empty, and complained about, when something is wrong with it.
template <typename Read>
std::shared_ptr<const Read> accept(Reader& keys, std::string_view key, ReadOrProblems<Read>&& read)
{
  if (Read* good = std::get_if<Read>(&read))
    return std::make_shared<const Read>(std::move(*good));
  for (const std::string& problem : std::get<std::vector<std::string>>(read))
    keys.complain(key, problem);
  return nullptr;
}

// Layers, experts and top-k of a file against those of the model.
bool matches(Reader& keys, std::string_view key, const ExpertShape& shape, const ExpertShape& found)
{
  const std::size_t layers_missing = found.layers < shape.layers ? shape.layers - found.layers : 0;
  if (layers_missing == 0 && found.experts == shape.experts && found.top_k == shape.top_k)
    return true;
  keys.complain(key, fmt::format("expected {}{} experts and top {}, found {} layers, {} experts and top {}",
                                 shape.layers == 0 ? "" : fmt::format("at least {} layers, ", shape.layers),
                                 shape.experts, shape.top_k, found.layers, found.experts, found.top_k));
  return false;
}

// As one who names `file` would name a neighbour of it.
std::string named_beside(const std::string& file, const std::string& neighbour)
{
  return (std::filesystem::path(file).parent_path() / std::filesystem::path(neighbour).filename()).string();
}

void read_recording(Reader& workload, const ExpertShape& shape, const std::string& file, ExpertChoices& choices)
{
  if (choices.routing == Routing::Trace) {
    const TokenTraceFiles files = token_trace_files(workload.named_file("routing_file", file));
    // A recording is two files, whichever of them the key names.
    for (const std::string& each : {files.description, files.bytes})
      workload.named_file("routing_file", named_beside(file, each));
    choices.trace = accept(workload, "routing_file", read_token_trace(files));
    if (choices.trace &&
        matches(workload, "routing_file", shape, {choices.trace->layers, choices.trace->experts, choices.trace->top_k}))
      choices.notes.push_back(
          fmt::format("routing: {} tokens of {} layers, contents {}", choices.trace->tokens, choices.trace->layers,
                      sim::config::digest(std::string(choices.trace->chosen.begin(), choices.trace->chosen.end()))));
    return;
  }
  const std::string path = workload.named_file("routing_file", file);
  choices.counts = accept(workload, "routing_file", read_expert_counts(path, std::max(1U, shape.top_k)));
  if (!choices.counts ||
      !matches(workload, "routing_file", shape, {choices.counts->layers, choices.counts->experts, shape.top_k}))
    return;
  std::string contents;
  for (const std::uint64_t count : choices.counts->counts)
    contents += fmt::format("{},", count);
  choices.notes.push_back(
      fmt::format("routing: counts of {} layers, contents {}", choices.counts->layers, sim::config::digest(contents)));
}

// Log of a load balancer for a skewed gate.
void read_balancedness(Reader& workload, const std::string& file, ExpertChoices& choices)
{
  if (workload.has("skew"))
    workload.complain("skew", "the log that routing_file names says how uneven loads are: expected one of the two");
  const auto log = accept(workload, "routing_file", read_eplb_log(workload.named_file("routing_file", file)));
  if (!log)
    return;
  choices.imbalance = log->imbalance;
  choices.notes.push_back(
      fmt::format("routing: the busiest rank has {:.3f} times the mean load in {} steps of a load balancer's log; skew "
                  "is fitted to that under the placement. Which experts are hot is drawn",
                  log->imbalance, log->steps));
}

models::GateSpec gate_spec(const ExpertChoices& choices, const ExpertLayersSpec& spec, std::uint64_t seed)
{
  return {.routing = choices.routing,
          .experts = spec.slots.routed,
          .top_k = spec.top_k,
          .sigma = choices.sigma,
          .profile = spec.profile,
          .seed = seed,
          .counts = choices.counts,
          .trace = choices.trace};
}

models::Placement placement_of(const ExpertChoices& choices, const ExpertLayersSpec& spec, const models::Gate& gate,
                               std::uint32_t layer)
{
  return choices.table ? models::Placement(spec.slots, *choices.table, std::min(layer, choices.table->layers - 1))
                       : models::Placement(spec.slots, choices.placement, gate.planned_loads());
}

}  // namespace

void read_routing(Reader& workload, const ExpertShape& shape, ExpertChoices& choices)
{
  workload.choice({"routing", "how tokens choose experts"}, choices.routing,
                  {{"balanced", Routing::Balanced},
                   {"uniform", Routing::Uniform},
                   {"skewed", Routing::Skewed},
                   {"measured", Routing::Measured},
                   {"replayed", Routing::Replayed},
                   {"trace", Routing::Trace}});
  std::string file;
  workload.optional({"routing_file", "recorded counts of replayed routing, a recorded trace (a small one is generated "
                                     "where none is named), or for skewed routing a load balancer's log that skew is "
                                     "fitted to"},
                    file);
  const bool is_log = choices.routing == Routing::Skewed && !file.empty();
  const bool is_recorded = is_log || choices.routing == Routing::Replayed || choices.routing == Routing::Trace;
  models::read_skew(workload, choices.routing == Routing::Skewed || (choices.routing == Routing::Trace && file.empty()),
                    choices.sigma);
  if (!file.empty() && !is_recorded)
    workload.complain("routing_file",
                      "only recorded routing has it: expected routing: replayed, trace or skewed beside it");
  else if (file.empty() && choices.routing == Routing::Replayed)
    workload.complain("routing", "replayed counts come from a file: expected routing_file beside it");
  else if (file.empty() && choices.routing == Routing::Trace && shape.experts > 256)
    workload.complain("routing", "a trace has at most 256 experts");
  else if (is_log)
    read_balancedness(workload, file, choices);
  else if (!file.empty())
    read_recording(workload, shape, file, choices);
}

void read_placement_rule(Reader& workload, ExpertChoices& choices)
{
  workload.choice({"placement", "how experts are laid on ranks"}, choices.placement,
                  {{"balanced", PlacementRule::Balanced},
                   {"contiguous", PlacementRule::Contiguous},
                   {"eplb", PlacementRule::Eplb},
                   {"eplb-by-node", PlacementRule::EplbByNode}});
}

void read_placement_file(Reader& keys, const ExpertShape& shape, std::uint32_t ranks, ExpertChoices& choices)
{
  std::string file;
  keys.optional({"placement_file", "a placement as a NumPy array [rank][layer][expert] of 0 and 1, instead of "
                                   "`placement`"},
                file);
  if (file.empty())
    return;
  choices.table = accept(keys, "placement_file", read_placement(keys.named_file("placement_file", file)));
  if (!choices.table)
    return;
  const models::PlacementTable& table = *choices.table;
  if (table.ranks != ranks || table.experts != shape.experts || table.layers < shape.layers)
    keys.complain("placement_file",
                  fmt::format("expected {} ranks, {}{} experts, found {} ranks, {} layers, {} experts", ranks,
                              shape.layers == 0 ? "" : fmt::format("at least {} layers, ", shape.layers), shape.experts,
                              table.ranks, table.layers, table.experts));
  else
    choices.notes.push_back(fmt::format("placement: {} ranks, {} layers from a file; it takes the place of `placement`",
                                        table.ranks, table.layers));
}

std::uint32_t redundant_of_table(const ExpertChoices& choices, const ExpertShape& shape)
{
  ensure(choices.table != nullptr, "no placement file was read");
  std::uint32_t most = 0;
  for (std::uint32_t layer = 0; layer < choices.table->layers; ++layer)
    if (shape.layers == 0 || layer < shape.layers)
      most = std::max(most, choices.table->redundant(layer));
  return most;
}

double fitted_sigma(const ExpertChoices& choices, const ExpertLayersSpec& spec, std::uint64_t seed)
{
  constexpr std::uint64_t Layers = 8;
  constexpr double MostSigma = 5;  // that a scenario may ask for
  constexpr double Step = 0.25;
  constexpr int Halvings = 8;
  ensure(choices.imbalance.has_value(), "no imbalance to fit to");
  models::GateSpec gate = gate_spec(choices, spec, seed);
  // Mean over the layers of the busiest rank's load over the mean.
  const auto imbalance_at = [&](double sigma) {
    gate.sigma = sigma;
    double sum = 0;
    for (std::uint64_t layer = 0; layer < Layers; ++layer) {
      const models::Gate of_layer(gate, layer, 0);
      sum += placement_of(choices, spec, of_layer, static_cast<std::uint32_t>(layer)).imbalance(of_layer.loads());
    }
    return sum / static_cast<double>(Layers);
  };
  // The least sigma that makes the loads so uneven: beyond some, redundant copies of few hot experts even them out.
  double high = 0;
  double most = 0;
  while (most < *choices.imbalance && high < MostSigma) {
    high += Step;
    most = std::max(most, imbalance_at(high));
  }
  if (most < *choices.imbalance)
    throw RefusedByModel(fmt::format("the log of routing_file has a busiest rank of {:.3f} times the mean load; with "
                                     "this placement no skew makes more than {:.3f}",
                                     *choices.imbalance, most));
  double low = high - Step;
  for (int i = 0; i < Halvings; ++i)
    (imbalance_at((low + high) / 2) < *choices.imbalance ? low : high) = (low + high) / 2;
  return (low + high) / 2;
}

std::vector<ExpertLayer> build_expert_layers(const ExpertChoices& choices, const ExpertLayersSpec& spec,
                                             std::uint64_t seed)
{
  models::GateSpec gate = gate_spec(choices, spec, seed);
  if (choices.imbalance)
    gate.sigma = fitted_sigma(choices, spec, seed);
  if (gate.routing == Routing::Trace && !gate.trace)
    gate.trace = std::make_shared<const models::TokenTrace>(generate_token_trace(
        {.layers = spec.count, .experts = gate.experts, .top_k = gate.top_k, .sigma = choices.sigma}, seed));
  const std::uint32_t recorded = gate.trace ? gate.trace->layers : gate.counts ? gate.counts->layers : 1;
  std::vector<ExpertLayer> layers;
  for (std::uint32_t layer = 0; layer < spec.count; ++layer) {
    models::Gate of_layer(gate, spec.first + layer, std::min(layer, recorded - 1));
    models::Placement placement = placement_of(choices, spec, of_layer, layer);
    layers.push_back({std::move(of_layer), std::move(placement)});
  }
  return layers;
}

}  // namespace cm::workloads
