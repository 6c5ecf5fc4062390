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

// The die's cube cores.
enum class PrefillStream : std::uint8_t { Cube };

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
  SortFirst,  // half of the rows
  SortRest,
  SharedExpert,
  RoutedExperts,
  Experts,  // shared and routed
  PackForCombine,
  Accumulate,
  DenseFfn,
  Head  // behind the layers
};
inline constexpr std::size_t PrefillOperators = 18;

enum class PrefillExchange : std::uint8_t { KeyValueLatents, QueryLatents, Heads, Dispatch, Combine };
inline constexpr std::size_t PrefillExchanges = 5;
static_assert(PrefillStages <= MostStages && PrefillExchanges <= MostExchanges);

// One microbatch computes its shared expert while its rows are on their way; beside another one, which has the cube
// cores then, it computes it with the routed experts.
std::span<const LayerStep> moe_layer(std::size_t microbatches);
std::span<const LayerStep> dense_layer();

}  // namespace cm::workloads
