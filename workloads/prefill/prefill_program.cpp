#include "workloads/prefill/prefill_program.h"

#include <array>

namespace cm::workloads {
namespace {

using Stage = PrefillStage;
using Stream = PrefillStream;
using Operator = PrefillOperator;
using Sent = PrefillExchange;

// Attention, the same in both kinds of layer: the latents of keys and values cross the fabric while those of the
// queries are computed.
constexpr std::array Attention{
    take_in_order(Stage::WaitForCube, Stream::Cube),
    run(Stage::BeforeHeads, Operator::KeysValuesDown),
    start(Stage::BeforeHeads, Sent::KeyValueLatents),
    run(Stage::BeforeHeads, Operator::QueriesDown),
    start(Stage::BeforeHeads, Sent::QueryLatents),
    await(Stage::BeforeHeads, Sent::KeyValueLatents),
    run(Stage::BeforeHeads, Operator::KeysValuesUp),
    await(Stage::BeforeHeads, Sent::QueryLatents),
    run(Stage::BeforeHeads, Operator::QueriesUp),
    run(Stage::Heads, Operator::Attend),
    start(Stage::AfterHeads, Sent::Heads),
    await(Stage::AfterHeads, Sent::Heads),
    run(Stage::AfterHeads, Operator::Output),
};

constexpr std::array SendRows{
    run(Stage::Gate, Operator::Gate),
    take_turn(Stage::Gate),
    run(Stage::Dispatch, Operator::PackForDispatch),
    // The rows per expert go round before the rows themselves; both have sizes that only the die knows.
    take_turn(Stage::Dispatch),
    take_turn(Stage::Dispatch),
    start(Stage::Dispatch, Sent::Dispatch),
};

constexpr std::array TakeRows{
    await(Stage::Dispatch, Sent::Dispatch),
    run(Stage::Dispatch, Operator::Sort),
};

// Half of the rows are sorted while the other half is on its way.
constexpr std::array TakeRowsAsTheyCome{
    run(Stage::Dispatch, Operator::SortFirst),
    await(Stage::Dispatch, Sent::Dispatch),
    run(Stage::Dispatch, Operator::SortRest),
};

constexpr std::array ReturnRows{
    release(Stage::Experts, Stream::Cube),
    run(Stage::Combine, Operator::PackForCombine),
    take_turn(Stage::Combine),
    start(Stage::Combine, Sent::Combine),
    await(Stage::Combine, Sent::Combine),
    run(Stage::Combine, Operator::Accumulate),
    end_layer(Stage::Combine),
};

constexpr std::array DenseFeedForward{
    run(Stage::Experts, Operator::DenseFfn),
    release(Stage::Experts, Stream::Cube),
    end_layer(Stage::Experts),
};

template <std::size_t A, std::size_t B>
constexpr std::array<LayerStep, A + B> joined(const std::array<LayerStep, A>& a, const std::array<LayerStep, B>& b)
{
  std::array<LayerStep, A + B> both{};
  for (std::size_t i = 0; i < A + B; ++i)
    both[i] = i < A ? a[i] : b[i - A];
  return both;
}

constexpr std::array LeaveCube{release(Stage::AfterHeads, Stream::Cube)};
constexpr std::array SharedExpert{run(Stage::Experts, Operator::SharedExpert)};
constexpr std::array RoutedExperts{run(Stage::Experts, Operator::RoutedExperts)};
constexpr std::array AllExperts{take(Stage::WaitForCube, Stream::Cube), run(Stage::Experts, Operator::Experts)};

constexpr auto AloneMoeLayer = joined(joined(joined(Attention, SendRows), joined(SharedExpert, TakeRowsAsTheyCome)),
                                      joined(RoutedExperts, ReturnRows));
constexpr auto SharingMoeLayer =
    joined(joined(joined(Attention, LeaveCube), SendRows), joined(joined(TakeRows, AllExperts), ReturnRows));
constexpr auto DenseLayer = joined(Attention, DenseFeedForward);

}  // namespace

std::span<const LayerStep> moe_layer(std::size_t microbatches)
{
  return microbatches > 1 ? std::span<const LayerStep>(SharingMoeLayer) : AloneMoeLayer;
}

std::span<const LayerStep> dense_layer()
{
  return DenseLayer;
}

}  // namespace cm::workloads
