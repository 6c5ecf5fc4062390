// Work of a rank in attention: the requests of its group in one iteration, cut into microbatches, and the operators
// that they make. The same in every layer.
#pragma once

#include "models/compute/stage_use.h"
#include "workloads/decode/decode_spec.h"

#include <string_view>
#include <vector>

namespace cm::workloads {

// Batch of one microbatch of a group. Steady state: each request is somewhere in its output, so KV lengths spread over
// prompt..prompt + output.
models::DecodeBatch draw_batch(const DecodeSpec& spec, std::int64_t requests, sim::RandomStream& random);

struct AttentionWork {
  models::DecodeBatch batch;
  std::vector<Seconds> times;
  std::vector<Bytes> traffic;
  std::vector<std::string_view> names;
  models::StageWork work;  // of all of them
};

// `share`: the model that one die of the group works on.
AttentionWork attention_work(const DecodeSpec& spec, const models::ModelSpec& share, const models::DieSpec& die,
                             const models::CoreShare& cores, const models::DecodeBatch& batch);

}  // namespace cm::workloads
