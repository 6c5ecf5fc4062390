// Choices of gate and placement in a workload's keys, and the layers that result from them. The same keys in every
// workload with experts: docs/models/gates-and-placement.md.
#pragma once

#include "models/experts/gate.h"
#include "models/experts/placement.h"
#include "sim/config/reader.h"
#include "sim/metrics/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cm::workloads {

struct ExpertChoices {
  models::Routing routing = models::Routing::Uniform;
  double sigma = 0;  // of skewed loads, those of a generated trace too
  // Busiest rank over the mean, for skewed loads: sigma is fitted to it under the placement.
  std::optional<double> imbalance = std::nullopt;
  models::PlacementRule placement = models::PlacementRule::Contiguous;
  // Contents of files, shared by the copies of a Spec because they are megabytes and never change.
  std::shared_ptr<const models::ExpertCounts> counts = nullptr;
  std::shared_ptr<const models::TokenTrace> trace = nullptr;      // null although routing is Trace: one is generated
  std::shared_ptr<const models::PlacementTable> table = nullptr;  // takes the place of `placement`
  std::vector<std::string> notes{};                               // what the files hold
};

// Layers and experts of the model that is run.
struct ExpertShape {
  std::uint32_t layers = 0;  // MoE layers; 0: as many as a recording has
  std::uint32_t experts = 0;
  std::uint32_t top_k = 0;
};

// Keys routing, routing_file and skew. Paths are relative to the file that holds them. What is wrong with a file is
// complained about as its key.
void read_routing(sim::config::Reader& workload, const ExpertShape& shape, ExpertChoices& choices);
// Key placement.
void read_placement_rule(sim::config::Reader& workload, ExpertChoices& choices);
// Key placement_file, in `keys`. `ranks`: that the experts are placed on.
void read_placement_file(sim::config::Reader& keys, const ExpertShape& shape, std::uint32_t ranks,
                         ExpertChoices& choices);

// Most redundant copies that a layer of the placement file has. Requires one.
std::uint32_t redundant_of_table(const ExpertChoices& choices, const ExpertShape& shape);

struct ExpertLayer {
  models::Gate gate;
  models::Placement placement;
};

struct ExpertLayersSpec {
  models::SlotSpec slots;
  std::uint32_t top_k = 0;
  models::LoadProfile profile;  // of measured routing
  std::uint64_t first = 0;      // number of the first layer, which its random loads go by
  std::uint32_t count = 1;
};

// Sigma of skewed loads whose busiest rank has choices.imbalance times the mean load, in the mean of the first layers
// of the seed, under the choices' placement. The loads are expected ones: chance among few tokens comes on top. Throws
// RefusedByModel when no sigma makes them so uneven. Requires an imbalance.
double fitted_sigma(const ExpertChoices& choices, const ExpertLayersSpec& spec, std::uint64_t seed);

// Gate and placement of `count` layers. Layers of recordings and files are counted from 0; those beyond the last take
// the last one's.
std::vector<ExpertLayer> build_expert_layers(const ExpertChoices& choices, const ExpertLayersSpec& spec,
                                             std::uint64_t seed);

}  // namespace cm::workloads
