// Parameters of a serving run: requests, instances, pool and service levels.
#pragma once

#include "workloads/decode/decode_spec.h"
#include "workloads/prefill/prefill_spec.h"
#include "workloads/serving/routers/decode_routers.h"
#include "workloads/serving/routers/prefill_routers.h"
#include "workloads/traces/dialects/request_file.h"
#include "workloads/traces/generated_requests.h"
#include "workloads/traces/load_scaling.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cm::workloads {

enum class PoolPlane { Ub, Vpc };
enum class HandoverPlane { Rdma, Ub };
enum class FirstToken { Decode, Prefill };

struct PoolSpec {
  bool is_on = true;
  PoolPlane plane = PoolPlane::Ub;
  std::int64_t nodes = 0;   // whose CPUs are servers
  double dram_share = 0;    // of each CPU's DRAM
  std::int64_t loads = 0;   // requests whose blocks an instance loads at a time
  double volume_share = 0;  // of each node's volume; 0: no volume

  friend bool operator==(const PoolSpec&, const PoolSpec&) = default;
};

struct ServingSpec {
  std::optional<RequestFileSpec> trace;  // empty: generated
  GeneratedRequestsSpec generated;
  TracePart trace_part;  // of a trace
  LoadScaling scaling;
  std::int64_t block_tokens = 0;
  std::uint32_t prefill_instances = 0;
  std::uint32_t prefill_npus = 0;  // of one instance
  PrefillSpec prefill;
  DecodeSpec decode;  // batch_per_npu is the largest batch
  // Fabric of the machine under the policies that each phase chooses; without a choice of its own, the machine's.
  models::UbSpec prefill_fabric;
  models::UbSpec decode_fabric;
  Seconds batch_wait;                  // of an idle prefill instance, for more requests
  std::uint32_t decode_instances = 1;  // each of the size that `decode` says
  const PrefillRouter* router = find_prefill_router("least-loaded");
  const DecodeRouter* decode_router = find_decode_router("least-loaded");
  HandoverPlane handover = HandoverPlane::Rdma;
  FirstToken first_token = FirstToken::Decode;
  PoolSpec pool;
  std::optional<Seconds> tpot_target;  // that admission to decode holds
  Seconds slo_ttft;
  Seconds slo_tpot;
  std::optional<double> warm_up;  // share of the requests that statistics leave out; empty: it is found
  std::int64_t cell_layers = 0;   // MoE layers that a cell simulates
  bool keeps_cells = true;        // between runs
  bool writes_requests = false;   // one line each, in requests.csv

  [[nodiscard]] std::uint32_t decode_dies() const { return decode_instances * decode.dies(); }  // of all instances
  // `rank`: among those of all decode instances, one after the other.
  [[nodiscard]] std::uint32_t decode_die(std::uint32_t rank) const
  {
    return prefill_instances * prefill.deployment.ranks + rank;
  }
  // Decode instance of such a rank.
  [[nodiscard]] std::uint32_t decode_instance_of(std::uint32_t rank) const { return rank / decode.dies(); }
  [[nodiscard]] std::uint32_t prefill_die(std::uint32_t instance, std::uint32_t rank) const
  {
    return instance * prefill.deployment.ranks + rank;
  }
};

ServingSpec read_serving(sim::config::Reader& workload, const models::ModelSpec& model,
                         const models::MachineSpec& machine);

// Keys that such a service has no use for.
std::vector<sim::config::UnusedKey> unused_keys(const ServingSpec& spec, const models::ModelSpec& model,
                                                const models::MachineSpec& machine);

// Keys and values of a token in all layers, of the MTP layer too when decode has one.
Bytes kv_bytes_per_token(const ServingSpec& spec, const models::ModelSpec& model);

std::unique_ptr<RequestSource> requests_of(const ServingSpec& spec, std::uint64_t seed);

}  // namespace cm::workloads
