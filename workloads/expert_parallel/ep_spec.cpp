#include "workloads/expert_parallel/ep_spec.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

using sim::config::Reader;

void check_table(Reader& workload, EpSpec& spec)
{
  const std::uint32_t redundant = redundant_of_table(spec.choices, {.layers = 0});
  if (workload.has("redundant") && spec.redundant != redundant)
    workload.complain("redundant",
                      fmt::format("the placement file has {} redundant copies, found {}", redundant, spec.redundant));
  spec.redundant = redundant;
}

void check_slots(Reader& workload, EpSpec& spec, const models::MachineSpec& machine)
{
  if (machine.topology.nodes > 0 && spec.ep > machine.topology.dies())
    workload.complain(
        "ep", fmt::format("{} ranks need {} dies, but the machine has {}", spec.ep, spec.ep, machine.topology.dies()));
  if (spec.top_k > spec.experts)
    workload.complain("top_k", fmt::format("top {} of {} experts", spec.top_k, spec.experts));
  if (spec.choices.routing == models::Routing::Measured)
    workload.complain("routing", "measured loads are those of a model, which this workload has none of");
  if (spec.choices.table)
    check_table(workload, spec);
  else if (const auto problem = models::slot_problem(spec.slots(machine)))
    workload.complain("ep", *problem);
  else if (spec.choices.placement == models::PlacementRule::EplbByNode)
    if (const auto by_node = models::node_problem(spec.slots(machine)))
      workload.complain("placement", *by_node);
  if (machine.die.aiv_cores > 0 && spec.aiv_cores > machine.die.aiv_cores)
    workload.complain("aiv_cores",
                      fmt::format("a die has {} vector cores, found {}", machine.die.aiv_cores, spec.aiv_cores));
}

}  // namespace

models::SlotSpec EpSpec::slots(const models::MachineSpec& machine) const
{
  return {.ranks = ep,
          .routed = experts,
          .redundant = redundant,
          .shared_copies = 0,
          .ranks_per_node = machine.topology.dies_per_node()};
}

EpSpec read_ep(Reader& workload, models::MachineSpec& machine)
{
  EpSpec spec;
  enum class Kind { Ep } kind = Kind::Ep;
  int ep = 0;
  int tokens = 128;
  int hidden = 7168;
  int experts = 256;
  int top_k = 8;
  int redundant = 0;
  int repeats = 10;
  spec.aiv_cores = machine.die.aiv_cores;
  workload.choice({"kind", "what is run"}, kind, {{"ep", Kind::Ep}}, true);
  workload.required({"ep", "expert-parallel ranks, on consecutive dies", 2.0, 100000.0}, ep);
  workload.optional({"tokens_per_rank", "tokens that every rank dispatches", 1.0, 100000.0}, tokens);
  workload.optional({"hidden", "width of a token's hidden state", 32.0, 1e6}, hidden);
  workload.optional({"experts", "routed experts; they divide over the ranks", 1.0, 65536.0}, experts);
  workload.optional({"redundant", "redundant copies of routed experts", 0.0, 65536.0}, redundant);
  workload.optional({"top_k", "routed experts of a token", 1.0, 256.0}, top_k);
  workload.optional({"shared_expert", "whether a token sends one more message, to a uniformly chosen rank"},
                    spec.shared_expert);
  workload.optional({"aiv_cores", "vector cores that the kernels run on", 1.0, 100000.0}, spec.aiv_cores);
  read_exchange_kind(workload, machine.die, true, spec.exchange, spec.quantised_dispatch);
  read_placement_rule(workload, spec.choices);
  workload.optional({"repeats", "dispatch-combine pairs to average over, each with fresh routing", 1.0, 1000.0},
                    repeats);
  models::read_policy_choices(workload, machine.ub);
  if (machine.ub.model == models::UbModel::Flow)
    workload.complain("kind", "needs machine.ub.model: packet; the flow model runs p2p and collective only");
  spec.ep = static_cast<std::uint32_t>(ep);
  spec.tokens_per_rank = static_cast<std::uint32_t>(tokens);
  spec.row = Bytes(2 * static_cast<std::int64_t>(hidden));
  spec.experts = static_cast<std::uint32_t>(experts);
  spec.top_k = static_cast<std::uint32_t>(top_k);
  spec.redundant = static_cast<std::uint32_t>(redundant);
  spec.repeats = static_cast<std::uint32_t>(repeats);
  const ExpertShape shape{.experts = spec.experts, .top_k = spec.top_k};
  read_routing(workload, shape, spec.choices);
  read_placement_file(workload, shape, spec.ep, spec.choices);
  if (ep > 0)
    check_slots(workload, spec, machine);
  workload.finish();
  return spec;
}

}  // namespace cm::workloads
