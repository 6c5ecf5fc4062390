#include "workloads/exchanges/token_routing.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace cm;
using namespace cm::workloads;
using cm::sim::RandomStream;
using models::Gate;
using models::Placement;
using models::PlacementRule;
using models::Routing;

namespace {

constexpr models::SlotSpec Published{.ranks = 320, .routed = 256, .redundant = 32, .shared_copies = 32};

struct Case {
  Gate gate;
  Placement placement;

  Case(Routing routing, const models::SlotSpec& slots)
      : gate({.routing = routing, .experts = slots.routed, .top_k = 8, .sigma = 0.7, .profile = {}}, 0),
        placement(slots, PlacementRule::Balanced, gate.loads())
  {
  }

  [[nodiscard]] ExchangeTraffic route(SharedMessages shared, const std::vector<std::uint32_t>& tokens,
                                      std::uint64_t seed = 1, std::uint32_t expert_lanes = 0) const
  {
    ExchangeTraffic traffic;
    RandomStream random(seed, "gate");
    route_tokens({.gate = gate, .placement = placement, .shared = shared, .top_k = 8, .expert_lanes = expert_lanes},
                 tokens, random, traffic);
    return traffic;
  }
};

std::uint32_t row_sum(const ExchangeTraffic& traffic, std::uint32_t source)
{
  std::uint32_t sum = 0;
  for (std::uint32_t destination = 0; destination < traffic.ranks; ++destination)
    sum += traffic.counts.at(source * traffic.ranks + destination);
  return sum;
}

std::uint32_t column_sum(const ExchangeTraffic& traffic, std::uint32_t destination)
{
  std::uint32_t sum = 0;
  for (std::uint32_t source = 0; source < traffic.ranks; ++source)
    sum += traffic.counts.at(source * traffic.ranks + destination);
  return sum;
}

}  // namespace

TEST_CASE("rows and columns of the counts add up to what is sent and received")
{
  const Routing routing = GENERATE(Routing::Balanced, Routing::Uniform, Routing::Skewed);
  const SharedMessages shared = GENERATE(SharedMessages::None, SharedMessages::Nearest, SharedMessages::Anywhere);
  const Case one(routing, Published);
  // Batches of different sizes, one of them empty.
  std::vector<std::uint32_t> tokens(320);
  for (std::uint32_t rank = 0; rank < 320; ++rank)
    tokens[rank] = rank % 7;
  const ExchangeTraffic traffic = one.route(shared, tokens);
  const std::uint32_t messages = shared == SharedMessages::None ? 8 : 9;
  std::uint64_t sent = 0;
  for (std::uint32_t rank = 0; rank < 320; ++rank) {
    REQUIRE(traffic.destinations.at(rank).size() == tokens[rank] * messages);
    REQUIRE(row_sum(traffic, rank) == tokens[rank] * messages);
    REQUIRE(column_sum(traffic, rank) == traffic.received.at(rank));
    REQUIRE(traffic.received_routed.at(rank) <= traffic.received.at(rank));
    sent += tokens[rank];
  }
  CHECK(std::accumulate(traffic.received.begin(), traffic.received.end(), std::uint64_t{0}) == sent * messages);
  CHECK(std::accumulate(traffic.received_routed.begin(), traffic.received_routed.end(), std::uint64_t{0}) == sent * 8);
}

TEST_CASE("counts say the same as the destinations")
{
  const Case one(Routing::Uniform, {.ranks = 32, .routed = 256});
  const ExchangeTraffic traffic = one.route(SharedMessages::Anywhere, std::vector<std::uint32_t>(32, 20));
  for (std::uint32_t source = 0; source < 32; ++source)
    for (std::uint32_t destination = 0; destination < 32; ++destination)
      REQUIRE(std::ranges::count(traffic.destinations[source], destination) ==
              traffic.counts.at(source * 32 + destination));
}

TEST_CASE("a balanced gate on one expert a rank gives every rank the same")
{
  const Case one(Routing::Balanced, {.ranks = 256, .routed = 256});
  const ExchangeTraffic traffic = one.route(SharedMessages::None, std::vector<std::uint32_t>(256, 96));
  CHECK(std::ranges::all_of(traffic.received, [](auto received) { return received == 96 * 8; }));
}

TEST_CASE("a shared copy near by serves ten ranks at EP320")
{
  const Case one(Routing::Uniform, Published);
  const ExchangeTraffic traffic = one.route(SharedMessages::Nearest, std::vector<std::uint32_t>(320, 12));
  for (std::uint32_t rank = 0; rank < 320; ++rank) {
    const std::uint32_t shared = traffic.received[rank] - traffic.received_routed[rank];
    REQUIRE(shared == (rank % 10 == 0 ? 10U * 12 : 0U));
    REQUIRE(traffic.destinations[rank].at(8) == rank / 10 * 10);
  }
}

TEST_CASE("shared messages to anywhere reach every rank about equally")
{
  const Case one(Routing::Uniform, {.ranks = 32, .routed = 256});
  const ExchangeTraffic traffic = one.route(SharedMessages::Anywhere, std::vector<std::uint32_t>(32, 1000));
  for (std::uint32_t rank = 0; rank < 32; ++rank) {
    const std::uint32_t shared = traffic.received[rank] - traffic.received_routed[rank];
    CHECK(shared > 1000 - 160);
    CHECK(shared < 1000 + 160);
  }
}

TEST_CASE("copies of an expert take turns")
{
  const Case one(Routing::Skewed, Published);
  std::uint32_t hottest = 0;
  for (std::uint32_t expert = 0; expert < 256; ++expert)
    if (one.placement.copies(expert).size() > one.placement.copies(hottest).size())
      hottest = expert;
  const auto& copies = one.placement.copies(hottest);
  REQUIRE(copies.size() > 1);
  const ExchangeTraffic traffic = one.route(SharedMessages::None, std::vector<std::uint32_t>(320, 96));
  const auto [least, most] = std::ranges::minmax(copies, {}, [&](auto rank) { return traffic.received[rank]; });
  CHECK(traffic.received[most] < 1.3 * traffic.received[least]);
}

TEST_CASE("equal streams give equal traffic")
{
  const Case one(Routing::Uniform, {.ranks = 32, .routed = 256});
  const std::vector<std::uint32_t> tokens(32, 50);
  CHECK(one.route(SharedMessages::Anywhere, tokens).destinations ==
        one.route(SharedMessages::Anywhere, tokens).destinations);
  CHECK(one.route(SharedMessages::Anywhere, tokens).destinations !=
        one.route(SharedMessages::Anywhere, tokens, 2).destinations);
}

TEST_CASE("rows take the lane of their expert's number, copies that of what they are copies of")
{
  const Case one(Routing::Skewed, Published);
  const std::vector<std::uint32_t> tokens(320, 5);
  const ExchangeTraffic sprayed = one.route(SharedMessages::Nearest, tokens);
  const ExchangeTraffic traffic = one.route(SharedMessages::Nearest, tokens, 1, 7);
  CHECK(sprayed.lanes.empty());
  CHECK(traffic.destinations == sprayed.destinations);
  // [rank]: the lanes of the experts that it holds; a rank has one slot.
  std::vector<std::uint32_t> lane_of(320, 256 % 7);
  for (std::uint32_t expert = 0; expert < 256; ++expert)
    for (const std::uint32_t rank : one.placement.copies(expert))
      lane_of.at(rank) = expert % 7;
  for (std::uint32_t source = 0; source < 320; ++source) {
    REQUIRE(traffic.lanes[source].size() == traffic.destinations[source].size());
    for (std::size_t row = 0; row < traffic.lanes[source].size(); ++row)
      REQUIRE(traffic.lanes[source][row] == lane_of[traffic.destinations[source][row]]);
    for (std::uint32_t destination = 0; destination < 320; ++destination)
      for (std::uint32_t lane = 0; lane < 7; ++lane)
        REQUIRE(traffic.rows(source, destination, lane) ==
                (lane == lane_of[destination] ? sprayed.rows(source, destination, 0) : 0));
  }
}
