#include "models/experts/gate.h"
#include "sim/diagnostics/errors.h"
#include "tests/support/measured_load.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace cm;
using namespace cm::models;
using cm::sim::RandomStream;

namespace {

GateSpec spec_of(Routing routing, std::uint32_t experts = 256, std::uint32_t top_k = 8)
{
  return {.routing = routing, .experts = experts, .top_k = top_k, .sigma = 0.65, .profile = tests::measured_load()};
}

// How often each expert is chosen by `ranks` ranks of `tokens` tokens.
std::vector<std::uint32_t> counts(const Gate& gate, const GateSpec& spec, std::uint32_t ranks, std::uint32_t tokens)
{
  RandomStream random(5, "gate");
  std::vector<std::uint32_t> result(spec.experts);
  std::vector<std::uint32_t> chosen(spec.top_k);
  for (std::uint32_t rank = 0; rank < ranks; ++rank)
    for (std::uint32_t token = 0; token < tokens; ++token) {
      gate.choose({rank, ranks, token}, random, chosen);
      for (const std::uint32_t expert : chosen)
        ++result.at(expert);
    }
  return result;
}

std::vector<std::uint32_t> draws(const Gate& gate, std::uint64_t seed)
{
  RandomStream random(seed, "gate");
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> chosen(8);
  for (std::uint32_t token = 0; token < 100; ++token) {
    gate.choose({0, 1, token}, random, chosen);
    all.insert(all.end(), chosen.begin(), chosen.end());
  }
  return all;
}

double mean(const std::vector<double>& values)
{
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("a balanced gate gives every expert the same when it divides")
{
  const GateSpec spec = spec_of(Routing::Balanced);
  const auto loads = counts(Gate(spec, 0), spec, 32, 96);
  CHECK(std::ranges::all_of(loads, [](auto count) { return count == 32 * 96 * 8 / 256; }));
}

TEST_CASE("a balanced gate differs by few where it does not divide")
{
  const GateSpec spec = spec_of(Routing::Balanced, 60, 7);
  const auto loads = counts(Gate(spec, 0), spec, 5, 13);
  const auto [least, most] = std::ranges::minmax(loads);
  CHECK(most - least <= 5);
  CHECK(std::accumulate(loads.begin(), loads.end(), 0U) == 5 * 13 * 7);
}

TEST_CASE("a uniform gate chooses all experts equally often")
{
  const GateSpec spec = spec_of(Routing::Uniform);
  const Gate gate(spec, 3);
  CHECK(std::ranges::all_of(gate.loads(), [](double load) { return load == Approx(1); }));
  const std::uint32_t tokens = 100'000;
  const double expected = tokens * 8.0 / 256;
  // Five standard deviations of a binomial count.
  for (const std::uint32_t count : counts(gate, spec, 1, tokens))
    CHECK(std::abs(count - expected) < 5 * std::sqrt(expected));
}

TEST_CASE("the experts of a token are distinct")
{
  const Routing routing = GENERATE(Routing::Balanced, Routing::Uniform, Routing::Skewed, Routing::Measured);
  const std::uint32_t experts = GENERATE(8U, 9U, 256U);
  const GateSpec spec = spec_of(routing, experts);
  const Gate gate(spec, 1);
  RandomStream random(9, "gate");
  std::vector<std::uint32_t> chosen(8);
  for (std::uint32_t token = 0; token < 500; ++token) {
    gate.choose({token % 4, 4, token}, random, chosen);
    REQUIRE(std::set<std::uint32_t>(chosen.begin(), chosen.end()).size() == 8);
    REQUIRE(*std::ranges::max_element(chosen) < experts);
  }
}

TEST_CASE("skewed loads are log-normal with mean one")
{
  const GateSpec spec = spec_of(Routing::Skewed, 4096);
  const Gate gate(spec, 0);
  CHECK(mean(gate.loads()) == Approx(1));
  std::vector<double> logs;
  for (const double load : gate.loads())
    logs.push_back(std::log(load));
  const double centre = mean(logs);
  for (double& value : logs)
    value = (value - centre) * (value - centre);
  CHECK(std::sqrt(mean(logs)) == Approx(0.65).epsilon(0.05));
}

TEST_CASE("measured loads follow the profile in another order in every layer")
{
  const GateSpec spec = spec_of(Routing::Measured);
  std::vector<double> loads = Gate(spec, 0).loads();
  CHECK(loads != Gate(spec, 1).loads());
  CHECK(mean(loads) == Approx(1));
  std::ranges::sort(loads, std::greater{});
  // The profile's own mean is not quite one between its points.
  CHECK(loads.at(0) == Approx(5.564).epsilon(0.05));
  CHECK(loads.at(15) == Approx(2.313).epsilon(0.05));
  CHECK(loads.at(255) == Approx(0.178).epsilon(0.05));
}

TEST_CASE("experts are chosen in proportion to their loads where one is no hindrance to another")
{
  const Routing routing = GENERATE(Routing::Skewed, Routing::Measured);
  const GateSpec spec = spec_of(routing, 256, 1);
  const Gate gate(spec, 0);
  const std::uint32_t tokens = 400'000;
  const auto loads = counts(gate, spec, 1, tokens);
  for (std::uint32_t expert = 0; expert < 256; ++expert) {
    const double expected = gate.loads().at(expert) * tokens / 256;
    CHECK(std::abs(loads.at(expert) - expected) < 5 * std::sqrt(expected) + 1);
  }
}

TEST_CASE("hot experts stay hot and layers differ")
{
  const GateSpec spec = spec_of(Routing::Skewed);
  CHECK(Gate(spec, 4).loads() == Gate(spec, 4).loads());
  CHECK(Gate(spec, 4).loads() != Gate(spec, 5).loads());
  GateSpec other = spec;
  other.seed = 2;
  CHECK(Gate(spec, 4).loads() != Gate(other, 4).loads());
}

TEST_CASE("equal seeds draw equal experts")
{
  const Gate gate(spec_of(Routing::Measured), 0);
  CHECK(draws(gate, 1) == draws(gate, 1));
  CHECK(draws(gate, 1) != draws(gate, 2));
}

TEST_CASE("a gate that cannot choose is refused")
{
  CHECK_THROWS_AS(Gate(spec_of(Routing::Uniform, 7, 8), 0), SimulationError);
  CHECK_THROWS_AS(Gate(spec_of(Routing::Uniform, 8, 0), 0), SimulationError);
  GateSpec without_profile = spec_of(Routing::Measured);
  without_profile.profile.clear();
  CHECK_THROWS_AS(Gate(without_profile, 0), SimulationError);
}

TEST_CASE("replayed counts are chosen with exactly their shares")
{
  // The first expert is in every token's choice, the last in none.
  const auto recorded = std::make_shared<const ExpertCounts>(
      ExpertCounts{.layers = 2, .experts = 6, .counts = {1, 1, 1, 1, 1, 1, 100, 80, 60, 40, 20, 0}});
  GateSpec spec = spec_of(Routing::Replayed, 6, 3);
  spec.counts = recorded;
  const Gate gate(spec, 4, 1);
  CHECK(gate.loads().front() == Approx(2));
  const std::uint32_t tokens = 100'000;
  const auto loads = counts(gate, spec, 1, tokens);
  CHECK(loads[0] == tokens);
  CHECK(loads[5] == 0);
  for (const std::uint32_t expert : {1U, 2U, 3U, 4U}) {
    const double share = static_cast<double>(recorded->layer(1)[expert]) / 100;
    CHECK(std::abs(loads[expert] - share * tokens) < 5 * std::sqrt(tokens * share * (1 - share)));
  }
}

TEST_CASE("the experts of a replayed token are distinct")
{
  GateSpec spec = spec_of(Routing::Replayed, 6, 3);
  spec.counts =
      std::make_shared<const ExpertCounts>(ExpertCounts{.layers = 1, .experts = 6, .counts = {1, 7, 7, 3, 2, 1}});
  const Gate gate(spec, 0);
  RandomStream random(3, "gate");
  std::vector<std::uint32_t> chosen(3);
  for (std::uint32_t token = 0; token < 2000; ++token) {
    gate.choose({0, 1, token}, random, chosen);
    REQUIRE(std::set<std::uint32_t>(chosen.begin(), chosen.end()).size() == 3);
  }
}

TEST_CASE("a trace gives every token the experts of its row")
{
  GateSpec spec = spec_of(Routing::Trace, 4, 2);
  spec.trace = std::make_shared<const TokenTrace>(
      TokenTrace{.tokens = 3, .layers = 2, .experts = 4, .top_k = 2, .chosen = {0, 1, 2, 3, 1, 0, 3, 1, 2, 0, 0, 3}});
  const Gate gate(spec, 9, 1);
  CHECK(gate.loads() == std::vector<double>{4 / 6.0, 4 / 6.0, 4 / 6.0, 2});
  RandomStream random(1, "gate");
  std::vector<std::uint32_t> chosen(2);
  gate.choose({.trace_row = 1}, random, chosen);
  CHECK(chosen == std::vector<std::uint32_t>{3, 1});
}

TEST_CASE("a walk over a trace keeps a request's tokens together and joins both ends")
{
  // Ten rows, two requests of two tokens each, five rows apart, three rows into the text.
  const TraceWalk apart{.first = 3, .together = 2, .requests = 2};
  CHECK(apart.row(0, 10) == 3);
  CHECK(apart.row(1, 10) == 4);
  CHECK(apart.row(2, 10) == 8);
  CHECK(apart.row(3, 10) == 9);
  const TraceWalk in_order{};
  CHECK(in_order.row(7, 10) == 7);
  CHECK(in_order.row(12, 10) == 2);
}
