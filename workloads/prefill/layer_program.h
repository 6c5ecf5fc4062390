// Steps of a microbatch in a layer, each with the stage that its time belongs to.
#pragma once

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

enum class PrefillAction : std::uint8_t {
  TakeCube,
  ReleaseCube,
  HostTurn,
  Send,   // starts an exchange and goes on
  Await,  // until all bytes of an exchange have come
  EndLayer,
  // Operators of the die:
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
  DenseFfn
};
inline constexpr std::size_t PrefillActions = 19;

enum class PrefillExchange : std::uint8_t { KeyValueLatents, QueryLatents, Heads, Dispatch, Combine };
inline constexpr std::size_t PrefillExchanges = 5;

struct PrefillStep {
  PrefillStage stage;
  PrefillAction action;
  PrefillExchange exchange = PrefillExchange::KeyValueLatents;  // of Send and Await
};

std::span<const PrefillStep> moe_layer();
std::span<const PrefillStep> dense_layer();

}  // namespace cm::workloads
