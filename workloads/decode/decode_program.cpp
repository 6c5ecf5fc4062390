#include "workloads/decode/decode_program.h"

#include "workloads/exchanges/expert_exchange.h"
#include "workloads/exchanges/tensor_exchange.h"

namespace cm::workloads {
namespace {

using Stage = DecodeStage;
using Stream = DecodeStream;
using Sent = DecodeExchange;

class Program {
 public:
  explicit Program(const LayerShape& shape) : shape_(shape) {}

  std::vector<LayerStep> layer()
  {
    attend();
    if (!shape_.takes_turns)
      add({release(Stage::Attention, Stream::Attention), take(Stage::WaitMoe, Stream::Moe)});
    if (shape_.has_experts)
      ask_experts();
    else
      add({run(Stage::DenseFfn, DecodeOperator::DenseFfn)});
    exchange_in_group(Stage::FfnExchange, AfterFeedForward);
    // Who takes turns has given the cores back before combine.
    if (!shape_.takes_turns)
      add({release(Stage::FfnExchange, Stream::Moe)});
    else if (!shape_.has_experts)
      add({release(Stage::FfnExchange, Stream::Attention)});
    add({end_layer(Stage::FfnExchange)});
    return steps_;
  }

 private:
  void add(std::initializer_list<LayerStep> steps) { steps_.insert(steps_.end(), steps); }

  void attend()
  {
    add({take(Stage::WaitAttention, Stream::Attention), run(Stage::Attention, DecodeOperator::Attention)});
    exchange_in_group(Stage::AttentionExchange, AfterAttention);
  }

  void exchange_in_group(Stage stage, std::uint32_t part)
  {
    if (shape_.is_split)
      add({start(stage, Sent::Tensor, part), await(stage, Sent::Tensor, part)});
  }

  void ask_experts()
  {
    add({run(Stage::Gate, DecodeOperator::Gate), start(Stage::Dispatch, Sent::Experts, DispatchPart)});
    if (shape_.takes_turns)
      add({release(Stage::Dispatch, Stream::Attention)});
    add({await(Stage::Dispatch, Sent::Experts, DispatchPart, Stage::DispatchWait)});
    if (shape_.takes_turns)
      add({take(Stage::WaitMoe, Stream::Attention)});
    add({run(Stage::Experts, DecodeOperator::Experts)});
    if (shape_.takes_turns)
      add({release(Stage::Experts, Stream::Attention)});
    add({start(Stage::Combine, Sent::Experts, CombinePart),
         await(Stage::Combine, Sent::Experts, CombinePart, Stage::CombineWait)});
  }

  LayerShape shape_;
  std::vector<LayerStep> steps_;
};

}  // namespace

std::vector<LayerStep> decode_layer(const LayerShape& shape)
{
  return Program(shape).layer();
}

}  // namespace cm::workloads
