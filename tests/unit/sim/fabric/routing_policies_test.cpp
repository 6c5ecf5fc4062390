#include "sim/diagnostics/errors.h"
#include "sim/fabric/packet_flow.h"
#include "sim/fabric/routing_policies.h"

#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <string_view>

using namespace cm;
using namespace cm::sim::fabric;

namespace {

constexpr std::uint32_t Lanes = 7;

Flow flow_of(EndpointIndex source, std::uint16_t pointer)
{
  Flow flow;
  flow.source = source;
  flow.next_lane = pointer;
  return flow;
}

std::uint32_t next_lane(LaneChoice choice, Flow& flow, EndpointIndex destination)
{
  return policy_of(choice).rule(flow, destination, Lanes);
}

}  // namespace

TEST_CASE("every lane policy is a row with a name and a sentence of its own")
{
  std::set<std::string_view> names;
  std::set<std::string_view> sentences;
  for (const LanePolicy& policy : lane_policies()) {
    CHECK(names.insert(policy.name).second);
    CHECK(sentences.insert(policy.sentence).second);
    CHECK(&policy_of(policy.choice) == &policy);
  }
  CHECK(policy_of(LaneChoice::Hash).name == "hash");
  CHECK_THROWS_AS(policy_of(static_cast<LaneChoice>(lane_policies().size())), SimulationError);
}

TEST_CASE("sprayed packets take the lanes in turn")
{
  Flow flow = flow_of(3, 5);
  CHECK(next_lane(LaneChoice::Spray, flow, 9) == 5);
  CHECK(next_lane(LaneChoice::Spray, flow, 9) == 6);
  CHECK(next_lane(LaneChoice::Spray, flow, 9) == 0);
  CHECK(flow.next_lane == 1);
}

TEST_CASE("lanes by pair or receiver leave the spray pointer alone")
{
  Flow flow = flow_of(3, 5);
  CHECK(next_lane(LaneChoice::Hash, flow, 9) == 6);
  CHECK(next_lane(LaneChoice::Hash, flow, 9) == 6);
  CHECK(next_lane(LaneChoice::ByDestination, flow, 9) == 2);
  CHECK(next_lane(LaneChoice::ByDestination, flow, 14) == 0);
  CHECK(flow.next_lane == 5);
}

TEST_CASE("messages go on the lanes that they name, and those of a flow that names none in turn")
{
  Flow flow = flow_of(3, 5);
  flow.lanes = {4, 1};
  CHECK(next_lane(LaneChoice::ByMessage, flow, 9) == 4);
  CHECK(next_lane(LaneChoice::ByMessage, flow, 9) == 4);
  flow.next_message = 1;
  CHECK(next_lane(LaneChoice::ByMessage, flow, 9) == 1);
  CHECK(flow.next_lane == 5);
  flow.lanes.clear();
  CHECK(next_lane(LaneChoice::ByMessage, flow, 9) == 5);
  CHECK(flow.next_lane == 6);
}

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
