#include "workloads/serving/iteration_cells.h"

#include "workloads/decode/decode_plan.h"
#include "workloads/prefill/prefill_time.h"

#include <algorithm>
#include <cmath>

namespace cm::workloads {
namespace {

// Longer than any context that a model here has.
constexpr double LongestContext = 1 << 20U;

std::vector<double> batches(std::int64_t most)
{
  std::vector<double> axis{2};
  for (const double next : {8.0, 16.0, 32.0, 64.0, 96.0, 128.0, 192.0, 256.0, 512.0, 1024.0, 10240.0}) {
    axis.push_back(next);
    if (next >= static_cast<double>(most))
      break;
  }
  return axis;
}

std::vector<double> new_token_places(std::int64_t most)
{
  std::vector<double> axis{64};
  for (double next = 1024; next < static_cast<double>(most); next *= 4)
    axis.push_back(next);
  axis.push_back(static_cast<double>(most));
  return axis;
}

double decode_seconds(const DecodeSpec& deployment, const models::ModelSpec& model, const models::MachineSpec& machine,
                      const topology::Supernode& supernode, std::int64_t layers, std::uint64_t seed,
                      const CellTable::Point& point)
{
  DecodeSpec spec = deployment;
  spec.batch_per_npu = std::llround(point[0]);
  spec.prompt_length = std::llround(point[1]);
  spec.output_length = 1;
  const auto with = [&](int microbatches) {
    return time_decode_iteration(spec, microbatches, layers, model, machine, supernode, seed).count();
  };
  switch (spec.microbatches) {
  case Microbatches::One: return with(1);
  case Microbatches::Two: return with(2);
  case Microbatches::Auto: break;
  }
  // One request a die cannot be cut in two.
  return spec.batch_per_npu <= machine.topology.dies_per_npu ? with(1) : std::min(with(1), with(2));
}

PrefillLoad part_of(const CellTable::Point& point, double share)
{
  const double tokens = point[0] * share;
  return {std::llround(tokens), std::llround(point[1] * share), std::llround(tokens * point[2])};
}

double prefill_seconds(const PrefillDeployment& deployment, const models::ModelSpec& model,
                       const models::MachineSpec& machine, const topology::Supernode& supernode, std::int64_t layers,
                       std::uint64_t seed, const CellTable::Point& point)
{
  PrefillDeployment shortened = deployment;
  shortened.layers_simulated = std::min(layers, deployment.layers_simulated);
  const auto with = [&](const std::vector<PrefillLoad>& microbatches) {
    return time_prefill_loads(shortened, microbatches, 1, model, machine, supernode, seed).device.count();
  };
  const std::vector<PrefillLoad> one{part_of(point, 1)};
  const std::vector<PrefillLoad> two{part_of(point, 0.5), part_of(point, 0.5)};
  switch (deployment.microbatches) {
  case PrefillMicrobatches::One: return with(one);
  case PrefillMicrobatches::Two: return with(two);
  case PrefillMicrobatches::Auto: break;
  }
  return std::min(with(one), with(two));
}

}  // namespace

IterationCells::IterationCells(const ServingSpec& spec, const models::ModelSpec& model,
                               const models::MachineSpec& machine, const topology::Supernode& supernode,
                               std::uint64_t seed, const CellStore& store)
    : machine_(machine), decode_({batches(spec.decode.batch_per_npu), {512, 8192, 65536, LongestContext}},
                                 store.before("decode",
                                              [&, seed](const CellTable::Point& point) {
                                                return decode_seconds(spec.decode, model, machine, supernode,
                                                                      spec.cell_layers, seed, point);
                                              })),
      prefill_({new_token_places(spec.prefill.deployment.batch_tokens),
                {0, 16384, 131072, 1 << 20U, 1 << 23U},
                {128, 4096, 32768, LongestContext}},
               store.before("prefill", [&, seed](const CellTable::Point& point) {
                 return prefill_seconds(spec.prefill.deployment, model, machine, supernode, spec.cell_layers, seed,
                                        point);
               }))
{
}

Seconds IterationCells::prefill_batch(const PrefillBatch& batch)
{
  const PrefillLoad load = cut(batch, 1).front();
  const auto tokens = static_cast<double>(load.tokens);
  return Seconds(prefill_.at(
             {tokens, static_cast<double>(load.cached_tokens), static_cast<double>(load.query_key_pairs) / tokens})) +
         machine_.die.host.batch;
}

}  // namespace cm::workloads
