#include "workloads/decode/decode_spec.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

using sim::config::Reader;

void read_microbatches(Reader& workload, DecodeSpec& spec)
{
  workload.choice({"microbatches", "1, 2, or auto: whichever a few layers show to be faster"}, spec.microbatches,
                  {{"auto", Microbatches::Auto}, {"1", Microbatches::One}, {"2", Microbatches::Two}});
}

// `split: auto` or `split: {aic: 16, aiv: 32}`: the attention stream's cores; the MoE stream has the rest.
void read_split(Reader& workload, const models::DieSpec& die, DecodeSpec& spec)
{
  const sim::config::Value* value =
      workload.value({"split", "cores of the attention stream with two microbatches: auto, or {aic, aiv}"}, false);
  if (value == nullptr || (value->kind == sim::config::Value::Kind::Scalar && value->text == "auto"))
    return;
  if (value->kind != sim::config::Value::Kind::Map) {
    workload.complain("split",
                      fmt::format("expected auto or {{aic: 16, aiv: 32}}, found {}", sim::config::found_text(*value)));
    return;
  }
  models::CoreShare share;
  Reader split = workload.section({"split", "cores of the attention stream"});
  split.required({"aic", "cube cores of the attention stream", 1.0, 1024.0}, share.aic);
  split.required({"aiv", "vector cores of the attention stream", 1.0, 4096.0}, share.aiv);
  split.finish();
  if (die.aic_cores > 0 && (share.aic >= die.aic_cores || share.aiv >= die.aiv_cores))
    workload.complain("split", fmt::format("the MoE stream needs cores too: a die has {} aic and {} aiv", die.aic_cores,
                                           die.aiv_cores));
  else if (share.aic > 0 && share.aiv > 0)
    spec.attention_cores = share;
}

void read_experts(Reader experts, DecodeSpec& spec)
{
  int redundant = 0;
  int shared = 0;
  experts.required({"redundant", "redundant copies of routed experts", 0.0, 65536.0}, redundant);
  experts.required({"shared_copies", "copies of the shared expert", 0.0, 65536.0}, shared);
  experts.finish();
  spec.redundant = static_cast<std::uint32_t>(redundant);
  spec.shared_copies = static_cast<std::uint32_t>(shared);
}

void check_deployment(Reader& workload, const DecodeSpec& spec, const models::ModelSpec& model,
                      const models::MachineSpec& machine)
{
  if (machine.topology.nodes > 0 && spec.ep > machine.topology.dies())
    workload.complain("ep", fmt::format("{} ranks need {} NPUs, but the machine has {}", spec.ep,
                                        (spec.ep + machine.topology.dies_per_npu - 1) / machine.topology.dies_per_npu,
                                        machine.topology.npus()));
  if (model.routed_experts == 0 || spec.ep == 0)
    return;
  if (model.shared_experts > 0 && spec.shared_copies == 0)
    workload.complain("experts", "the model has a shared expert: expected at least one of experts.shared_copies");
  if (const auto problem = models::slot_problem(
          {spec.ep, static_cast<std::uint32_t>(model.routed_experts), spec.redundant, spec.shared_copies}))
    workload.complain("ep", *problem);
  if (model.shared_experts == 0 && spec.shared_copies > 0)
    workload.complain("experts", "the model has no shared expert: expected experts.shared_copies: 0");
  if (spec.microbatches != Microbatches::One && machine.die.aic_cores > 0 &&
      (machine.die.aic_cores <= machine.die.core_group || machine.die.aiv_cores < 2))
    workload.complain("microbatches",
                      fmt::format("two streams cannot share {} cube cores in groups of {} and {} vector "
                                  "cores: expected microbatches: 1",
                                  machine.die.aic_cores, machine.die.core_group, machine.die.aiv_cores));
  if (spec.mtp_tokens > 0 && model.mtp_layers == 0)
    workload.complain("mtp", "the model has no layer for multi-token prediction: expected mtp.tokens: 0");
}

}  // namespace

double DecodeSpec::tokens_per_iteration() const
{
  double sum = 1;
  double power = 1;
  for (std::int64_t token = 0; token < mtp_tokens; ++token)
    sum += power *= mtp_acceptance;
  return sum;
}

std::int64_t DecodeSpec::requests_on(std::uint32_t die, std::uint32_t dies_per_npu) const
{
  const std::int64_t place = die % dies_per_npu;
  return batch_per_npu / dies_per_npu + (place < batch_per_npu % dies_per_npu ? 1 : 0);
}

DecodeSpec read_decode(Reader& workload, const models::ModelSpec& model, models::MachineSpec& machine)
{
  DecodeSpec spec;
  enum class Kind { Decode } kind = Kind::Decode;
  workload.choice({"kind", "what is run"}, kind, {{"decode", Kind::Decode}}, true);
  int ep = 0;
  int iterations = 3;
  workload.required({"ep", "expert-parallel ranks, on consecutive dies", 2.0, 100000.0}, ep);
  workload.required({"batch_per_npu", "requests that each NPU decodes at a time", 1.0, 10000.0}, spec.batch_per_npu);
  workload.required({"prompt_length", "tokens of a request before its output", 1.0, 1e7}, spec.prompt_length);
  workload.required({"output_length", "tokens that a request puts out", 1.0, 1e7}, spec.output_length);
  Reader mtp = workload.section({"mtp", "multi-token prediction"});
  mtp.required({"tokens", "speculative tokens per iteration; 0: none", 0.0, 8.0}, spec.mtp_tokens);
  mtp.required_fraction({"acceptance", "probability that a speculative token is accepted"}, spec.mtp_acceptance);
  mtp.finish();
  read_microbatches(workload, spec);
  read_split(workload, machine.die, spec);
  workload.choice({"quantisation", "of matrix products and of dispatch"}, spec.quantisation,
                  {{"int8", models::Quantisation::Int8}, {"bf16", models::Quantisation::Bf16}});
  workload.choice({"routing", "how tokens choose experts"}, spec.routing,
                  {{"measured", models::Routing::Measured},
                   {"balanced", models::Routing::Balanced},
                   {"uniform", models::Routing::Uniform},
                   {"skewed", models::Routing::Skewed}});
  models::read_skew(workload, spec.routing, spec.sigma);
  workload.choice({"placement", "how experts are laid on ranks"}, spec.placement,
                  {{"balanced", models::PlacementRule::Balanced}, {"contiguous", models::PlacementRule::Contiguous}});
  read_experts(workload.section({"experts", "slots beside the routed experts"}), spec);
  workload.optional({"iterations", "decode iterations that are simulated", 1.0, 1000.0}, iterations);
  models::read_policy_choices(workload, machine.ub);
  if (machine.ub.model == models::UbModel::Flow)
    workload.complain("kind", "needs machine.ub.model: packet; the flow model runs p2p only");
  spec.ep = static_cast<std::uint32_t>(ep);
  spec.iterations = static_cast<std::uint32_t>(iterations);
  check_deployment(workload, spec, model, machine);
  workload.finish();
  return spec;
}

models::HbmBudget decode_budget(const DecodeSpec& spec, const models::ModelSpec& model,
                                const models::MachineSpec& machine)
{
  const std::int64_t requests = spec.requests_on(0, machine.topology.dies_per_npu);
  models::DecodeDeployment deployment;
  deployment.ranks = spec.ep;
  deployment.slots_per_rank = (model.routed_experts + spec.redundant + spec.shared_copies) / spec.ep;
  deployment.requests_per_die = requests;
  deployment.longest_kv = spec.prompt_length + spec.output_length;
  deployment.tokens_per_die = requests * (1 + spec.mtp_tokens);
  deployment.with_mtp = spec.mtp_tokens > 0;
  deployment.quantisation = spec.quantisation;
  return models::hbm_budget(model, machine.die, deployment);
}

}  // namespace cm::workloads
