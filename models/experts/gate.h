// Choice of experts by the tokens. Loads persist over a run, per layer: a hot expert stays hot.
//
// balanced: every rank deals its tokens' choices out to the experts in turn. uniform: top-k distinct experts, all
// equally likely. skewed: weights exp(sigma z), z standard normal. measured: the sorted profile of published per-expert
// counts (reference in the model file), dealt to the experts in a random order per layer, in which those of a group are
// near each other. Skewed and measured draw
// top-k experts without replacement in proportion to their weights.
//
// replayed: recorded counts; every expert is chosen with exactly its share of them. trace: the choices of recorded
// tokens themselves.
#pragma once

#include "models/experts/load_profile.h"
#include "models/experts/recorded_routing.h"
#include "sim/config/reader.h"
#include "sim/random/random_stream.h"

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace cm::models {

enum class Routing { Balanced, Uniform, Skewed, Measured, Replayed, Trace };

struct GateSpec {
  Routing routing = Routing::Uniform;
  std::uint32_t experts = 0;
  std::uint32_t top_k = 0;
  double sigma = 0;     // for skewed
  LoadProfile profile;  // of measured routing; its drift is that of skewed routing too
  std::uint64_t seed = 1;
  // Recordings are megabytes: the Specs and gates of a run share them and change nothing.
  std::shared_ptr<const ExpertCounts> counts = nullptr;  // for replayed
  std::shared_ptr<const TokenTrace> trace = nullptr;     // for trace
};

// The token that chooses: `token` of `rank`. A recorded one has its row of the trace.
struct TokenPlace {
  std::uint32_t rank = 0;
  std::uint32_t ranks = 1;
  std::uint32_t token = 0;
  std::uint64_t trace_row = 0;
};

// The key `skew` of a workload: sigma of the loads of a skewed gate, 1.0 unless given. Complains when it is given and
// `is_skewed` is false. (Published loads have sigma 0.60 to 0.67 in decode: `measured` is their profile.)
void read_skew(sim::config::Reader& workload, bool is_skewed, double& sigma);

class Gate {
 public:
  // The gate of one layer; of a recording it takes layer `recorded_layer`. Requires 0 < top_k <= experts, a profile
  // when routing is Measured, and counts or a trace of as many experts when it is Replayed or Trace.
  explicit Gate(const GateSpec& spec, std::uint64_t layer, std::uint32_t recorded_layer = 0);

  // Expected load of each expert relative to the mean; mean 1.
  [[nodiscard]] const std::vector<double>& loads() const { return loads_; }

  // What a planner has counted some time before, mean 1: the loads without what they have drifted since. Recordings and
  // even gates do not drift.
  [[nodiscard]] const std::vector<double>& planned_loads() const { return planned_; }

  // Tokens of the recorded trace that the gate follows; 0 without one.
  [[nodiscard]] std::uint64_t trace_tokens() const { return spec_.trace ? spec_.trace->tokens : 0; }

  // The experts of one token, distinct, into `chosen` (top_k entries). Balanced gates and traces go by the token's
  // place; the others draw from `random`.
  void choose(const TokenPlace& place, sim::RandomStream& random, std::span<std::uint32_t> chosen) const;

 private:
  [[nodiscard]] std::uint32_t draw(sim::RandomStream& random) const;
  void draw_distinct(sim::RandomStream& random, std::span<std::uint32_t> chosen) const;
  void choose_rest(sim::RandomStream& random, std::span<std::uint32_t> chosen, std::uint32_t found) const;
  void draw_replayed(sim::RandomStream& random, std::span<std::uint32_t> chosen) const;
  void build_alias();
  void build_shares(std::uint64_t layer);

  GateSpec spec_;
  std::vector<double> loads_;
  std::vector<double> planned_;
  // Walker's alias method: an entry keeps its own expert below the threshold and gives the alias above it.
  std::vector<std::uint32_t> threshold_;
  std::vector<std::uint32_t> alias_;
  // Experts of replayed counts in a random order, each with top_k times the counts up to and including it.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> shares_;
  std::uint32_t recorded_layer_ = 0;
};

}  // namespace cm::models
