// Keys that a decode has and does not use, because other keys say so.
#include "models/network/fabric_use.h"
#include "workloads/decode/decode_spec.h"
#include "workloads/expert_parallel/exchange_keys.h"

#include <fmt/format.h>

#include <utility>

namespace cm::workloads {
namespace {

using sim::config::UnusedKey;

class UnusedDecodeKeys {
 public:
  UnusedDecodeKeys(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
      : spec_(spec), model_(model), machine_(machine)
  {
  }

  [[nodiscard]] std::vector<UnusedKey> of_workload(const std::string& section)
  {
    add_choices(section);
    if (!model_.has_experts())
      add_experts(section);
    return std::move(unused_);
  }

  [[nodiscard]] std::vector<UnusedKey> of_hardware()
  {
    // The first reason of a key is the one that is told.
    if (!model_.has_experts() && spec_.tp == 1)
      unused_.push_back({machine_.ub.section, "a dense model with workload.tp: 1 sends nothing"});
    add_exchange();
    if (spec_.microbatches == Microbatches::One || spec_.attention_cores || spec_.takes_turns)
      unused_.push_back({"machine.die.core_group", "no split of the cores is looked for"});
    add_arithmetic();
    return std::move(unused_);
  }

 private:
  // A grid of settings may hold what one of its settings makes idle.
  void add_set(const std::string& path, const std::string& reason) { unused_.push_back({path, reason, true}); }

  void add_choices(const std::string& section)
  {
    if (spec_.mtp_tokens == 0)
      add_set(section + ".mtp.acceptance", fmt::format("{}.mtp.tokens is 0", section));
    if (spec_.microbatches == Microbatches::One)
      add_set(section + ".split", fmt::format("{}.microbatches is 1", section));
    if (spec_.choices.table)
      add_set(section + ".placement", "the placement file takes its place");
  }

  void add_experts(const std::string& section)
  {
    for (const char* key :
         {"experts", "routing", "routing_file", "skew", "placement", "fused", "dispatch_quantisation"})
      add_set(fmt::format("{}.{}", section, key), "the model has no experts");
    if (spec_.tp > 1)
      return;
    for (const char* key : {"sub_plane_choice", "l2_choice"})
      add_set(fmt::format("{}.{}", section, key), "a dense model with tp: 1 sends nothing");
  }

  void add_exchange()
  {
    const models::UbSpec& ub = machine_.ub;
    add_unused_exchange_keys({.with_experts = model_.has_experts(),
                              .kind = spec_.exchange,
                              .tensor_parallel = spec_.tp,
                              .ranks = spec_.dies()},
                             machine_, unused_);
    const bool looks_for_split =
        spec_.microbatches != Microbatches::One && !spec_.attention_cores && !spec_.takes_turns;
    unused_.push_back({ub.key("access.cpu_base"), "no CPU sends or receives"});
    if (!looks_for_split)
      unused_.push_back(
          {ub.key("access"), "no split of the cores is looked for, and nothing else counts single accesses"});
  }

  void add_arithmetic()
  {
    const auto unless = [&](bool is_used, const char* path, const char* reason) {
      if (!is_used)
        unused_.push_back({path, reason});
    };
    for (const char* key : {"machine.die.compute.prefill_attention", "machine.die.compute.grouped_gemm"})
      unless(false, key, "prefill alone uses it");
    const bool is_int8 = spec_.quantisation == models::Quantisation::Int8;
    const bool is_fp8 = spec_.quantisation == models::Quantisation::Fp8;
    unless(is_int8, "machine.die.compute.int8_gemm", "workload.quantisation is not int8");
    unless(is_fp8, "machine.die.compute.fp8_gemm", "workload.quantisation is not fp8");
    unless(is_fp8, "machine.die.peak_fp8", "workload.quantisation is not fp8");
    unless(spec_.choices.routing == models::Routing::Measured, "model.moe.expert_load",
           "workload.routing is not measured");
    unless(model_.dense_layers > 0, "model.dense_intermediate_size", "the model has no dense layers");
  }

  const DecodeSpec& spec_;
  const models::ModelSpec& model_;
  const models::MachineSpec& machine_;
  std::vector<UnusedKey> unused_;
};

}  // namespace

std::vector<UnusedKey> unused_workload_keys(const DecodeSpec& spec, const models::ModelSpec& model,
                                            const models::MachineSpec& machine, const std::string& section)
{
  return UnusedDecodeKeys(spec, model, machine).of_workload(section);
}

std::vector<UnusedKey> unused_hardware_keys(const DecodeSpec& spec, const models::ModelSpec& model,
                                            const models::MachineSpec& machine)
{
  return UnusedDecodeKeys(spec, model, machine).of_hardware();
}

}  // namespace cm::workloads
