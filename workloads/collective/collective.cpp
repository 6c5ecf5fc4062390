#include "workloads/collective/collective.h"

#include "models/collectives/collective_table.h"
#include "models/network/queue_report.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "workloads/collective/collective_flows.h"
#include "workloads/collective/collective_metric_table.h"
#include "workloads/collective/collective_run.h"

#include <fmt/format.h>

#include <algorithm>

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

BytesPerSecond lanes_of_die(const models::MachineSpec& machine)
{
  return machine.topology.lane_bandwidth * (machine.ub.payload_share * machine.topology.sub_planes);
}

void add_time(const models::CollectiveQuestion& question, const models::CollectivePlan& plan, Seconds time,
              BytesPerSecond lanes, Result& result)
{
  result.add(CollectiveMetrics["time_us"], microseconds(time));
  result.add(CollectiveMetrics["bandwidth_gb_s"], (models::least_bytes(question) / time).count() * 1e-9);
  result.add(CollectiveMetrics["steps"], plan.steps);
  constexpr double Busy = 0.8;
  const double share = ratio(models::least_bytes(question) / time, lanes);
  result.answer.limit =
      share >= Busy
          ? fmt::format("The lanes limit: the least bytes of the busiest rank take {:.0f} % of what they carry.",
                        100 * share)
          : fmt::format("The lanes are not the limit: the least bytes of the busiest rank take {:.2g} % of what "
                        "they carry; the protocol's fixed times and rates in {} {} take the rest.",
                        100 * share, plan.steps, plan.steps == 1 ? "step" : "steps");
}

void run_on_packets(const models::CollectiveQuestion& question, const models::CollectivePlan& plan,
                    const models::ProtocolSpec& protocol, const models::MachineSpec& machine, Result& result)
{
  const topology::Supernode supernode(machine.topology);
  sim::streams::DataPlane plane(models::data_plane_spec(machine, supernode, question.seed));
  sim::engine::Engine engine;
  engine.carry(plane);
  const sim::streams::Signal done = engine.new_signal();
  CollectiveRun run(plan, protocol, machine, plane, done);
  plane.set_client(run);
  engine.spawn("collective", [&](sim::engine::Control& control) {
    control.synchronise();
    run.start();
    control.wait(done);
  });
  engine.run();
  add_time(question, plan, to_seconds(std::ranges::max(run.ends())), lanes_of_die(machine), result);
  models::report_queues(machine, plane, result);
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
  const models::CollectiveMachine idle{protocols, lanes_of_die(machine), machine.die.usable_hbm_bandwidth()};
  const models::Algorithm& algorithm =
      spec.algorithm == "auto" ? models::best_algorithm(question, idle) : *models::find_algorithm(spec.algorithm);
  const models::CollectivePlan plan = algorithm.plan(question);
  const models::ProtocolSpec* protocol = models::best_protocol(plan, idle, algorithm.name);
  if (protocol == nullptr)
    throw RefusedByModel("no protocol of machine.die.collectives is made for this operation and algorithm and for "
                         "as many bytes as a rank has to send (used_for, algorithm, from, up_to)");

  result.notes.push_back(fmt::format("{} runs {} over protocol {}", models::row_of(question.operation).name,
                                     algorithm.name, protocol->name));
  if (machine.ub.model == models::UbModel::Packet)
    run_on_packets(question, plan, *protocol, machine, result);
  else
    add_time(question, plan, run_collective_on_flows(plan, *protocol, machine), lanes_of_die(machine), result);
}

}  // namespace cm::workloads
