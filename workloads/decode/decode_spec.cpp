#include "workloads/decode/decode_spec.h"

#include "models/collectives/tensor_operation.h"
#include "models/language_models/tensor_share.h"
#include "workloads/decode/decode_experts.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::workloads {
namespace {

using sim::config::Reader;

void read_microbatches(Reader& workload, DecodeSpec& spec)
{
  workload.choice({"microbatches", "1, 2, or auto: whichever a few layers show to be faster"}, spec.microbatches,
                  {{"auto", Microbatches::Auto}, {"1", Microbatches::One}, {"2", Microbatches::Two}});
}

// `split: auto`, `split: turns` or `split: {aic: 16, aiv: 32}`: the attention stream's cores; the MoE stream has the
// rest.
void read_split(Reader& workload, const models::DieSpec& die, DecodeSpec& spec)
{
  const sim::config::Value* value = workload.value(
      {"split", "cores of the attention stream with two microbatches: auto, or {aic, aiv}; turns: both compute on "
                "all cores, one at a time, and communication takes none"},
      false);
  if (value == nullptr || (value->kind == sim::config::Value::Kind::Scalar && value->text == "auto"))
    return;
  if (value->kind == sim::config::Value::Kind::Scalar && value->text == "turns") {
    spec.takes_turns = true;
    return;
  }
  if (value->kind != sim::config::Value::Kind::Map) {
    workload.complain("split", fmt::format("expected auto, turns or {{aic: 16, aiv: 32}}, found {}",
                                           sim::config::found_text(*value)));
    return;
  }
  models::CoreShare share;
  Reader split = workload.section({"split", "cores of the attention stream"});
  split.required({"aic", "cube cores of the attention stream", 1.0, 1024.0}, share.aic);
  split.required({"aiv", "vector cores of the attention stream", 1.0, 4096.0}, share.aiv);
  split.finish();
  if (share.aic <= 0 || share.aiv <= 0)
    return;
  if (die.aic_cores > 0 && (share.aic >= die.aic_cores || share.aiv >= die.aiv_cores))
    workload.complain("split", fmt::format("the MoE stream needs cores too: expected fewer than the {} aic and {} aiv "
                                           "of a die, found {{aic: {}, aiv: {}}}",
                                           die.aic_cores, die.aiv_cores, share.aic, share.aiv));
  else
    spec.attention_cores = share;
}

// "2 or 4": the sizes of groups nearest to `tp` that so many ranks divide into.
std::string nearest_groups(int ranks, int tp)
{
  int below = std::min(tp, ranks);
  while (ranks % below != 0)
    --below;
  int above = tp;
  while (above < ranks && ranks % above != 0)
    ++above;
  return above <= ranks ? fmt::format("{} or {}", below, above) : fmt::format("{}", below);
}

// `ep` for a model with experts, `dp` for one without; `tp` for both.
void read_parallelism(Reader& workload, const models::ModelSpec& model, DecodeSpec& spec)
{
  int ep = 0;
  int tp = 1;
  int dp = 0;
  const bool has_experts = model.has_experts();
  if (has_experts || workload.has("ep"))
    workload.required(
        {"ep", "expert-parallel ranks, on consecutive dies; not for a dense model", has_experts ? 2.0 : 1.0, 100000.0},
        ep);
  workload.optional({"tp",
                     "consecutive dies that share a batch: attention heads and dense feed-forward are split over "
                     "them",
                     1.0, 4096.0},
                    tp);
  if (!has_experts || workload.has("dp"))
    workload.required({"dp",
                       "data-parallel groups of tp dies, each with its own batch; ep / tp for a model with experts",
                       1.0, 100000.0},
                      dp);
  if (!has_experts && ep > 1)
    workload.complain("ep", fmt::format("{} is a dense model, it has no experts to lay out: expected no ep (or 1), and "
                                        "workload.dp groups of workload.tp dies",
                                        model.name));
  spec.ep = has_experts ? static_cast<std::uint32_t>(ep) : 0;
  spec.tp = static_cast<std::uint32_t>(tp);
  spec.dp = static_cast<std::uint32_t>(dp);
  if (!has_experts || ep == 0)
    return;
  if (ep % tp != 0)
    workload.complain(
        "tp", fmt::format("{} ranks do not divide into groups of {}; the nearest size that they divide into is {}", ep,
                          tp, nearest_groups(ep, tp)));
  else if (dp > 0 && dp * static_cast<std::int64_t>(tp) != ep)
    workload.complain("dp", fmt::format("expected ep / tp = {} (it may be left out), found {}", ep / tp, dp));
  spec.dp = spec.ep / spec.tp;
}

void read_comparison(Reader& workload, DecodeSpec& spec)
{
  workload.optional({"compare_quantisation", "whether the same is run in BF16 too, for int8_gain"},
                    spec.compare_quantisation);
  double retention = 1;
  workload.optional_fraction({"accuracy_retention", "accuracy in INT8 over that in BF16, shown beside int8_gain"},
                             retention);
  if (workload.has("accuracy_retention"))
    spec.accuracy_retention = retention;
  if (spec.accuracy_retention && !spec.compare_quantisation)
    workload.complain("accuracy_retention", "is shown beside int8_gain: expected compare_quantisation: true");
  if (spec.compare_quantisation && spec.quantisation != models::Quantisation::Int8)
    workload.complain("compare_quantisation",
                      fmt::format("compares INT8 with BF16: expected quantisation: int8, found {}",
                                  spec.quantisation == models::Quantisation::Fp8 ? "fp8" : "bf16"));
}

void check_deployment(Reader& workload, const DecodeSpec& spec, const models::ModelSpec& model,
                      const models::MachineSpec& machine)
{
  const auto is_typed = [&](std::string_view key) {
    return workload.has(key) && sim::config::is_from_command_line(workload.position(key));
  };
  if (machine.topology.nodes > 0 && spec.dies() > machine.topology.dies())
    workload.complain(model.has_experts() ? "ep" : "dp",
                      fmt::format("{} ranks need {} NPUs, but the machine has {}: expected at most {}", spec.dies(),
                                  (spec.dies() + machine.topology.dies_per_npu - 1) / machine.topology.dies_per_npu,
                                  machine.topology.npus(),
                                  machine.topology.dies() / (model.has_experts() ? 1 : spec.tp)));
  if (spec.takes_turns && spec.tp > 1)
    workload.complain("split", "turns needs workload.tp: 1; groups of dies exchange while they hold their cores");
  if (const auto problem = models::tensor_problem(model, spec.tp))
    workload.complain("tp", *problem);
  if (const auto problem = machine.node_traffic_problem(); problem && spec.tp > 1)
    workload.complain("tp", "the dies of a group share a node: " + *problem);
  else if (problem && spec.exchange == ExchangeKind::Unfused && spec.ep > 1)
    workload.complain("fused", "collectives between the dies of a node: " + *problem);
  if (spec.prompt_length > 0 && spec.prompt_length + spec.output_length > model.max_position)
    workload.complain(is_typed("output_length") && !is_typed("prompt_length") ? "output_length" : "prompt_length",
                      fmt::format("{} + {} tokens are more than the {} of the model's longest context",
                                  spec.prompt_length, spec.output_length, model.max_position));
  if (spec.microbatches != Microbatches::One && machine.die.aic_cores > 0 &&
      (machine.die.aic_cores <= machine.die.core_group || machine.die.aiv_cores < 2))
    workload.complain("microbatches",
                      fmt::format("two streams cannot share {} cube cores in groups of {} and {} vector "
                                  "cores: expected microbatches: 1",
                                  machine.die.aic_cores, machine.die.core_group, machine.die.aiv_cores));
  if (spec.mtp_tokens > 0 && model.mtp_layers == 0)
    workload.complain("mtp", "the model has no layer for multi-token prediction: expected mtp.tokens: 0");
}

// FP8 products need a die that has them.
std::string fp8_refusal(const Reader& workload, const DecodeSpec& spec, const models::DieSpec& die)
{
  if (spec.quantisation != models::Quantisation::Fp8 || die.has_fp8())
    return {};
  return fmt::format("{}: {}.quantisation: the die has no FP8 (machine.die.peak_fp8); it computes in int8 or bf16",
                     to_text(workload.position("quantisation")), workload.path());
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

std::int64_t DecodeSpec::requests_of_group(std::uint32_t group, std::uint32_t dies_per_npu) const
{
  std::int64_t requests = 0;
  for (std::uint32_t place = 0; place < tp; ++place)
    requests += requests_on(group * tp + place, dies_per_npu);
  return requests;
}

models::SlotSpec DecodeSpec::slots(const models::ModelSpec& model, const models::MachineSpec& machine) const
{
  return {.ranks = ep,
          .routed = static_cast<std::uint32_t>(model.routed_experts),
          .redundant = redundant,
          .shared_copies = shared_copies,
          .ranks_per_node = machine.topology.dies_per_node()};
}

DecodeSpec read_decode(Reader& workload, const models::ModelSpec& model, models::MachineSpec& machine)
{
  DecodeSpec spec;
  enum class Kind { Decode } kind = Kind::Decode;
  workload.choice({"kind", "kind of the workload"}, kind, {{"decode", Kind::Decode}}, true);
  int iterations = 3;
  read_parallelism(workload, model, spec);
  workload.required({"batch_per_npu", "requests that each NPU decodes at a time", 1.0, 10000.0}, spec.batch_per_npu);
  workload.required({"prompt_length", "tokens of a request before its output", 1.0, 1e7}, spec.prompt_length);
  workload.required({"output_length", "tokens that a request puts out", 1.0, 1e7}, spec.output_length);
  Reader mtp = workload.section({"mtp", "multi-token prediction"});
  mtp.required({"tokens", "speculative tokens per iteration; 0: none", 0.0, 8.0}, spec.mtp_tokens);
  mtp.required_fraction({"acceptance", "probability that a speculative token is accepted"}, spec.mtp_acceptance);
  mtp.finish();
  read_microbatches(workload, spec);
  read_split(workload, machine.die, spec);
  workload.choice(
      {"quantisation", "number format of matrix products, and of dispatch unless told"}, spec.quantisation,
      {{"int8", models::Quantisation::Int8}, {"fp8", models::Quantisation::Fp8}, {"bf16", models::Quantisation::Bf16}});
  read_exchange_kind(workload, machine.die, spec.quantisation != models::Quantisation::Bf16, spec.exchange,
                     spec.quantised_dispatch);
  read_routing(workload, shape_of(model), spec.choices);
  read_placement_rule(workload, spec.choices);
  if (model.has_experts() || workload.has("experts"))
    read_copies(workload, model, spec);
  workload.optional({"iterations", "decode iterations that are simulated", 1.0, 1000.0}, iterations);
  read_comparison(workload, spec);
  models::read_policy_choices(workload, machine.ub);
  if (machine.ub.model == models::UbModel::Flow)
    workload.complain(
        "kind", fmt::format("needs {}: packet; the flow model runs p2p and collective only", machine.ub.key("model")));
  spec.iterations = static_cast<std::uint32_t>(iterations);
  check_deployment(workload, spec, model, machine);
  check_experts(workload, spec, model, machine);
  spec.refusal = fp8_refusal(workload, spec, machine.die);
  workload.finish();
  return spec;
}

models::HbmBudget decode_budget(const DecodeSpec& spec, const models::ModelSpec& model,
                                const models::MachineSpec& machine)
{
  const std::int64_t requests = spec.requests_of_group(0, machine.topology.dies_per_npu);
  models::DecodeDeployment deployment;
  deployment.ranks = spec.dies();
  if (model.has_experts())
    deployment.slots_per_rank = (model.routed_experts + spec.redundant + spec.shared_copies) / spec.ep;
  deployment.shared_copies = spec.shared_copies;
  deployment.shared_on_every_rank = spec.shared_on_every_rank;
  deployment.tensor_parallel = spec.tp;
  deployment.requests_per_die = requests;
  deployment.longest_kv = spec.prompt_length + spec.output_length;
  deployment.tokens_per_die = models::token_share(requests * (1 + spec.mtp_tokens), spec.tp, 0);
  deployment.with_mtp = spec.mtp_tokens > 0;
  deployment.quantisation = spec.quantisation;
  return models::hbm_budget(model, machine.die, deployment);
}

std::int64_t largest_batch(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
{
  return models::largest_that_fits(spec.batch_per_npu, [&](std::int64_t batch) {
    DecodeSpec smaller = spec;
    smaller.batch_per_npu = batch;
    return decode_budget(smaller, model, machine);
  });
}

std::string largest_batch_text(std::int64_t largest)
{
  return largest > 0 ? fmt::format("the largest batch_per_npu that fits is {}", largest)
                     : std::string("no batch_per_npu fits, not even 1");
}

}  // namespace cm::workloads
