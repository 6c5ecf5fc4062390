#include "workloads/cells/iteration_cells.h"

#include "workloads/decode/decode_plan.h"
#include "workloads/prefill/prefill_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

// Longer than any context that a model here has.
constexpr double LongestContext = 1 << 20U;
// Pairs of a new token and one that it attends to: in a short prompt, and in a large batch at the end of such a
// context.
constexpr double LeastPairs = 1 << 20U;
constexpr double MostPairs = 1LL << 38U;

std::vector<double> batches(std::int64_t least, std::int64_t most)
{
  std::vector<double> axis{static_cast<double>(least)};
  for (const double next : {8.0, 16.0, 32.0, 64.0, 96.0, 128.0, 192.0, 256.0, 512.0, 1024.0, 10240.0}) {
    if (next > axis.front())
      axis.push_back(next);
    if (next >= static_cast<double>(most) && axis.size() > 1)
      break;
  }
  return axis;
}

// Ascending: shares of the largest batch behind the smallest one.
std::vector<double> new_token_places(std::int64_t most, const std::vector<double>& shares)
{
  std::vector<double> axis{64};
  for (const double share : shares)
    if (share * static_cast<double>(most) > axis.back())
      axis.push_back(share * static_cast<double>(most));
  return axis;
}

Cell decode_cell(const DecodeSpec& deployment, int microbatches, double lane_share, const CellInputs& with,
                 const CellTable::Point& point)
{
  DecodeSpec spec = deployment;
  spec.batch_per_npu = std::llround(point[0]);
  spec.prompt_length = std::llround(point[1]);
  spec.output_length = 1;
  const DecodeTime time = time_decode_iteration(spec, microbatches, with.layers, with.model, with.machine,
                                                with.supernode, with.seed, lane_share);
  return {time.iteration.count(), time.sent};
}

Cell prefill_cell(const PrefillDeployment& deployment, int microbatches, double lane_share, const CellInputs& with,
                  const CellTable::Point& point)
{
  PrefillDeployment shortened = deployment;
  shortened.layers_simulated = std::min(with.layers, deployment.layers_simulated);
  const PrefillLoad all{std::llround(point[0]), std::llround(point[1]), std::llround(point[2])};
  const std::vector<PrefillLoad> loads(static_cast<std::size_t>(microbatches), part_of(all, 1.0 / microbatches));
  const PrefillTime time =
      time_prefill_loads(shortened, loads, 1, with.model, with.machine, with.supernode, with.seed, lane_share);
  return {time.device.count(), time.sent};
}

// `simulate(microbatches, lane_share, point)`.
template <typename Simulate>
PhaseCells::Mode mode(const std::string& phase, int microbatches, const std::vector<std::vector<double>>& axes,
                      const CellStore& store, Simulate simulate)
{
  const auto ask = [microbatches, simulate](double lane_share) {
    return [microbatches, simulate, lane_share](const CellTable::Point& point) {
      return simulate(microbatches, lane_share, point);
    };
  };
  const std::string name = fmt::format("{}_{}", phase, microbatches);
  return {.least = microbatches == 1 ? 0 : axes.front().front(),
          .idle = CellTable(axes, store.before(name, ask(1))),
          .narrowed = CellTable(axes, store.before(name + "_narrowed", ask(1 - PhaseCells::LanesProbed)))};
}

PhaseCells decode_cells(const DecodeSpec& deployment, const CellInputs& with, const CellStore& store)
{
  const auto simulate = [&deployment, with](int microbatches, double lane_share, const CellTable::Point& point) {
    return decode_cell(deployment, microbatches, lane_share, with, point);
  };
  const std::vector<double> lengths{512, 8192, 65536, LongestContext};
  // One request a die cannot be cut in two.
  const std::int64_t dies = with.machine.topology.dies_per_npu;
  std::vector<PhaseCells::Mode> modes;
  if (deployment.microbatches != Microbatches::Two)
    modes.push_back(mode("decode", 1, {batches(dies, deployment.batch_per_npu), lengths}, store, simulate));
  if (deployment.microbatches != Microbatches::One)
    modes.push_back(mode("decode", 2, {batches(2 * dies, deployment.batch_per_npu), lengths}, store, simulate));
  return PhaseCells(std::move(modes));
}

PhaseCells prefill_cells(const PrefillDeployment& deployment, const CellInputs& with, const CellStore& store)
{
  const auto simulate = [&deployment, with](int microbatches, double lane_share, const CellTable::Point& point) {
    return prefill_cell(deployment, microbatches, lane_share, with, point);
  };
  const std::int64_t most = std::max<std::int64_t>(128, deployment.batch_tokens);
  const std::vector<double> cached{0, 131072, 1 << 20U, 1 << 23U};
  std::vector<PhaseCells::Mode> modes;
  if (deployment.microbatches != PrefillMicrobatches::Two)
    modes.push_back(mode("prefill", 1,
                         {new_token_places(most, {0.125, 1}), cached, {LeastPairs, 1LL << 32U, MostPairs}}, store,
                         simulate));
  // Two microbatches hide what they can behind each other, up to where the cube cores are never idle: a bend, which
  // needs more places.
  if (deployment.microbatches != PrefillMicrobatches::One)
    modes.push_back(mode("prefill", 2,
                         {new_token_places(most, {0.25, 0.5, 1}),
                          cached,
                          {LeastPairs, 1 << 29U, 1 << 30U, 1LL << 31U, 1LL << 33U, MostPairs}},
                         store, simulate));
  return PhaseCells(std::move(modes));
}

models::MachineSpec on_fabric(models::MachineSpec machine, const models::UbSpec& fabric)
{
  machine.ub = fabric;
  return machine;
}

CellInputs on_machine(const CellInputs& inputs, const models::MachineSpec& machine)
{
  return {inputs.model, machine, inputs.supernode, inputs.layers, inputs.seed};
}

}  // namespace

Cell PhaseCells::at(const CellTable::Point& point, double share)
{
  Cell best;
  for (Mode& mode : modes_) {
    // Slower than the others so far even when it has the least to do.
    if (best.seconds > 0 && (point.front() < mode.least || mode.idle.least().seconds >= best.seconds))
      continue;
    Cell cell = mode.idle.at(point);
    if (share > 0) {
      const double slower = mode.narrowed.at(point).seconds - cell.seconds;
      cell.seconds += std::max(0.0, slower) * share / LanesProbed;
    }
    if (best.seconds == 0 || cell.seconds < best.seconds)
      best = cell;
  }
  return best;
}

std::size_t PhaseCells::cells() const
{
  std::size_t sum = 0;
  for (const Mode& mode : modes_)
    sum += mode.idle.cells() + mode.narrowed.cells();
  return sum;
}

CellTable::Error PhaseCells::leave_one_out() const
{
  CellTable::Error all;
  for (const Mode& mode : modes_)
    for (const CellTable* table : {&mode.idle, &mode.narrowed}) {
      const CellTable::Error error = table->leave_one_out();
      all.worst = std::max(all.worst, error.worst);
      all.mean += error.mean * static_cast<double>(error.predictions);
      all.predictions += error.predictions;
    }
  if (all.predictions > 0)
    all.mean /= static_cast<double>(all.predictions);
  return all;
}

IterationCells::IterationCells(const CellPhases& phases, const CellInputs& inputs, const CellStore& store)
    : prefill_machine_(on_fabric(inputs.machine, phases.prefill_fabric)),
      decode_machine_(on_fabric(inputs.machine, phases.decode_fabric)),
      decode_(decode_cells(phases.decode, on_machine(inputs, decode_machine_), store)),
      prefill_(prefill_cells(phases.prefill, on_machine(inputs, prefill_machine_), store))
{
}

Cell IterationCells::prefill_batch(const PrefillLoad& load, double kv_share)
{
  Cell cell = prefill_.at({static_cast<double>(load.tokens), static_cast<double>(load.cached_tokens),
                           static_cast<double>(load.query_key_pairs)},
                          kv_share);
  cell.seconds += prefill_machine_.die.host.batch.count();
  return cell;
}

}  // namespace cm::workloads
