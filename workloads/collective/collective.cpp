#include "workloads/collective/collective.h"

#include "models/collectives/collective_table.h"
#include "models/network/card_planes.h"
#include "models/network/carrier.h"
#include "models/network/queue_report.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "workloads/collective/collective_flows.h"
#include "workloads/collective/collective_metric_table.h"
#include "workloads/collective/collective_run.h"
#include "workloads/live_machine/live_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace cm::workloads {
namespace {

using sim::metrics::Result;

std::vector<models::ProtocolSpec> candidates(const CollectiveSpec& spec, const models::MachineSpec& machine)
{
  std::vector<models::ProtocolSpec> protocols = machine.die.protocols;
  const auto is_out = [&](const models::ProtocolSpec& each) {
    if (spec.protocol != "auto")
      return each.name != spec.protocol;
    const bool is_exchange = models::row_of(spec.question.operation).is_exchange;
    return each.used_for == models::ProtocolUse::Request ||
           each.used_for == (is_exchange ? models::ProtocolUse::Vectors : models::ProtocolUse::Exchanges);
  };
  std::erase_if(protocols, is_out);
  return protocols;
}

// Compares the least bytes of the busiest rank with the narrower of a die's lanes and the protocol's engine.
std::string limit_sentence(const std::optional<models::Carrier>& carrier, BytesPerSecond least, std::uint32_t steps)
{
  constexpr double Busy = 0.8;
  const std::string in_steps = fmt::format("in {} {}", steps, steps == 1 ? "step" : "steps");
  if (!carrier)
    return fmt::format("Bandwidth is not the limit: none paces the bytes; fixed times and sums take the time {}.",
                       in_steps);
  const double share = 100 * ratio(least, carrier->rate);
  if (share >= 100 * Busy)
    return fmt::format("Bandwidth limits: the least bytes of the busiest rank take {:.0f} % of what {}.", share,
                       carrier->clause());
  return fmt::format("Bandwidth is not the limit: the least bytes of the busiest rank take {:.2g} % of what {}; the "
                     "algorithm's other bytes, sums and fixed times take the rest {}.",
                     share, carrier->clause(), in_steps);
}

void add_time(const models::CollectiveQuestion& question, const models::CollectivePlan& plan,
              const models::ProtocolSpec& protocol, const models::MachineSpec& machine, Seconds time, Result& result)
{
  result.add(CollectiveMetrics["time_us"], microseconds(time));
  const BytesPerSecond least = models::least_bytes(question) / time;
  result.add(CollectiveMetrics["bandwidth_gb_s"], least.count() * 1e-9);
  result.add(CollectiveMetrics["steps"], plan.steps);
  auto carrier = models::lanes_of_die(machine, question.ranks);
  if (!machine.cards)
    carrier = models::narrower(carrier, {"the protocol's engine", "delivers", engine_rate(plan, protocol, machine)});
  result.answer.limit = limit_sentence(carrier, least, plan.steps);
}

void add_plane_notes(const models::MachineSpec& machine, const models::ProtocolSpec& protocol, Result& result)
{
  models::add_card_notes(machine, result.notes);
  if (machine.cards)
    result.notes.push_back(fmt::format("the launch is that of protocol {}, whatever it costs to start the library on "
                                       "another plane; the {} carry the bytes",
                                       protocol.name, models::card_words(machine)));
}

void run_on_packets(const models::CollectiveQuestion& question, const models::CollectivePlan& plan,
                    const models::ProtocolSpec& protocol, const models::MachineSpec& machine, Result& result)
{
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, question.seed);
  MachineRun carried(live);
  const sim::streams::Signal done = carried.new_signal();
  CollectiveRun run(plan, protocol, machine, live.plane(), done);
  carried.run("collective", run, done);
  add_time(question, plan, protocol, machine, to_seconds(std::ranges::max(run.ends())), result);
  models::report_queues(machine, live.plane(), result);
  sim::metrics::Histogram ranks("us");
  for (const Picoseconds end : run.ends())
    ranks.record(microseconds(end));
  result.add(CollectiveMetrics["rank_us"], ranks);
}

}  // namespace

void run_collective(const CollectiveSpec& spec, const models::MachineSpec& machine, std::uint64_t seed, Result& result)
{
  models::CollectiveQuestion question = spec.question;
  question.seed = seed;
  const std::vector<models::ProtocolSpec> protocols = candidates(spec, machine);
  const models::CollectiveMachine idle{protocols, models::all_lanes(machine), machine.die.usable_hbm_bandwidth()};
  const models::Algorithm& algorithm =
      spec.algorithm == "auto" ? models::best_algorithm(question, idle) : *models::find_algorithm(spec.algorithm);
  const models::CollectivePlan plan = algorithm.plan(question);
  const models::ProtocolSpec* protocol = models::best_protocol(plan, idle, algorithm.name);
  if (protocol == nullptr)
    throw RefusedByModel("no protocol of machine.die.collectives is made for this operation and algorithm and for "
                         "as many bytes as a rank has to send (used_for, algorithm, from, up_to)");

  result.notes.push_back(fmt::format("{} runs {} over protocol {}", models::row_of(question.operation).name,
                                     algorithm.name, protocol->name));
  add_plane_notes(machine, *protocol, result);
  if (machine.ub.model == models::UbModel::Packet)
    run_on_packets(question, plan, *protocol, machine, result);
  else
    add_time(question, plan, *protocol, machine, run_collective_on_flows(plan, *protocol, machine), result);
}

}  // namespace cm::workloads
