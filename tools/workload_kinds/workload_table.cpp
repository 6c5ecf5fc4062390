#include "tools/workload_kinds/workload_table.h"

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
#include "workloads/serving_report/serving_metric_table.h"
#include "workloads/serving_report/serving_run.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace cm::tools {
namespace {

using sim::config::UnusedKey;
using sim::metrics::Progress;
using sim::metrics::Result;
using workloads::unused_keys;

std::vector<UnusedKey> unused_keys(const workloads::ModelLoadSpec& /*spec*/, const models::MachineSpec& /*machine*/)
{
  return {};
}

// Prepares a workload that needs the machine alone.
template <auto Read, auto Run>
PreparedWorkload prepare_on_machine(const WorkloadInputs& inputs)
{
  const auto spec = Read(inputs.workload, inputs.machine);
  return {[spec, &machine = inputs.machine](std::uint64_t seed, Progress& /*progress*/, Result& result) {
            Run(spec, machine, seed, result);
          },
          unused_keys(spec, inputs.machine)};
}

// Unused keys of a workload that runs one phase of a language model alone.
template <typename Spec>
std::vector<UnusedKey> unused_of_phase(const Spec& spec, const WorkloadInputs& inputs)
{
  auto unused = workloads::unused_workload_keys(spec, *inputs.model, inputs.machine, "workload");
  const auto hardware = workloads::unused_hardware_keys(spec, *inputs.model, inputs.machine);
  unused.insert(unused.end(), hardware.begin(), hardware.end());
  return unused;
}

PreparedWorkload prepare_gemm(const WorkloadInputs& inputs)
{
  const workloads::GemmSpec spec = workloads::read_gemm(inputs.workload, inputs.machine);
  return {[spec, &machine = inputs.machine](std::uint64_t /*seed*/, Progress& /*progress*/, Result& result) {
            workloads::run_gemm(spec, machine, result);
          },
          workloads::unused_keys(spec)};
}

PreparedWorkload prepare_ep(const WorkloadInputs& inputs)
{
  const workloads::EpSpec spec = workloads::read_ep(inputs.workload, inputs.machine);
  return {[spec, &machine = inputs.machine, timeline = inputs.timeline](std::uint64_t seed, Progress& progress,
                                                                        Result& result) {
            workloads::run_ep(spec, machine, seed, progress, result, timeline);
          },
          workloads::unused_keys(spec, inputs.machine)};
}

PreparedWorkload prepare_decode(const WorkloadInputs& inputs)
{
  const workloads::DecodeSpec spec = workloads::read_decode(inputs.workload, *inputs.model, inputs.machine);
  return {[spec, &model = *inputs.model, &machine = inputs.machine,
           timeline = inputs.timeline](std::uint64_t seed, Progress& progress, Result& result) {
            workloads::run_decode(spec, model, machine, seed, progress, result, timeline);
          },
          unused_of_phase(spec, inputs)};
}

PreparedWorkload prepare_prefill(const WorkloadInputs& inputs)
{
  const workloads::PrefillSpec spec = workloads::read_prefill(inputs.workload, *inputs.model, inputs.machine);
  return {[spec, &model = *inputs.model, &machine = inputs.machine](std::uint64_t seed, Progress& progress,
                                                                    Result& result) {
            workloads::run_prefill(spec, model, machine, seed, progress, result);
          },
          unused_of_phase(spec, inputs)};
}

PreparedWorkload prepare_serving(const WorkloadInputs& inputs)
{
  const workloads::ServingSpec spec = workloads::read_serving(inputs.workload, *inputs.model, inputs.machine);
  return {[spec, &model = *inputs.model, &machine = inputs.machine,
           extras = workloads::ServingExtras{inputs.cell_folder, inputs.timeline}](std::uint64_t seed,
                                                                                   Progress& progress, Result& result) {
            workloads::run_serving(spec, model, machine, seed, progress, result, extras);
          },
          workloads::unused_keys(spec, *inputs.model, inputs.machine)};
}

constexpr std::array<WorkloadKind, 9> Table{{
    {.name = "p2p",
     .sentence = "one read or write between two dies or CPUs",
     .prepare = prepare_on_machine<workloads::read_p2p, workloads::run_p2p>,
     .metrics = workloads::P2pMetrics.rows,
     .headline = workloads::P2pHeadline,
     .sends_packets = true,
     .takes_events = true,
     .frees = "network queueing",
     .uses = "node.cpus rdma.die_bandwidth rdma.latency rdma.payload_share rdma.post rdma.mtu vpc die.hbm.capacity "
             "die.hbm.reserved die.write_engine die.read_engine cpu.dram.capacity "
             "cpu.remote_read cpu.remote_write"},
    {.name = "collective",
     .sentence = "one collective operation over some dies",
     .prepare = prepare_on_machine<workloads::read_collective, workloads::run_collective>,
     .metrics = workloads::CollectiveMetrics.rows,
     .headline = workloads::CollectiveHeadline,
     .sends_packets = true,
     .takes_events = true,
     .frees = "network host queueing",
     .uses = "rdma.die_bandwidth rdma.latency rdma.payload_share rdma.post rdma.mtu vpc "
             "die.collectives die.hbm.bandwidth die.compute.memory"},
    {.name = "gemm",
     .sentence = "one product of matrices on one die",
     .prepare = prepare_gemm,
     .metrics = workloads::GemmMetrics.rows,
     .headline = workloads::GemmHeadline,
     .uses = "name die.aic_cores die.peak_bf16 die.peak_int8 die.peak_fp8 die.hbm die.compute.int8_gemm "
             "die.compute.fp8_gemm die.compute.bf16_gemm die.compute.memory die.compute.overlap_exponent "
             "die.compute.cube_operator die.tiles"},
    {.name = "ep",
     .sentence = "dispatch and combine of an expert-parallel group, on an idle machine",
     .prepare = prepare_ep,
     .metrics = workloads::EpMetrics.rows,
     .headline = workloads::EpHeadline,
     .records_timeline = true,
     .sends_packets = true,
     .takes_events = true,
     .frees = "network host queueing",
     .uses = "rdma.die_bandwidth rdma.latency rdma.payload_share rdma.post rdma.mtu vpc "
             "die.aiv_cores die.write_engine die.hbm die.compute.memory "
             "die.compute.vector_operator die.exchange die.unfused die.collectives"},
    {.name = "decode",
     .sentence = "decode of a language model with a fixed batch per NPU",
     .needs_model = true,
     .prepare = prepare_decode,
     .metrics = workloads::DecodeMetrics.rows,
     .headline = workloads::DecodeHeadline,
     .records_timeline = true,
     .sends_packets = true,
     .takes_events = true,
     .frees = "network experts host queueing",
     .uses = "model die.aic_cores die.aiv_cores die.core_group die.peak_bf16 die.peak_int8 "
             "die.peak_fp8 die.hbm die.write_engine die.compute die.exchange die.unfused "
             "die.collectives"},
    {.name = "prefill",
     .sentence = "prefill of prompts on one instance with expert parallelism",
     .needs_model = true,
     .prepare = prepare_prefill,
     .metrics = workloads::PrefillMetrics.rows,
     .headline = workloads::PrefillHeadline,
     .sends_packets = true,
     .takes_events = true,
     .frees = "network experts host queueing",
     .uses = "model die.aic_cores die.aiv_cores die.peak_bf16 die.peak_int8 die.peak_fp8 die.hbm "
             "die.compute die.exchange.slot die.sdma die.host"},
    {.name = "kv",
     .sentence = "reads and writes of pooled memory: latency by tier and path, bandwidth and what limits it",
     .prepare = prepare_on_machine<workloads::read_kv, workloads::run_kv>,
     .metrics = workloads::KvMetrics.rows,
     .headline = workloads::KvHeadline,
     .sends_packets = true,
     .uses = "node.cpus node.die_to_die_bandwidth rdma.latency rdma.die_bandwidth rdma.payload_share "
             "vpc.node_bandwidth vpc.latency vpc.payload_share die.hbm "
             "die.compute.memory die.write_engine die.read_engine die.sdma cpu memory"},
    {.name = "model-load",
     .sentence = "start of serving instances from object store, pool or local DRAM",
     .prepare = prepare_on_machine<workloads::read_model_load, workloads::run_model_load>,
     .metrics = workloads::ModelLoadMetrics.rows,
     .headline = workloads::ModelLoadHeadline,
     .uses = "name nodes node.npus node.dies_per_npu node.cpus "
             "vpc.node_bandwidth vpc.latency vpc.payload_share die.hbm.capacity cpu.dram.capacity cpu.remote_read "
             "memory.tiers.object_store memory.tiers.loader memory.ladder.disk"},
    {.name = "serving",
     .sentence = "requests over time through prefill, context cache, hand-over and decode",
     .needs_model = true,
     .prepare = prepare_serving,
     .metrics = workloads::ServingMetrics.rows,
     .headline = workloads::ServingHeadline,
     .records_timeline = true,
     .keeps_cells = true,
     .sends_packets = true,
     .uses = "node.cpus model rdma.latency rdma.die_bandwidth rdma.payload_share rdma.post "
             "vpc.node_bandwidth vpc.latency vpc.payload_share vpc.post die.aic_cores die.aiv_cores "
             "die.core_group die.peak_bf16 die.peak_int8 die.peak_fp8 die.hbm die.write_engine "
             "die.compute die.exchange die.unfused die.collectives die.sdma die.host "
             "cpu.dram.capacity cpu.remote_read cpu.remote_write memory.tiers.ssd "
             "memory.tiers.lookup.software memory.ladder.ssd"},
}};

}  // namespace

std::span<const WorkloadKind> workload_table()
{
  return Table;
}

std::vector<sim::metrics::Headline> headline_of(const WorkloadKind& kind, const Result& result)
{
  std::vector<sim::metrics::Headline> headline;
  for (const sim::metrics::HeadlineRow& row : kind.headline)
    if (result.has(row.name))
      headline.push_back({std::string(row.name), std::string(row.label)});
  return headline;
}

std::vector<std::string_view> event_words()
{
  std::vector<std::string_view> words;
  for (const models::EventKind& kind : models::event_kinds())
    words.push_back(kind.name);
  return words;
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
