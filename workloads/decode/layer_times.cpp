#include "workloads/decode/layer_times.h"

#include "workloads/decode/decode_program.h"

namespace cm::workloads {

LayerTimes layer_times(const LayerBreakdown& breakdown)
{
  const auto mean = [&](DecodeStage stage) { return breakdown.time(stage); };
  return {.wait_attention = mean(DecodeStage::WaitAttention),
          .attention = mean(DecodeStage::Attention),
          .attention_exchange = mean(DecodeStage::AttentionExchange),
          .wait_moe = mean(DecodeStage::WaitMoe),
          .dense_ffn = mean(DecodeStage::DenseFfn),
          .gate = mean(DecodeStage::Gate),
          .dispatch = mean(DecodeStage::Dispatch),
          .dispatch_wait = mean(DecodeStage::DispatchWait),
          .mlp = mean(DecodeStage::Experts),
          .combine = mean(DecodeStage::Combine),
          .combine_wait = mean(DecodeStage::CombineWait),
          .ffn_exchange = mean(DecodeStage::FfnExchange)};
}

}  // namespace cm::workloads
