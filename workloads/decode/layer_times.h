// Where the time of one microbatch in one MoE layer of decode goes.
#pragma once

#include "workloads/layer_walk/layer_breakdown.h"

namespace cm::workloads {

// In a dense model: in one layer. The parts add up to the layer. Means over ranks, microbatches, layers and iterations,
// in microseconds.
struct LayerTimes {
  double wait_attention = 0;  // for the attention stream
  double attention = 0;
  double attention_exchange = 0;  // within the tensor-parallel group
  double wait_moe = 0;            // for the MoE stream
  double dense_ffn = 0;
  double gate = 0;
  double dispatch = 0;
  double dispatch_wait = 0;  // in the barrier
  double mlp = 0;
  double combine = 0;
  double combine_wait = 0;  // for the slowest expert of the rank's tokens
  double ffn_exchange = 0;  // within the tensor-parallel group

  [[nodiscard]] double layer() const { return moe_stream() + wait_attention + attention_stream() + wait_moe; }
  [[nodiscard]] double attention_stream() const { return attention + attention_exchange; }
  [[nodiscard]] double moe_stream() const
  {
    return gate + dispatch + dispatch_wait + mlp + combine + combine_wait + dense_ffn + ffn_exchange;
  }
};

// Means of a breakdown whose stages are those of DecodeStage.
LayerTimes layer_times(const LayerBreakdown& breakdown);

}  // namespace cm::workloads
