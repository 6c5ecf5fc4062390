#include "workloads/expert_parallel/ep_spec.h"

#include "models/collectives/fused_kernels.h"
#include "models/network/card_planes.h"
#include "sim/units/parse_quantity.h"
#include "workloads/expert_parallel/asked_copies.h"
#include "workloads/expert_parallel/exchange_keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

using sim::config::Reader;

void check_table(Reader& workload, EpSpec& spec)
{
  const std::uint32_t redundant = redundant_of_table(spec.choices, {.layers = 0});
  if (workload.has("redundant") && spec.copies_note.empty() && spec.redundant != redundant)
    workload.complain("redundant",
                      fmt::format("the placement file has {} redundant copies, found {}", redundant, spec.redundant));
  spec.redundant = redundant;
  spec.copies_note.clear();
}

std::uint32_t automatic_redundant(const EpSpec& spec)
{
  return models::choose_copies({.ranks = spec.ep, .routed = spec.experts, .top_k = spec.top_k}).redundant;
}

void set_redundant(const AskedNumber& asked, EpSpec& spec)
{
  spec.redundant = asked.number.value_or(automatic_redundant(spec));
  if (!asked.number && spec.ep > 0)
    spec.copies_note = fmt::format("redundant: auto took {} for {} ranks", spec.redundant, spec.ep);
}

// The fused kernels' buffers, registered ahead: of every rank's tokens as many rows as one of its experts can ask for.
void check_memory(Reader& workload, const EpSpec& spec, const models::MachineSpec& machine)
{
  const Bytes room = machine.die.hbm_capacity - machine.die.reserved;
  const std::int64_t slots = std::max(1U, (spec.experts + spec.redundant) / spec.ep);
  const Bytes row = models::fused_row(machine.die, spec.row, spec.quantised_dispatch) + spec.row;
  const Bytes token = row * (spec.ep * std::min<std::int64_t>(spec.top_k, slots));
  if (spec.exchange != ExchangeKind::Fused || room <= Bytes(0) || token * spec.tokens_per_rank <= room)
    return;
  workload.complain("tokens_per_rank",
                    fmt::format("expected at most {}, found {}: buffers of {} a token, for {} ranks, must fit the {} "
                                "which a die's HBM has beside what is reserved",
                                room.count() / token.count(), spec.tokens_per_rank, to_text(token), spec.ep,
                                to_text(room)));
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
  else if (const auto problem = models::slot_problem(
               spec.slots(machine),
               copies_offer(workload.path() + ".redundant=auto", spec.slots(machine), {automatic_redundant(spec)})))
    complain_of_copies(workload, "ep", *problem);
  else if (spec.choices.placement == models::PlacementRule::EplbByNode)
    if (const auto by_node = models::node_problem(spec.slots(machine)))
      workload.complain("placement", *by_node);
  if (const auto problem = machine.node_traffic_problem(); problem && spec.exchange == ExchangeKind::Unfused)
    workload.complain("fused", "collectives between the dies of a node: " + *problem);
  if (machine.die.aiv_cores > 0 && spec.aiv_cores > machine.die.aiv_cores)
    workload.complain("aiv_cores",
                      fmt::format("a die has {} vector cores, found {}", machine.die.aiv_cores, spec.aiv_cores));
  check_memory(workload, spec, machine);
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
  int repeats = 10;
  spec.aiv_cores = machine.die.aiv_cores;
  workload.choice({"kind", "kind of the workload"}, kind, {{"ep", Kind::Ep}}, true);
  models::read_plane(workload, machine);
  workload.required({"ep", "expert-parallel ranks, on consecutive dies", 2.0, 100000.0}, ep);
  workload.optional({"tokens_per_rank", "tokens that every rank dispatches", 1.0, 100000.0}, tokens);
  workload.optional({"hidden", "width of a token's hidden state", 32.0, 1e6}, hidden);
  workload.optional({"experts", "routed experts; they divide over the ranks", 1.0, 65536.0}, experts);
  // Elsewhere the key asks for copies.
  if (const sim::config::Value* const word = workload.value({"experts", "routed experts"}, false);
      word != nullptr && word->text == "auto")
    workload.complain("experts",
                      "auto chooses copies in decode, prefill and serving; here the key is the number of routed "
                      "experts, and redundant: auto chooses their copies");
  const AskedNumber redundant = read_redundant(workload, false);
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
    workload.complain(
        "kind", fmt::format("needs {}: packet; the flow model runs p2p and collective only", machine.ub.key("model")));
  spec.ep = static_cast<std::uint32_t>(ep);
  spec.tokens_per_rank = static_cast<std::uint32_t>(tokens);
  spec.row = Bytes(2 * static_cast<std::int64_t>(hidden));
  spec.experts = static_cast<std::uint32_t>(experts);
  spec.top_k = static_cast<std::uint32_t>(top_k);
  set_redundant(redundant, spec);
  spec.repeats = static_cast<std::uint32_t>(repeats);
  const ExpertShape shape{.experts = spec.experts, .top_k = spec.top_k};
  read_routing(workload, shape, spec.choices);
  read_placement_file(workload, shape, spec.ep, spec.choices);
  if (ep > 0)
    check_slots(workload, spec, machine);
  workload.finish();
  return spec;
}

std::vector<sim::config::UnusedKey> unused_keys(const EpSpec& spec, const models::MachineSpec& machine)
{
  std::vector<sim::config::UnusedKey> unused;
  models::add_unused_card_keys(machine, unused);
  add_unused_exchange_keys({.kind = spec.exchange, .ranks = spec.ep}, machine, unused);
  unused.push_back({machine.ub.key("access"), "no single accesses are made"});
  if (spec.exchange == ExchangeKind::Fused)
    unused.push_back({"machine.die.compute.vector_operator", "fused kernels exchange (workload.fused)"});
  if (spec.choices.table)
    unused.push_back({"workload.placement", "workload.placement_file takes its place", true});
  return unused;
}

}  // namespace cm::workloads
