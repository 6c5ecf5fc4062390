#include "sim/diagnostics/errors.h"
#include "sim/fabric/spine_policies.h"

#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <string_view>

using namespace cm;
using namespace cm::sim::fabric;

TEST_CASE("every spine policy is a row with a name and a sentence of its own")
{
  std::set<std::string_view> names;
  std::set<std::string_view> sentences;
  for (const SpinePolicy& policy : spine_policies()) {
    CHECK(names.insert(policy.name).second);
    CHECK(sentences.insert(policy.sentence).second);
    CHECK(&policy_of(policy.choice) == &policy);
  }
  CHECK(policy_of(SpineChoice::LeastQueue).name == "least-queue");
  CHECK_THROWS_AS(policy_of(static_cast<SpineChoice>(spine_policies().size())), SimulationError);
}

TEST_CASE("only hash chooses a spine at the source and only least-queue at the leaf")
{
  for (const SpinePolicy& policy : spine_policies()) {
    CHECK((policy.at_source != nullptr) == (policy.choice == SpineChoice::Hash));
    CHECK((policy.at_leaf != nullptr) == (policy.choice == SpineChoice::LeastQueue));
  }
}

TEST_CASE("the spine of a pair is another one than its lane where there are as many of both")
{
  CHECK(policy_of(SpineChoice::Hash).at_source(3, 9, 16) == 14);
  CHECK(policy_of(SpineChoice::Hash).at_source(3, 9, 7) == 4);  // its lane is 6
  CHECK(policy_of(SpineChoice::Hash).at_source(9, 3, 16) == 10);
}

TEST_CASE("the shortest queue wins, of equal ones the first")
{
  const auto shortest = policy_of(SpineChoice::LeastQueue).at_leaf;
  CHECK(shortest(std::array<std::int64_t, 4>{5, 2, 7, 2}) == 1);
  CHECK(shortest(std::array<std::int64_t, 3>{-9, -9, 0}) == 0);
  CHECK(shortest(std::array<std::int64_t, 1>{1}) == 0);
}
