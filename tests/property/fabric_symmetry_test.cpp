// Names do not matter: neither those of the nodes, nor the number of times that a run is made.
#include "models/experts/gate.h"
#include "tests/property/random_exchange.h"

#include <catch2/catch.hpp>

#include <numeric>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint32_t Nodes = 4;
constexpr std::uint32_t Ranks = Nodes * 16;

struct Finish {
  double mean;
  double latest;
};

// Dispatch of a balanced gate, the ranks laid on the machine from node `first_node` on.
Finish balanced_dispatch(std::uint32_t first_node)
{
  const models::Gate gate({.routing = models::Routing::Balanced, .experts = 256, .top_k = 8, .profile = {}}, 0);
  sim::RandomStream unused(1, "gate");
  const auto die_of = [&](std::uint32_t rank) { return (rank + first_node * 16) % Ranks; };
  std::vector<std::uint32_t> experts(8);
  FabricRun run(small_clos(cloudmatrix_clos(Nodes)));
  for (std::uint32_t rank = 0; rank < Ranks; ++rank) {
    std::vector<Message> messages;
    for (std::uint32_t token = 0; token < 96; ++token) {
      gate.choose({rank, Ranks, token}, unused, experts);
      for (const std::uint32_t expert : experts)
        messages.push_back({die_of(expert * Ranks / 256), 7680});
    }
    run.start(flow(die_of(rank), std::move(messages)));
  }
  const auto latest = static_cast<double>(run.finish());
  const double sum = std::accumulate(run.notices().begin(), run.notices().end(), 0.0, [](double all, const auto& each) {
    return all + static_cast<double>(each.second);
  });
  return {sum / Ranks, latest};
}

}  // namespace

TEST_CASE("renaming whole nodes changes nothing for a balanced gate but the starts of the spray")
{
  const Finish named = balanced_dispatch(0);
  for (std::uint32_t first_node = 1; first_node < Nodes; ++first_node) {
    const Finish renamed = balanced_dispatch(first_node);
    CHECK(renamed.mean == Approx(named.mean).epsilon(0.01));
    CHECK(renamed.latest == Approx(named.latest).epsilon(0.01));
  }
}

TEST_CASE("equal seeds give the same notices at the same picoseconds")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{15}));
  INFO("seed " << seed);
  const RandomExchange exchange(seed);
  FabricRun first(small_clos(exchange.clos), exchange.policy);
  FabricRun second(small_clos(exchange.clos), exchange.policy);
  run_all(first, exchange.flows);
  run_all(second, exchange.flows);
  CHECK(first.notices() == second.notices());
  CHECK(first.fabric().port_hops() == second.fabric().port_hops());
  CHECK(first.fabric().peak_queue_bytes() == second.fabric().peak_queue_bytes());
}

TEST_CASE("a run on a used fabric differs in nothing but its clock where no spray remembers")
{
  const FabricPolicy policy{.lane_choice = LaneChoice::Hash, .spine_choice = SpineChoice::Hash};
  FabricRun run(small_clos({.lanes = 3}), policy);
  const std::int64_t first = run_all(run, all_to_all(8, 50'000));
  const std::int64_t pause = 1'000'000'000'000;
  for (const FlowSpec& each : all_to_all(8, 50'000))
    run.start(each, pause);
  CHECK(run.finish() - pause == first);
}
