// Steps of a microbatch in a layer of prefill, each with the stage that its time belongs to.
#pragma once

#include "workloads/layer_walk/layer_program.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace cm::workloads {

// Parts of a microbatch's way through a layer.
enum class PrefillStage : std::uint8_t {
  WaitForCube,
  BeforeHeads,
  Heads,
  AfterHeads,
  Gate,
  Dispatch,
  Experts,
  Combine
};
inline constexpr std::size_t PrefillStages = 8;

// The die's cube cores, and the process of the host that drives it.
enum class PrefillStream : std::uint8_t { Cube, Host };

enum class PrefillOperator : std::uint8_t {
  KeysValuesDown,
  QueriesDown,
  KeysValuesUp,
  QueriesUp,
  Attend,
  Output,
  Gate,
  PackForDispatch,
  Sort,
  Experts,
  PackForCombine,
  Accumulate,
  DenseFfn,
  Head  // behind the layers
};
inline constexpr std::size_t PrefillOperators = 14;

enum class PrefillExchange : std::uint8_t { KeyValueLatents, QueryLatents, Heads, Dispatch, Combine };
inline constexpr std::size_t PrefillExchanges = 5;
static_assert(PrefillStages <= MostStages && PrefillExchanges <= MostExchanges);

std::span<const LayerStep> moe_layer();
std::span<const LayerStep> dense_layer();

}  // namespace cm::workloads
