// How a die's cores are divided between the attention stream and the MoE stream when two microbatches alternate. `auto`
// takes the division with the smallest slower stream, from the same cost models without contention: what the real
// system tunes with the KV length (arXiv:2506.12708v2 4.2.3).
#pragma once

#include "models/compute/roofline.h"
#include "models/language_models/decode_operators.h"
#include "models/network/machine.h"
#include "workloads/exchanges/expert_exchange.h"

namespace cm::workloads {

struct StreamLoad {
  models::DecodeBatch batch;      // of one microbatch of a mean tensor-parallel group
  std::int64_t tokens = 0;        // of it that a mean die dispatches
  std::int64_t messages = 0;      // that a mean die sends and receives in one exchange
  std::int64_t hot_messages = 0;  // that the die with the hottest slots receives
  std::int64_t experts_per_rank = 0;
  std::int64_t own_rows = 0;     // for shared experts that every rank has, its own tokens' alone
  std::int64_t own_experts = 0;  // that these rows go through
  std::int64_t ranks = 0;
  std::int64_t tensor_parallel = 1;
  models::Quantisation quantisation = models::Quantisation::Int8;
  ExchangeKind exchange = ExchangeKind::Fused;
  bool quantised_dispatch = true;
  BytesPerSecond lanes;      // of a die, all together
  Seconds round_trip;        // of an acknowledged write to the furthest rank
  Seconds extra_round_trip;  // over that inside a node
};

struct StreamEstimate {
  Seconds attention;
  Seconds moe;  // of a dense model: its feed-forward
};

StreamEstimate estimate_streams(const models::ModelSpec& model, const models::MachineSpec& machine,
                                const StreamLoad& load, const models::CoreShare& attention_cores);

models::CoreShare best_split(const models::ModelSpec& model, const models::MachineSpec& machine,
                             const StreamLoad& load);

}  // namespace cm::workloads
