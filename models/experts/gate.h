// Which experts the tokens choose. Loads persist over a run, per layer: a hot expert stays hot.
//
// balanced: every rank deals its tokens' choices out to the experts in turn. uniform: top-k distinct experts, all
// equally likely. skewed: weights exp(sigma z), z standard normal. measured: the sorted profile of published per-expert
// counts (reference in the model file), dealt to the experts in a random order per layer. Skewed and measured draw
// top-k experts without replacement in proportion to their weights.
#pragma once

#include "sim/config/reader.h"
#include "sim/random/random_stream.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace cm::models {

enum class Routing { Balanced, Uniform, Skewed, Measured };

struct GateSpec {
  Routing routing = Routing::Uniform;
  std::uint32_t experts = 0;
  std::uint32_t top_k = 0;
  double sigma = 0;  // of skewed
  // Of measured: (rank in the order of load as a share of the experts, load relative to the mean), ascending ranks.
  std::vector<std::pair<double, double>> profile;
  std::uint64_t seed = 1;
};

// The key `skew` of a workload whose routing has been read: sigma of a skewed gate, 1.0 unless given. Complains when it
// is given for another gate. (Published loads have sigma 0.60 to 0.67 in decode: `measured` is their profile.)
void read_skew(sim::config::Reader& workload, Routing routing, double& sigma);

class Gate {
 public:
  // The gate of one layer. Requires 0 < top_k <= experts, and a profile when routing is Measured.
  Gate(const GateSpec& spec, std::uint64_t layer);

  // Expected load of each expert relative to the mean; mean 1.
  [[nodiscard]] const std::vector<double>& loads() const { return loads_; }

  // The experts of one token, distinct, into `chosen` (top_k entries). `rank` and `token` count the tokens of a
  // balanced gate; the others draw from `random`.
  void choose(std::uint32_t rank, std::uint32_t ranks, std::uint32_t token, sim::RandomStream& random,
              std::span<std::uint32_t> chosen) const;

 private:
  [[nodiscard]] std::uint32_t draw(sim::RandomStream& random) const;
  void choose_rest(sim::RandomStream& random, std::span<std::uint32_t> chosen, std::uint32_t found) const;
  void build_alias();

  GateSpec spec_;
  std::vector<double> loads_;
  // Walker's alias method: an entry keeps its own expert below the threshold and gives the alias above it.
  std::vector<std::uint32_t> threshold_;
  std::vector<std::uint32_t> alias_;
};

}  // namespace cm::models
