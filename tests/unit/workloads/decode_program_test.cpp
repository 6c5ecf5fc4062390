// Tables of decode, each step as a word.
#include "workloads/decode/decode_program.h"
#include "workloads/decode/layer_times.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::workloads;

namespace {

std::string word(const LayerStep& step)
{
  constexpr const char* Streams[] = {"attention", "moe"};
  constexpr const char* Operators[] = {"attend", "gate", "experts", "ffn"};
  constexpr const char* Parts[2][2] = {{"dispatch", "combine"}, {"tensor 1", "tensor 2"}};
  switch (step.kind) {
  case StepKind::Take: return std::string("take ") + Streams[step.what];
  case StepKind::Release: return std::string("release ") + Streams[step.what];
  case StepKind::Operator: return Operators[step.what];
  case StepKind::Start: return std::string("start ") + Parts[step.what][step.part];
  case StepKind::Await: return std::string("await ") + Parts[step.what][step.part];
  case StepKind::EndLayer: return "end";
  case StepKind::Turn: break;
  }
  return "turn";
}

std::vector<std::string> words(const LayerShape& shape)
{
  std::vector<std::string> all;
  for (const LayerStep& step : decode_layer(shape))
    all.push_back(word(step));
  return all;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("with split cores the two streams follow one another")
{
  CHECK(words({.has_experts = true}) == Words{"take attention", "attend", "release attention", "take moe", "gate",
                                              "start dispatch", "await dispatch", "experts", "start combine",
                                              "await combine", "release moe", "end"});
  CHECK(words({}) == Words{"take attention", "attend", "release attention", "take moe", "ffn", "release moe", "end"});
}

TEST_CASE("who takes turns holds the cores while it computes, and leaves them while it communicates")
{
  CHECK(words({.has_experts = true, .takes_turns = true}) ==
        Words{"take attention", "attend", "gate", "start dispatch", "release attention", "await dispatch",
              "take attention", "experts", "release attention", "start combine", "await combine", "end"});
  CHECK(words({.takes_turns = true}) == Words{"take attention", "attend", "ffn", "release attention", "end"});
}

TEST_CASE("a tensor-parallel group exchanges behind attention and behind the feed-forward, on the stream that it has")
{
  CHECK(words({.is_split = true}) == Words{"take attention", "attend", "start tensor 1", "await tensor 1",
                                           "release attention", "take moe", "ffn", "start tensor 2", "await tensor 2",
                                           "release moe", "end"});
  CHECK(words({.takes_turns = true, .is_split = true}) == Words{"take attention", "attend", "start tensor 1",
                                                                "await tensor 1", "ffn", "start tensor 2",
                                                                "await tensor 2", "release attention", "end"});
}

TEST_CASE("stages of a breakdown are the parts of a layer's time, which add up to it")
{
  LayerBreakdown breakdown;
  double sum = 0;
  for (std::uint8_t stage = 0; stage < DecodeStages; ++stage) {
    breakdown.add_time(stage, 1 << stage);
    sum += 1 << stage;
  }
  breakdown.count_layer();
  const LayerTimes times = layer_times(breakdown);
  CHECK(times.layer() == sum);
  CHECK(times.wait_attention == 1 << static_cast<int>(DecodeStage::WaitAttention));
  CHECK(times.dispatch_wait == 1 << static_cast<int>(DecodeStage::DispatchWait));
  CHECK(times.mlp == 1 << static_cast<int>(DecodeStage::Experts));
  CHECK(times.attention_stream() ==
        (1 << static_cast<int>(DecodeStage::Attention)) + (1 << static_cast<int>(DecodeStage::AttentionExchange)));
}
