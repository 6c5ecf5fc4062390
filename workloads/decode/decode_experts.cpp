#include "workloads/decode/decode_experts.h"

#include "workloads/expert_parallel/asked_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace cm::workloads {
namespace {

using sim::config::Reader;

// A placement file brings its own redundant copies; shared copies are laid as always, equally many on each rank.
void read_copies_beside_file(Reader& experts, const models::ModelSpec& model, const DecodeSpec& spec,
                             AskedCopies& asked)
{
  const std::uint32_t redundant = redundant_of_table(spec.choices, shape_of(model));
  if (experts.has("redundant"))
    asked.redundant = read_redundant(experts);
  if (const std::uint32_t stated = asked.redundant.number.value_or(redundant); stated != redundant)
    experts.complain(
        "redundant",
        fmt::format("the placement file has {} redundant copies in its fullest layers, found {}", redundant, stated));
  asked.redundant.number = redundant;
  if (const std::uint32_t shared = asked.shared.number.value_or(0); spec.ep > 0 && shared % spec.ep != 0)
    experts.complain("shared_copies",
                     fmt::format("the placement file gives every rank as many slots: expected a multiple of {}, found "
                                 "{}",
                                 spec.ep, shared));
}

AskedCopies read_experts(Reader experts, const models::ModelSpec& model, DecodeSpec& spec)
{
  AskedCopies asked;
  read_placement_file(experts, shape_of(model), spec.ep, spec.choices);
  asked.shared = read_shared_copies(experts);
  if (spec.choices.table)
    read_copies_beside_file(experts, model, spec, asked);
  else
    asked.redundant = read_redundant(experts);
  experts.finish();
  return asked;
}

models::CopyNumbers automatic_copies(const DecodeSpec& spec, const models::ModelSpec& model, const AskedCopies& asked)
{
  const bool needs_slots = !asked.shared.every_rank;
  return models::choose_copies({.ranks = spec.ep,
                                .routed = static_cast<std::uint32_t>(model.routed_experts),
                                .top_k = static_cast<std::uint32_t>(model.top_k),
                                .shared_experts = needs_slots ? static_cast<std::uint32_t>(model.shared_experts) : 0,
                                .redundant = asked.redundant.number,
                                .shared_copies = asked.shared.number});
}

}  // namespace

ExpertShape shape_of(const models::ModelSpec& model)
{
  return {static_cast<std::uint32_t>(std::max<std::int64_t>(0, model.moe_layers())),
          static_cast<std::uint32_t>(model.routed_experts), static_cast<std::uint32_t>(model.top_k)};
}

void read_copies(Reader& workload, const models::ModelSpec& model, DecodeSpec& spec)
{
  AskedCopies asked;
  if (!is_auto_experts(workload))
    asked = read_experts(workload.section({"experts", "slots beside the routed experts"}), model, spec);
  const models::CopyNumbers copies = automatic_copies(spec, model, asked);
  spec.redundant = copies.redundant;
  spec.shared_copies = copies.shared;
  spec.shared_on_every_rank = asked.shared.every_rank;
  if (model.has_experts() && spec.ep > 0)
    spec.copies_note = copies_note(asked, copies, spec.ep);
}

void check_experts(Reader& workload, const DecodeSpec& spec, const models::ModelSpec& model,
                   const models::MachineSpec& machine)
{
  if (!model.has_experts()) {
    if (spec.redundant > 0 || spec.has_shared())
      workload.complain("experts",
                        "the model has no experts: expected experts: {redundant: 0, shared_copies: 0}, or no "
                        "such key");
    return;
  }
  if (spec.ep == 0)
    return;
  if (model.shared_experts > 0 && !spec.has_shared())
    workload.complain("experts", "the model has a shared expert: expected at least one of experts.shared_copies, auto "
                                 "or every-rank");
  // Nearest legal EPs are those without the copies that the model has no use for.
  models::SlotSpec slots = spec.slots(model, machine);
  slots.shared_copies = model.shared_experts > 0 ? spec.shared_copies : 0;
  const AskedCopies every_number{.redundant = {}, .shared = {.number = {}, .every_rank = spec.shared_on_every_rank}};
  const std::string offer =
      slots.slots() % slots.ranks == 0
          ? ""
          : copies_offer(workload.path() + ".experts=auto", slots, automatic_copies(spec, model, every_number));
  if (const auto problem = models::slot_problem(slots, offer); problem && !spec.choices.table)
    complain_of_copies(workload, "ep", *problem);
  else if (const auto by_node = models::node_problem(slots);
           by_node && spec.choices.placement == models::PlacementRule::EplbByNode)
    workload.complain("placement", *by_node);
  if (model.shared_experts == 0 && spec.has_shared())
    workload.complain("experts", "the model has no shared expert: expected experts.shared_copies: 0 or auto");
  if (spec.choices.routing == models::Routing::Measured && model.expert_load.empty())
    workload.complain("routing",
                      fmt::format("{} has no measured expert loads (model.moe.expert_load): expected balanced, "
                                  "uniform or skewed",
                                  model.name));
}

}  // namespace cm::workloads
