// The work of a microbatch in a layer as a table of steps. Each step has the stage that its time belongs to: from the
// end of the step before it to its own end. Another order of work (taking turns, one microbatch) is another table.
//
// Streams, operators, exchanges and stages are numbers of enumerations of the phase (prefill, decode).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace cm::workloads {

enum class StepKind : std::uint8_t {
  Take,      // a stream of the rank, which serves one microbatch at a time; waits while another one has it
  Release,   // gives it to the microbatch that waits for it
  Turn,      // of the host, for a given time; those of microbatches run side by side
  Operator,  // of the die; may be several, one after another
  Start,     // starts a part of an exchange and goes on
  Await,     // until the rank is through that part
  EndLayer
};

struct LayerStep {
  StepKind kind = StepKind::EndLayer;
  std::uint8_t stage = 0;
  std::uint8_t what = 0;        // stream, operator or exchange
  std::uint8_t part = 0;        // of the exchange
  std::uint8_t wait_stage = 0;  // of Await: for the time that the rank spent waiting for others
  bool in_order = false;        // of Take: the microbatches alternate, on all ranks alike
};

template <typename Type>
concept Enumeration = std::is_enum_v<Type>;

// Most that the walk has room for.
inline constexpr std::size_t MostMicrobatches = 2;
inline constexpr std::size_t MostStreams = 2;
inline constexpr std::size_t MostExchanges = 5;
inline constexpr std::size_t MostParts = 2;
inline constexpr std::size_t MostStages = 12;

template <Enumeration Stage, typename Stream>
constexpr LayerStep take(Stage stage, Stream stream)
{
  return {StepKind::Take, static_cast<std::uint8_t>(stage), static_cast<std::uint8_t>(stream)};
}

// For what awaits other ranks while it has the stream: ranks that served their microbatches in another order would wait
// for each other for ever.
template <Enumeration Stage, typename Stream>
constexpr LayerStep take_in_order(Stage stage, Stream stream)
{
  LayerStep step = take(stage, stream);
  step.in_order = true;
  return step;
}

template <Enumeration Stage, typename Stream>
constexpr LayerStep release(Stage stage, Stream stream)
{
  return {StepKind::Release, static_cast<std::uint8_t>(stage), static_cast<std::uint8_t>(stream)};
}

template <Enumeration Stage>
constexpr LayerStep take_turn(Stage stage)
{
  return {StepKind::Turn, static_cast<std::uint8_t>(stage)};
}

template <Enumeration Stage, typename Operator>
constexpr LayerStep run(Stage stage, Operator op)
{
  return {StepKind::Operator, static_cast<std::uint8_t>(stage), static_cast<std::uint8_t>(op)};
}

template <Enumeration Stage, typename Exchange>
constexpr LayerStep start(Stage stage, Exchange exchange, std::uint32_t part = 0)
{
  return {StepKind::Start, static_cast<std::uint8_t>(stage), static_cast<std::uint8_t>(exchange),
          static_cast<std::uint8_t>(part)};
}

template <Enumeration Stage, typename Exchange>
constexpr LayerStep await(Stage stage, Exchange exchange, std::uint32_t part, Stage wait_stage)
{
  return {StepKind::Await, static_cast<std::uint8_t>(stage), static_cast<std::uint8_t>(exchange),
          static_cast<std::uint8_t>(part), static_cast<std::uint8_t>(wait_stage)};
}

template <Enumeration Stage, typename Exchange>
constexpr LayerStep await(Stage stage, Exchange exchange, std::uint32_t part = 0)
{
  return await(stage, exchange, part, stage);
}

template <Enumeration Stage>
constexpr LayerStep end_layer(Stage stage)
{
  return {StepKind::EndLayer, static_cast<std::uint8_t>(stage)};
}

}  // namespace cm::workloads
