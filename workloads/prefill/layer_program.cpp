#include "workloads/prefill/layer_program.h"

#include <array>

namespace cm::workloads {
namespace {

using Stage = PrefillStage;
using Action = PrefillAction;
using Exchange = PrefillExchange;

// Attention, the same in both kinds of layer: the latents of keys and values cross the fabric while those of the
// queries are computed.
constexpr std::array Attention{
    PrefillStep{Stage::WaitForCube, Action::TakeCube},
    PrefillStep{Stage::BeforeHeads, Action::KeysValuesDown},
    PrefillStep{Stage::BeforeHeads, Action::Send, Exchange::KeyValueLatents},
    PrefillStep{Stage::BeforeHeads, Action::QueriesDown},
    PrefillStep{Stage::BeforeHeads, Action::Send, Exchange::QueryLatents},
    PrefillStep{Stage::BeforeHeads, Action::Await, Exchange::KeyValueLatents},
    PrefillStep{Stage::BeforeHeads, Action::KeysValuesUp},
    PrefillStep{Stage::BeforeHeads, Action::Await, Exchange::QueryLatents},
    PrefillStep{Stage::BeforeHeads, Action::QueriesUp},
    PrefillStep{Stage::Heads, Action::Attend},
    PrefillStep{Stage::AfterHeads, Action::Send, Exchange::Heads},
    PrefillStep{Stage::AfterHeads, Action::Await, Exchange::Heads},
    PrefillStep{Stage::AfterHeads, Action::Output},
};

constexpr std::array RoutedExperts{
    PrefillStep{Stage::AfterHeads, Action::ReleaseCube},
    PrefillStep{Stage::Gate, Action::Gate},
    PrefillStep{Stage::Gate, Action::HostTurn},
    PrefillStep{Stage::Dispatch, Action::PackForDispatch},
    // The rows per expert go round before the rows themselves; both have sizes that only the die knows.
    PrefillStep{Stage::Dispatch, Action::HostTurn},
    PrefillStep{Stage::Dispatch, Action::HostTurn},
    PrefillStep{Stage::Dispatch, Action::Send, Exchange::Dispatch},
    PrefillStep{Stage::Dispatch, Action::Await, Exchange::Dispatch},
    PrefillStep{Stage::Dispatch, Action::Sort},
    PrefillStep{Stage::WaitForCube, Action::TakeCube},
    PrefillStep{Stage::Experts, Action::Experts},
    PrefillStep{Stage::Experts, Action::ReleaseCube},
    PrefillStep{Stage::Combine, Action::PackForCombine},
    PrefillStep{Stage::Combine, Action::HostTurn},
    PrefillStep{Stage::Combine, Action::Send, Exchange::Combine},
    PrefillStep{Stage::Combine, Action::Await, Exchange::Combine},
    PrefillStep{Stage::Combine, Action::Accumulate},
    PrefillStep{Stage::Combine, Action::EndLayer},
};

constexpr std::array DenseFeedForward{
    PrefillStep{Stage::Experts, Action::DenseFfn},
    PrefillStep{Stage::Experts, Action::ReleaseCube},
    PrefillStep{Stage::Experts, Action::EndLayer},
};

template <std::size_t A, std::size_t B>
constexpr std::array<PrefillStep, A + B> joined(const std::array<PrefillStep, A>& a,
                                                const std::array<PrefillStep, B>& b)
{
  std::array<PrefillStep, A + B> both{};
  for (std::size_t i = 0; i < A + B; ++i)
    both[i] = i < A ? a[i] : b[i - A];
  return both;
}

constexpr auto MoeLayer = joined(Attention, RoutedExperts);
constexpr auto DenseLayer = joined(Attention, DenseFeedForward);

}  // namespace

std::span<const PrefillStep> moe_layer()
{
  return MoeLayer;
}

std::span<const PrefillStep> dense_layer()
{
  return DenseLayer;
}

}  // namespace cm::workloads
