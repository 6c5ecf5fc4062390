#include "workloads/expert_parallel/ep.h"

#include "models/network/card_planes.h"
#include "models/network/carrier.h"
#include "models/network/queue_report.h"
#include "sim/engine/engine.h"
#include "sim/metrics/confidence.h"
#include "workloads/expert_parallel/ep_group.h"
#include "workloads/expert_parallel/ep_metric_table.h"
#include "workloads/live_machine/live_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>

namespace cm::workloads {
namespace {

using sim::metrics::mean;

// The one track of a rank on a timeline.
constexpr std::array<std::string_view, 1> Streams{"dispatch and combine"};

// One layer for all repeats, or as many as were recorded or placed: a repeat takes the next one.
std::vector<ExpertLayer> build_layers(const EpSpec& spec, const models::MachineSpec& machine, std::uint64_t seed)
{
  const ExpertChoices& choices = spec.choices;
  std::uint32_t layers = choices.table ? choices.table->layers : 1;
  if (choices.counts)
    layers = choices.counts->layers;
  if (choices.trace)
    layers = choices.trace->layers;
  return build_expert_layers(choices,
                             {.slots = spec.slots(machine),
                              .top_k = spec.top_k,
                              .profile = {},
                              .first = 0,
                              .count = std::min(layers, spec.repeats)},
                             seed);
}

RoutingTask routing_task(const EpSpec& spec, const ExpertLayer& layer, const models::MachineSpec& machine)
{
  return {.gate = layer.gate,
          .placement = layer.placement,
          .shared = spec.shared_expert ? SharedMessages::Anywhere : SharedMessages::None,
          .top_k = spec.top_k,
          .expert_lanes = models::expert_lanes(machine)};
}

void add_balance(const std::vector<ExpertLayer>& layers, sim::metrics::Result& result)
{
  std::vector<double> fullest;
  for (const ExpertLayer& layer : layers)
    fullest.push_back(layer.placement.imbalance(layer.gate.loads()));
  result.add(EpMetrics["hottest_rank_load"], mean(fullest));
}

// The narrower of a die's lanes and, where fused kernels write, its write engine; none where neither paces its rows.
std::optional<models::Carrier> narrowest_carrier(const EpSpec& spec, const models::MachineSpec& machine,
                                                 const models::EndpointEngines& engines)
{
  const std::optional<models::Carrier> lanes = models::lanes_of_die(machine, spec.ep);
  const sim::fabric::EngineUse write = engines.source(0, false);
  if (spec.exchange != ExchangeKind::Fused || write.engine == sim::fabric::NoIndex || machine.cards)
    return lanes;
  return models::narrower(lanes, {"a die's write engine", "delivers", write.rate * engines.engines_of(write)});
}

// Share of a rank's time in dispatch and combine that it waits for others.
double share_of_waits(const EpGroup& group)
{
  const double busy = group.times().dispatch_us.mean().value_or(0) + group.times().combine_us.mean().value_or(0);
  return busy > 0 ? 2 * group.times().wait_us.mean().value_or(0) / busy : 0;
}

// Names the larger taker of a rank's time in dispatch and combine: the carrier of its rows, or waiting for the others.
std::string limit_sentence(const std::optional<models::Carrier>& carrier, const EpGroup& group,
                           const sim::metrics::Result& result)
{
  constexpr double Busy = 0.75;
  constexpr double MuchWaiting = 0.25;
  const double waits = share_of_waits(group);
  const std::string rest = fmt::format("waiting for other ranks takes {:.0f} % of a rank's time", 100 * waits);
  if (!carrier)
    return waits >= MuchWaiting
               ? sim::metrics::sentence_of(rest)
               : fmt::format("Nothing stands out: {}, and no bandwidth paces its rows; fixed times of the kernels take "
                             "the rest.",
                             rest);
  const double rate = carrier->rate.count() * 1e-9;
  const double dispatch = result.find("dispatch_gb_s")->value / rate;
  const double combine = result.find("combine_gb_s")->value / rate;
  const std::string use = fmt::format("dispatch takes {:.0f} % of what {}, combine {:.0f} %", 100 * dispatch,
                                      carrier->clause(), 100 * combine);
  if (waits >= MuchWaiting)
    return fmt::format("Waiting for other ranks takes {:.0f} % of a rank's time; {}.", 100 * waits, use);
  if (std::max(dispatch, combine) < Busy)
    return fmt::format("Nothing stands out: {}, {}, and fixed times of the kernels the rest.", use, rest);
  const std::string_view limited = std::min(dispatch, combine) >= Busy ? "dispatch and combine"
                                   : combine > dispatch                ? "combine"
                                                                       : "dispatch";
  return fmt::format("Bandwidth limits {}: {}; {}.", limited, use, rest);
}

// Kernels that send by themselves over cards are an assumption.
void add_plane_notes(const EpSpec& spec, const models::MachineSpec& machine, sim::metrics::Result& result)
{
  models::add_card_notes(machine, result.notes);
  if (!machine.cards || spec.exchange != ExchangeKind::Fused)
    return;
  for (const char* const name : {"dispatch_us", "combine_us"})
    result.caveats.push_back(
        {name, fmt::format("assumes kernels that post rows to the {} by themselves, as DeepEP's low-latency ones do on "
                           "InfiniBand; no published row stands behind it",
                           models::card_words(machine))});
}

}  // namespace

void run_ep(const EpSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
            sim::metrics::Progress& progress, sim::metrics::Result& result, sim::timeline::Timeline* timeline)
{
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, seed);
  sim::streams::DataPlane& plane = live.plane();
  const std::vector<ExpertLayer> layers = build_layers(spec, machine, seed);
  sim::RandomStream random(seed, "gate");

  MachineRun carried(live);
  const sim::streams::Signal phase_done = carried.new_signal();
  EpGroup group(spec, machine, plane, live.engines(), phase_done);
  std::optional<RankTimeline> shown;
  if (timeline != nullptr)
    group.show_on(shown.emplace(*timeline, plane.fabric(), machine, spec.ep, Streams));
  std::vector<double> dispatch;
  std::vector<double> combine;
  carried.run("ep", [&](sim::engine::Control& control) {
    for (std::uint32_t repeat = 0; repeat < spec.repeats; ++repeat) {
      control.synchronise();
      group.start_dispatch(repeat, routing_task(spec, layers[repeat % layers.size()], machine), random);
      control.wait(phase_done);
      dispatch.push_back(group.phase_us());
      control.synchronise();
      group.start_combine();
      control.wait(phase_done);
      combine.push_back(group.phase_us());
      progress.update((repeat + 1.0) / spec.repeats, "dispatching and combining");
    }
  });

  const double rows = static_cast<double>(spec.tokens_per_rank) * spec.rows_per_token();
  const Bytes dispatched = dispatch_row(machine.die, spec.exchange, spec.row, spec.quantised_dispatch);
  const double dispatch_bytes = rows * static_cast<double>(dispatched.count());
  const double combine_bytes = rows * static_cast<double>(spec.row.count());
  result.add(EpMetrics["dispatch_us"], mean(dispatch));
  result.add(EpMetrics["combine_us"], mean(combine));
  result.add(EpMetrics["dispatch_gb_s"], dispatch_bytes / mean(dispatch) * 1e-3);
  result.add(EpMetrics["combine_gb_s"], combine_bytes / mean(combine) * 1e-3);
  add_balance(layers, result);
  add_plane_notes(spec, machine, result);
  std::ranges::copy(spec.choices.notes, std::back_inserter(result.notes));
  if (!spec.copies_note.empty()) {
    result.notes.push_back(spec.copies_note);
    result.add(RedundantCopies, spec.redundant);
  }
  result.tables.push_back(group.use());
  models::report_queues(machine, plane, result);
  result.add(EpMetrics["dispatch_rank_us"], group.times().dispatch_us);
  result.add(EpMetrics["combine_rank_us"], group.times().combine_us);
  result.add(EpMetrics["rank_wait_us"], group.times().wait_us);
  result.answer.limit = limit_sentence(narrowest_carrier(spec, machine, live.engines()), group, result);
}

}  // namespace cm::workloads
