// Steps of a microbatch in a layer of decode, each with the stage that its time belongs to.
//
// Two microbatches: the attention stream and the MoE stream own a split of the cores and work on different
// microbatches; a microbatch that finds its stream taken waits. Or they take turns on all cores, and communication
// needs none (DeepSeek on H800, arXiv:2506.12708v2 Fig. 14). One microbatch: it has all cores and runs the two in turn.
#pragma once

#include "workloads/layer_walk/layer_program.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::workloads {

// Parts of a microbatch's way through a layer, by the names of LayerTimes.
enum class DecodeStage : std::uint8_t {
  WaitAttention,
  Attention,
  AttentionExchange,
  WaitMoe,
  DenseFfn,
  Gate,
  Dispatch,
  DispatchWait,
  Experts,
  Combine,
  CombineWait,
  FfnExchange
};
inline constexpr std::size_t DecodeStages = 12;

static_assert(DecodeStages <= MostStages);

enum class DecodeStream : std::uint8_t { Attention, Moe };

enum class DecodeOperator : std::uint8_t {
  Attention,  // all of its operators
  Gate,
  Experts,
  DenseFfn,
  // Behind the layers:
  Head,
  MtpProjection,
  StepOverhead
};

enum class DecodeExchange : std::uint8_t { Experts, Tensor };

struct LayerShape {
  bool has_experts = false;
  bool takes_turns = false;
  bool is_split = false;  // over the dies of a tensor-parallel group
};

std::vector<LayerStep> decode_layer(const LayerShape& shape);

}  // namespace cm::workloads
