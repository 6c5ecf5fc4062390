#include "tools/runner/workload_table.h"

#include "sim/config/suggestion.h"
#include "workloads/collective/collective.h"
#include "workloads/collective/collective_metric_table.h"
#include "workloads/decode/decode.h"
#include "workloads/decode/decode_metric_table.h"
#include "workloads/expert_parallel/ep.h"
#include "workloads/expert_parallel/ep_metric_table.h"
#include "workloads/gemm/gemm.h"
#include "workloads/gemm/gemm_metric_table.h"
#include "workloads/kv_access/kv.h"
#include "workloads/kv_access/kv_metric_table.h"
#include "workloads/model_load/model_load.h"
#include "workloads/model_load/model_load_metric_table.h"
#include "workloads/point_to_point/p2p.h"
#include "workloads/point_to_point/p2p_metric_table.h"
#include "workloads/prefill/prefill.h"
#include "workloads/prefill/prefill_metric_table.h"
#include "workloads/serving/serving.h"
#include "workloads/serving/serving_metric_table.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace cm::tools {
namespace {

using sim::metrics::Progress;
using sim::metrics::Result;

// Of a workload that asks for the machine alone.
template <auto Read, auto Run>
PreparedWorkload prepare_on_machine(const WorkloadInputs& inputs)
{
  return [spec = Read(inputs.workload, inputs.machine), &machine = inputs.machine](
             std::uint64_t seed, Progress& /*progress*/, Result& result) { Run(spec, machine, seed, result); };
}

PreparedWorkload prepare_gemm(const WorkloadInputs& inputs)
{
  const workloads::GemmSpec spec = workloads::read_gemm(inputs.workload, inputs.machine);
  return [spec, &machine = inputs.machine](std::uint64_t /*seed*/, Progress& /*progress*/, Result& result) {
    workloads::run_gemm(spec, machine, result);
  };
}

PreparedWorkload prepare_ep(const WorkloadInputs& inputs)
{
  const workloads::EpSpec spec = workloads::read_ep(inputs.workload, inputs.machine);
  return [spec, &machine = inputs.machine, timeline = inputs.timeline](std::uint64_t seed, Progress& progress,
                                                                       Result& result) {
    workloads::run_ep(spec, machine, seed, progress, result, timeline);
  };
}

PreparedWorkload prepare_decode(const WorkloadInputs& inputs)
{
  const workloads::DecodeSpec spec = workloads::read_decode(inputs.workload, *inputs.model, inputs.machine);
  return [spec, &model = *inputs.model, &machine = inputs.machine,
          timeline = inputs.timeline](std::uint64_t seed, Progress& progress, Result& result) {
    workloads::run_decode(spec, model, machine, seed, progress, result, timeline);
  };
}

PreparedWorkload prepare_prefill(const WorkloadInputs& inputs)
{
  const workloads::PrefillSpec spec = workloads::read_prefill(inputs.workload, *inputs.model, inputs.machine);
  return [spec, &model = *inputs.model, &machine = inputs.machine](std::uint64_t seed, Progress& progress,
                                                                   Result& result) {
    workloads::run_prefill(spec, model, machine, seed, progress, result);
  };
}

PreparedWorkload prepare_serving(const WorkloadInputs& inputs)
{
  const workloads::ServingSpec spec = workloads::read_serving(inputs.workload, *inputs.model, inputs.machine);
  return [spec, &model = *inputs.model, &machine = inputs.machine,
          extras = workloads::ServingExtras{inputs.cell_folder, inputs.timeline}](std::uint64_t seed,
                                                                                  Progress& progress, Result& result) {
    workloads::run_serving(spec, model, machine, seed, progress, result, extras);
  };
}

constexpr bool NeedsNoModel = false;
constexpr bool NeedsModel = true;
constexpr bool RecordsTimeline = true;
constexpr bool RecordsNoTimeline = false;
constexpr bool UsesMemory = true;
constexpr bool KeepsCells = true;

constexpr std::array<WorkloadKind, 9> Table{{
    {"p2p", "one read or write between two dies or CPUs", NeedsNoModel,
     prepare_on_machine<workloads::read_p2p, workloads::run_p2p>, workloads::P2pMetrics.rows},
    {"collective", "one collective operation over some dies", NeedsNoModel,
     prepare_on_machine<workloads::read_collective, workloads::run_collective>, workloads::CollectiveMetrics.rows},
    {"gemm", "one product of matrices on one die", NeedsNoModel, prepare_gemm, workloads::GemmMetrics.rows},
    {"ep", "dispatch and combine of an expert-parallel group, on an idle machine", NeedsNoModel, prepare_ep,
     workloads::EpMetrics.rows, RecordsTimeline},
    {"decode", "decode of a language model with a fixed batch per NPU", NeedsModel, prepare_decode,
     workloads::DecodeMetrics.rows, RecordsTimeline},
    {"prefill", "prefill of prompts on one instance with expert parallelism", NeedsModel, prepare_prefill,
     workloads::PrefillMetrics.rows},
    {"kv", "reads and writes of pooled memory: latency by tier and path, bandwidth and what limits it", NeedsNoModel,
     prepare_on_machine<workloads::read_kv, workloads::run_kv>, workloads::KvMetrics.rows, RecordsNoTimeline,
     UsesMemory},
    {"model-load", "start of serving instances from object store, pool or local DRAM", NeedsNoModel,
     prepare_on_machine<workloads::read_model_load, workloads::run_model_load>, workloads::ModelLoadMetrics.rows,
     RecordsNoTimeline, UsesMemory},
    {"serving", "requests over time through prefill, context cache, hand-over and decode", NeedsModel, prepare_serving,
     workloads::ServingMetrics.rows, RecordsTimeline, UsesMemory, KeepsCells},
}};

}  // namespace

std::span<const WorkloadKind> workload_table()
{
  return Table;
}

const WorkloadKind* find_workload(const sim::config::Value& workload, sim::config::ReadingLog& log)
{
  std::vector<std::string> names;
  for (const WorkloadKind& kind : Table)
    names.emplace_back(kind.name);
  const sim::config::Value* word = workload.find("kind");
  const std::string expected = fmt::format("expected one of {}", sim::config::joined(names, ", "));
  if (workload.kind != sim::config::Value::Kind::Map) {
    add_problem(log, workload.position, "workload",
                fmt::format("expected a map of keys, found {}", found_text(workload)));
    return nullptr;
  }
  if (word == nullptr) {
    add_problem(log, workload.position, "workload.kind", expected + ", found no such key");
    return nullptr;
  }
  for (const WorkloadKind& kind : Table)
    if (word->kind == sim::config::Value::Kind::Scalar && kind.name == word->text)
      return &kind;
  const auto near = sim::config::nearest(word->text, names);
  add_problem(log, word->position, "workload.kind",
              fmt::format("{}, found {}{}", expected, found_text(*word),
                          near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
  return nullptr;
}

}  // namespace cm::tools
