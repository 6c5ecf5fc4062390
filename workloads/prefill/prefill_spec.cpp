#include "workloads/prefill/prefill_spec.h"

#include "workloads/expert_parallel/asked_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

using sim::config::Reader;

AskedCopies read_experts(Reader experts)
{
  AskedCopies asked{.redundant = read_redundant(experts), .shared = read_shared_copies(experts)};
  experts.finish();
  return asked;
}

std::uint32_t automatic_redundant(const PrefillDeployment& d, const models::ModelSpec& model)
{
  return models::choose_copies({.ranks = d.ranks,
                                .routed = static_cast<std::uint32_t>(model.routed_experts),
                                .top_k = static_cast<std::uint32_t>(model.top_k)})
      .redundant;
}

// Shared experts are on every die, beside the slots of the routed ones: every-rank is what this model of prefill has.
void set_copies(Reader& workload, const AskedCopies& asked, const models::ModelSpec& model, PrefillDeployment& d)
{
  const bool has_shared = model.shared_experts > 0;
  if (asked.shared.every_rank && model.hidden > 0 && !has_shared)
    workload.complain("experts", "the model has no shared expert: expected experts.shared_copies: 0 or auto");
  const std::uint32_t everywhere = has_shared ? d.ranks : 0;
  d.redundant = asked.redundant.number.value_or(automatic_redundant(d, model));
  d.shared_copies = asked.shared.every_rank ? everywhere : asked.shared.number.value_or(everywhere);
  if (model.has_experts() && d.ranks > 0)
    d.copies_note = copies_note(asked, {d.redundant, d.shared_copies}, d.ranks);
}

AskedCopies read_deployment(Reader& workload, const models::ModelSpec& model, PrefillDeployment& deployment)
{
  AskedCopies asked{.redundant = {0}, .shared = {0}};
  workload.choice(
      {"microbatches", "1, 2, or auto: whichever a few layers show to be faster"}, deployment.microbatches,
      {{"auto", PrefillMicrobatches::Auto}, {"1", PrefillMicrobatches::One}, {"2", PrefillMicrobatches::Two}});
  workload.choice(
      {"quantisation", "number format of matrix products and of the rows that go to them over the fabric"},
      deployment.quantisation,
      {{"int8", models::Quantisation::Int8}, {"fp8", models::Quantisation::Fp8}, {"bf16", models::Quantisation::Bf16}});
  workload.choice({"routing", "how tokens choose experts"}, deployment.routing,
                  {{"measured", models::Routing::Measured},
                   {"balanced", models::Routing::Balanced},
                   {"uniform", models::Routing::Uniform},
                   {"skewed", models::Routing::Skewed}});
  models::read_skew(workload, deployment.routing == models::Routing::Skewed, deployment.sigma);
  workload.choice({"placement", "how experts are laid on dies"}, deployment.placement,
                  {{"balanced", models::PlacementRule::Balanced}, {"contiguous", models::PlacementRule::Contiguous}});
  if (model.has_experts() || workload.has("experts"))
    asked = is_auto_experts(workload) ? AskedCopies{}
                                      : read_experts(workload.section({"experts", "slots beside the routed experts"}));
  workload.optional({"mtp_layer", "whether the layer for multi-token prediction fills its cache too"},
                    deployment.with_mtp);
  deployment.layers_simulated = 12;
  workload.optional({"layers_simulated", "MoE layers that are simulated; the others take their mean", 1.0, 1000.0},
                    deployment.layers_simulated);
  deployment.chunk = 128_KiB;
  workload.optional({"chunk", "largest piece of a copy that the fabric moves at a time", 512.0, 1048576.0},
                    deployment.chunk);
  return asked;
}

void check_experts(Reader& workload, const PrefillDeployment& d, const models::ModelSpec& model,
                   std::uint32_t dies_per_npu)
{
  if (!model.has_experts()) {
    if (d.redundant > 0 || d.shared_copies > 0)
      workload.complain("experts", "the model has no experts: expected no such key");
    return;
  }
  const models::SlotSpec slots = d.slots(model);
  if (slots.slots() % slots.ranks != 0)
    complain_of_copies(workload, "npus",
                       *models::slot_problem(
                           slots,
                           copies_offer(workload.path() + ".experts=auto", slots, {automatic_redundant(d, model), 0}),
                           dies_per_npu));
  const std::uint32_t copies = model.shared_experts > 0 ? d.ranks : 0;
  if (d.shared_copies != copies)
    complain_of_copies(workload, "experts",
                       fmt::format("the shared expert is computed where the token is: expected "
                                   "experts.shared_copies: {} or auto, found {}",
                                   copies > 0 ? fmt::format("{}, every-rank", copies) : "0", d.shared_copies));
  if (d.routing == models::Routing::Measured && model.expert_load.empty())
    workload.complain("routing",
                      fmt::format("{} has no measured expert loads (model.moe.expert_load): expected balanced, "
                                  "uniform or skewed",
                                  model.name));
}

void check(Reader& workload, const PrefillSpec& spec, const models::ModelSpec& model,
           const models::MachineSpec& machine)
{
  const PrefillDeployment& d = spec.deployment;
  // A machine or a model that could not be read has been complained about.
  if (machine.topology.nodes == 0 || d.ranks == 0 || model.hidden == 0)
    return;
  if (spec.npus > machine.topology.npus())
    workload.complain("npus", fmt::format("the machine has {} NPUs, found {}", machine.topology.npus(), spec.npus));
  if (const auto problem = models::prefill_problem(model, d.ranks))
    workload.complain("npus", *problem);
  check_experts(workload, d, model, machine.topology.dies_per_npu);
  if (machine.ub.flow_control == sim::fabric::FlowControl::Credits &&
      d.chunk + machine.ub.frame_overhead > machine.ub.buffer)
    workload.complain("chunk", fmt::format("with {}=credits a chunk must fit {}", machine.ub.key("flow_control"),
                                           machine.ub.key("buffer")));
  if (machine.ub.model == models::UbModel::Flow)
    workload.complain(
        "kind", fmt::format("needs {}: packet; the flow model runs p2p and collective only", machine.ub.key("model")));
  if (const auto problem = machine.node_traffic_problem(); problem && d.ranks > 1)
    workload.complain("kind", "prefill exchanges between the dies of a node too: " + *problem);
}

// FP8 products need a die that has them.
std::string fp8_refusal(const Reader& workload, const PrefillSpec& spec, const models::DieSpec& die)
{
  if (spec.deployment.quantisation != models::Quantisation::Fp8 || die.has_fp8())
    return {};
  return fmt::format("{}: {}.quantisation: the die has no FP8 (machine.die.peak_fp8); it computes in int8 or bf16",
                     to_text(workload.position("quantisation")), workload.path());
}

}  // namespace

std::int64_t PrefillDeployment::moe_layers(const models::ModelSpec& model) const
{
  return model.moe_layers() + (with_mtp ? 1 : 0);
}

models::GateSpec PrefillDeployment::gate(const models::ModelSpec& model, std::uint64_t seed) const
{
  return {.routing = routing,
          .experts = static_cast<std::uint32_t>(model.routed_experts),
          .top_k = static_cast<std::uint32_t>(model.top_k),
          .sigma = sigma,
          .profile = model.expert_load,
          .seed = seed};
}

models::SlotSpec PrefillDeployment::slots(const models::ModelSpec& model) const
{
  return {.ranks = ranks, .routed = static_cast<std::uint32_t>(model.routed_experts), .redundant = redundant};
}

std::int64_t PrefillDeployment::routed_slots(const models::ModelSpec& model) const
{
  return slots(model).slots() / ranks;
}

PrefillBatch PrefillSpec::prompts() const
{
  PrefillBatch prompts;
  for (std::int64_t left = tokens_per_npu * npus; left > 0; left -= prompt_length) {
    const std::int64_t length = std::min(left, prompt_length);
    // The last token is always computed: the first output token comes from it.
    const auto cached = static_cast<std::int64_t>(std::floor(reuse_rate * static_cast<double>(length)));
    prompts.push_back({std::max<std::int64_t>(1, length - cached), std::min(cached, length - 1)});
  }
  return prompts;
}

PrefillSpec read_prefill(Reader& workload, const models::ModelSpec& model, models::MachineSpec& machine)
{
  PrefillSpec spec;
  workload.required({"tokens_per_npu", "tokens of the prompts that each NPU is given", 1.0, 1e8}, spec.tokens_per_npu);
  workload.required({"prompt_length", "tokens of a prompt", 1.0, 1e7}, spec.prompt_length);
  workload.optional_fraction({"reuse_rate", "share of every prompt that is found in a context cache"}, spec.reuse_rate);
  if (model.hidden > 0 && spec.prompt_length > model.max_position)
    workload.complain("prompt_length",
                      fmt::format("longer than the model's longest context of {} tokens", model.max_position));
  const PrefillSpec instance = read_prefill_instance(workload, model, machine);
  spec.deployment = instance.deployment;
  spec.npus = instance.npus;
  spec.refusal = instance.refusal;
  return spec;
}

PrefillSpec read_prefill_instance(Reader& workload, const models::ModelSpec& model, models::MachineSpec& machine)
{
  PrefillSpec spec;
  enum class Kind { Prefill } kind = Kind::Prefill;
  workload.choice({"kind", "kind of the workload"}, kind, {{"prefill", Kind::Prefill}}, true);
  int npus = 0;
  std::int64_t batch_per_npu = 16384;
  workload.required({"npus", "consecutive NPUs of one instance", 1.0, 100000.0}, npus);
  workload.optional(
      {"batch_tokens_per_npu", "new tokens of a batch, at most; what is more waits for the next one", 1.0, 1e6},
      batch_per_npu);
  const AskedCopies asked = read_deployment(workload, model, spec.deployment);
  spec.npus = static_cast<std::uint32_t>(npus);
  spec.deployment.ranks = spec.npus * machine.topology.dies_per_npu;
  spec.deployment.batch_tokens = batch_per_npu * npus;
  set_copies(workload, asked, model, spec.deployment);
  spec.deployment.with_mtp = spec.deployment.with_mtp && model.mtp_layers > 0 && model.has_experts();
  models::read_policy_choices(workload, machine.ub);
  check(workload, spec, model, machine);
  spec.refusal = fp8_refusal(workload, spec, machine.die);
  workload.finish();
  return spec;
}

models::HbmBudget prefill_budget(const PrefillDeployment& deployment, const models::ModelSpec& model,
                                 const models::DieSpec& die, const std::vector<PrefillBatch>& batches)
{
  std::int64_t new_most = 0;
  std::int64_t held_most = 0;
  for (const PrefillBatch& batch : batches) {
    std::int64_t held = 0;
    for (const Prompt& prompt : batch)
      held += prompt.new_tokens + prompt.cached_tokens;
    new_most = std::max(new_most, new_tokens(batch));
    held_most = std::max(held_most, held);
  }
  const auto per_die = [&](std::int64_t tokens) { return (tokens + deployment.ranks - 1) / deployment.ranks; };
  models::DecodeDeployment weights;
  weights.ranks = deployment.ranks;
  if (model.has_experts())
    weights.slots_per_rank = deployment.routed_slots(model) + (deployment.shared_copies > 0 ? 1 : 0);
  weights.shared_copies = deployment.shared_copies;
  weights.requests_per_die = per_die(held_most);
  weights.longest_kv = 1;
  weights.with_mtp = deployment.with_mtp;
  weights.quantisation = deployment.quantisation;
  models::HbmBudget budget = models::hbm_budget(model, die, weights);
  // Rows of dispatch and combine, packed and received.
  const std::int64_t rows = per_die(new_most) * model.top_k;
  budget.exchange_buffers =
      (models::dispatch_row(model, deployment.quantisation, die) + Bytes(2 * model.hidden)) * (2 * rows);
  return budget;
}

std::string largest_prefill_text(const PrefillDeployment& deployment, const models::ModelSpec& model,
                                 const models::MachineSpec& machine,
                                 const std::function<std::vector<PrefillBatch>(std::int64_t)>& batches_of)
{
  const std::int64_t npus = deployment.ranks / machine.topology.dies_per_npu;
  const std::int64_t asked = deployment.batch_tokens / npus;
  const std::int64_t largest = models::largest_that_fits(asked, [&](std::int64_t tokens) {
    return prefill_budget(deployment, model, machine.die, batches_of(tokens * npus));
  });
  return largest > 0 ? fmt::format("the largest batch_tokens_per_npu that fits is {}", largest)
                     : std::string("no batch_tokens_per_npu fits, not even 1");
}

}  // namespace cm::workloads
