// Published imbalance of the ranks of DeepSeek-R1 against gates and placements with the shipped loads: 1,024 tokens a
// rank, mean over the MoE layers of (most - mean) / mean (TensorRT-LLM, examples/wide_ep/ep_load_balancer/README.md).
#include "models/experts/gate.h"
#include "models/experts/placement.h"
#include "models/language_models/architecture.h"
#include "sim/config/reader.h"
#include "sim/config/value.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace cm;
using namespace cm::models;

namespace {

constexpr std::uint64_t Layers = 58;
constexpr std::uint32_t Tokens = 128;  // each goes to eight experts

LoadProfile shipped_load()
{
  const sim::config::Value value = sim::config::load_file(CM_SOURCE_DIR "/configs/models/deepseek-r1.yaml");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "model", log);
  return read_model(reader).expert_load;
}

double mean_imbalance(const SlotSpec& slots, PlacementRule rule)
{
  double sum = 0;
  for (std::uint64_t layer = 0; layer < Layers; ++layer) {
    const Gate gate({.routing = Routing::Measured, .experts = 256, .top_k = 8, .profile = shipped_load()}, layer);
    const Placement placement(slots, rule, gate.planned_loads());
    sim::RandomStream random(1, "tokens of the test", layer);
    std::vector<double> rows(slots.ranks, 0.0);
    std::vector<std::size_t> turn(256, 0);
    std::array<std::uint32_t, 8> chosen{};
    for (std::uint32_t token = 0; token < slots.ranks * Tokens; ++token) {
      gate.choose({}, random, chosen);
      for (const std::uint32_t expert : chosen) {
        const auto& copies = placement.copies(expert);
        ++rows[copies[turn[expert]++ % copies.size()]];
      }
    }
    const double mean = Tokens * 8.0;
    sum += *std::ranges::max_element(rows) / mean - 1;
  }
  return sum / Layers;
}

}  // namespace

TEST_CASE("ranks without a balancer are as uneven as published, within 20 %")
{
  CHECK(mean_imbalance({.ranks = 32, .routed = 256}, PlacementRule::Contiguous) == Approx(1.564).epsilon(0.2));
}

TEST_CASE("ranks that an offline balancer has planned from earlier counts are as uneven as published, within 20 %")
{
  CHECK(mean_imbalance({.ranks = 36, .routed = 256, .redundant = 32}, PlacementRule::Eplb) ==
        Approx(0.1154).epsilon(0.2));
}
