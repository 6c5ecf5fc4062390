// A service on the small machine: prefill instances of one NPU, a decode instance of another, a pool of one server; and
// what becomes of each request of a short trace.
#pragma once

#include "tests/support/result_values.h"
#include "tests/support/round_memory.h"
#include "tests/support/small_experts.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/cells/iteration_cells.h"
#include "workloads/serving_report/serving_run.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace cm::tests {

// A line of requests.csv.
class ServedRequest {
 public:
  ServedRequest(const std::string& names, const std::string& line)
  {
    std::istringstream columns(names);
    std::istringstream cells(line);
    for (std::string name; std::getline(columns, name, ',');) {
      std::string cell;
      std::getline(cells, cell, ',');
      cells_[name] = cell;
    }
  }

  [[nodiscard]] const std::string& text(const std::string& column) const { return cells_.at(column); }
  [[nodiscard]] std::int64_t count(const std::string& column) const { return std::stoll(text(column)); }
  [[nodiscard]] Seconds time(const std::string& column) const
  {
    return Seconds(std::stod(text(column)) * (column.ends_with("_ms") ? 1e-3 : 1.0));
  }

 private:
  std::map<std::string, std::string> cells_;
};

struct Served {
  sim::metrics::Result result;
  std::vector<ServedRequest> requests;
};

class SmallService {
 public:
  static constexpr std::uint64_t Seed = 1;
  static constexpr std::int64_t BlockTokens = 512;

  models::MachineSpec machine = small_machine_with_memory();
  models::ModelSpec model = small_experts();
  workloads::ServingSpec spec;
  std::string trace;  // JSON lines

  SmallService()
  {
    spec.block_tokens = BlockTokens;
    spec.prefill_instances = 1;
    spec.prefill_npus = 1;
    spec.prefill.npus = 1;
    workloads::PrefillDeployment& prefill = spec.prefill.deployment;
    prefill.ranks = 2;
    prefill.microbatches = workloads::PrefillMicrobatches::One;
    prefill.placement = models::PlacementRule::Contiguous;
    prefill.shared_copies = 2;
    prefill.batch_tokens = 4096;
    prefill.with_mtp = false;
    prefill.layers_simulated = 12;
    prefill.chunk = 256_KiB;
    workloads::DecodeSpec& decode = spec.decode;
    decode.ep = 2;
    decode.dp = 2;
    decode.batch_per_npu = 4;
    decode.prompt_length = 1000;
    decode.mtp_tokens = 0;
    decode.microbatches = workloads::Microbatches::One;
    decode.choices = {.routing = models::Routing::Balanced};
    decode.shared_on_every_rank = true;
    spec.batch_wait = 2.0_ms;
    spec.router = workloads::find_prefill_router("round-robin");
    spec.pool = {.nodes = 1, .dram_share = 0.5, .loads = 64};
    spec.slo_ttft = Seconds(10);
    spec.slo_tpot = Seconds(1);
    spec.warm_up = 0;
    spec.cell_layers = 2;
    spec.keeps_cells = false;
    spec.writes_requests = true;
  }

  // `blocks`: the first of as many ids as the prompt has blocks; requests with the same one share a prefix.
  void ask(double arrival_ms, std::int64_t input, std::int64_t output, std::int64_t blocks)
  {
    trace += fmt::format(R"({{"timestamp": {}, "input_length": {}, "output_length": {}, "hash_ids": [{}]}})"
                         "\n",
                         arrival_ms, input, output, ids(input, blocks));
  }

  [[nodiscard]] static std::string ids(std::int64_t input, std::int64_t first)
  {
    std::string text;
    for (std::int64_t block = 0; block * BlockTokens < input; ++block)
      text += fmt::format("{}{}", block == 0 ? "" : ", ", first + block);
    return text;
  }

  // Each phase on the machine's fabric, under the machine's policies.
  [[nodiscard]] workloads::ServingSpec ready_spec() const
  {
    workloads::ServingSpec ready = spec;
    ready.prefill_fabric = machine.ub;
    ready.decode_fabric = machine.ub;
    return ready;
  }

  // Makes the process's one engine.
  [[nodiscard]] Served run()
  {
    spec = ready_spec();
    const TemporaryFolder folder;
    if (!trace.empty()) {
      workloads::RequestFileSpec file;
      file.path = folder.with("trace.jsonl", trace);
      file.block_tokens = BlockTokens;
      spec.trace = file;
    }
    Served served;
    sim::metrics::NoProgress progress;
    workloads::run_serving(spec, model, machine, Seed, progress, served.result);
    std::istringstream lines(served.result.files.at(0).second);
    std::string names;
    std::getline(lines, names);
    for (std::string line; std::getline(lines, line);)
      served.requests.emplace_back(names, line);
    return served;
  }

  // Times of instances that nothing disturbs, as the service asks for them.
  [[nodiscard]] Seconds prefill_time(const workloads::PrefillBatch& batch) const
  {
    return Seconds(asked([&](auto& cells) { return cells.prefill_batch(workloads::cut(batch, 1).front()); }).seconds);
  }
  [[nodiscard]] Seconds iteration(std::int64_t on_busiest_die, double mean_kv) const
  {
    return Seconds(asked([&](auto& cells) {
                     return cells.decode_iteration(static_cast<double>(on_busiest_die * machine.topology.dies_per_npu),
                                                   mean_kv);
                   }).seconds);
  }

  [[nodiscard]] Bytes kv_of(std::int64_t tokens) const { return kv_bytes_per_token(spec, model) * tokens; }
  [[nodiscard]] Bytes block() const { return kv_of(BlockTokens); }

  // A prompt from the world to the scheduler, alone or beside others of the same length.
  [[nodiscard]] Seconds ingress(std::int64_t input, std::int64_t together = 1) const
  {
    return machine.vpc.latency + Bytes(4 * input * together) / machine.topology.vpc_bandwidth;
  }
  [[nodiscard]] Seconds look_up(std::int64_t input) const
  {
    const std::int64_t blocks = (input + BlockTokens - 1) / BlockTokens;
    return machine.memory->lookup.software * static_cast<double>(blocks);
  }
  [[nodiscard]] Seconds hand_over(std::int64_t input, std::int64_t from_one_card = 1) const
  {
    return machine.rdma.latency + kv_of(input * from_one_card) / machine.topology.rdma_bandwidth;
  }
  [[nodiscard]] Seconds ub_latency() const { return machine.ub.access.cpu_base + machine.ub.traversal * 4.0; }

 private:
  template <typename Ask>
  [[nodiscard]] workloads::Cell asked(const Ask& ask) const
  {
    const workloads::ServingSpec own = ready_spec();
    const topology::Supernode supernode(machine.topology);
    const workloads::CellStore store("");
    workloads::IterationCells cells({own.decode, own.decode_fabric, own.prefill.deployment, own.prefill_fabric},
                                    {model, machine, supernode, own.cell_layers, Seed}, store);
    return ask(cells);
  }
};

// To the nanosecond, as requests.csv tells times.
inline Approx near(Seconds time)
{
  return Approx(time.count()).epsilon(0).margin(1e-9);
}

}  // namespace cm::tests
