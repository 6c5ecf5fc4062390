#include "workloads/expert_parallel/ep.h"

#include "models/collectives/unfused_exchange.h"
#include "models/network/queue_report.h"
#include "sim/engine/engine.h"
#include "sim/metrics/confidence.h"
#include "workloads/expert_parallel/ep_group.h"

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
  result.add("hottest_rank_load", mean(fullest), "ratio",
             "expected routed rows of the fullest rank / of the mean rank, mean over layers",
             sim::metrics::Better::Lower);
}

}  // namespace

void run_ep(const EpSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
            sim::metrics::Progress& progress, sim::metrics::Result& result, sim::timeline::Timeline* timeline)
{
  const topology::Supernode supernode(machine.topology);
  sim::streams::DataPlane plane(models::data_plane_spec(machine, supernode, seed));
  const models::EndpointEngines engines(machine, plane.fabric());
  const std::vector<ExpertLayer> layers = build_layers(spec, machine, seed);
  sim::RandomStream random(seed, "gate");

  sim::engine::Engine engine;
  engine.carry(plane);
  const sim::streams::Signal phase_done = engine.new_signal();
  EpGroup group(spec, machine, plane, engines, phase_done);
  plane.set_client(group);
  std::optional<RankTimeline> shown;
  if (timeline != nullptr)
    group.show_on(shown.emplace(*timeline, plane.fabric(), machine, spec.ep, Streams));
  std::vector<double> dispatch;
  std::vector<double> combine;
  engine.spawn("ep", [&](sim::engine::Control& control) {
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
  engine.run();

  const double rows = static_cast<double>(spec.tokens_per_rank) * spec.rows_per_token();
  const bool is_fused = spec.exchange == ExchangeKind::Fused;
  const Bytes dispatch_message = is_fused ? models::fused_row(machine.die, spec.row, spec.quantised_dispatch)
                                          : models::unfused_row(machine.die, spec.row, spec.quantised_dispatch);
  const auto dispatch_row = static_cast<double>(dispatch_message.count());
  const auto combine_row = static_cast<double>(spec.row.count());
  result.add("dispatch_us", mean(dispatch), "us", "start of the first rank to end of the slowest");
  result.add("combine_us", mean(combine), "us", "start of the first rank to end of the slowest");
  result.add("dispatch_gb_s", rows * dispatch_row / mean(dispatch) * 1e-3, "GB/s",
             "bytes a rank sends / dispatch_us, decimal");
  result.add("combine_gb_s", rows * combine_row / mean(combine) * 1e-3, "GB/s",
             "bytes a rank sends / combine_us, decimal");
  add_balance(layers, result);
  std::ranges::copy(spec.choices.notes, std::back_inserter(result.notes));
  if (!spec.copies_note.empty()) {
    result.notes.push_back(spec.copies_note);
    result.add("redundant_copies", spec.redundant, "count", "redundant copies of routed experts that auto took",
               sim::metrics::Better::Neither);
  }
  models::report_queues(machine, plane, result);
  result.histograms.emplace_back("dispatch_rank_us", group.dispatch_us);
  result.histograms.emplace_back("combine_rank_us", group.combine_us);
  result.histograms.emplace_back("rank_wait_us", group.wait_us);
}

}  // namespace cm::workloads
