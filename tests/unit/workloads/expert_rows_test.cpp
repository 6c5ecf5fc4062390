#include "workloads/prefill/expert_rows.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace cm;
using namespace cm::workloads;

namespace {

ExpertRows rows_of(models::Routing routing, std::uint32_t redundant, const std::vector<std::int64_t>& tokens,
                   std::uint32_t expert_lanes = 0)
{
  const models::Gate gate({.routing = routing, .experts = 256, .top_k = 8, .sigma = 1.0, .profile = {}}, 3);
  const models::Placement placement(
      {.ranks = static_cast<std::uint32_t>(tokens.size()), .routed = 256, .redundant = redundant},
      models::PlacementRule::Balanced, gate.loads());
  sim::RandomStream random(1, "gate");
  return draw_rows(gate, placement, 8, tokens, random, expert_lanes);
}

std::int64_t sum(const std::vector<std::int64_t>& values)
{
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

}  // namespace

TEST_CASE("every token sends its rows, and what is sent is received")
{
  const auto routing = GENERATE(models::Routing::Balanced, models::Routing::Uniform, models::Routing::Skewed);
  const std::uint32_t redundant = GENERATE(0U, 32U);
  std::vector<std::int64_t> tokens(32, 100);
  tokens[7] = 0;
  tokens[8] = 301;
  const ExpertRows rows = rows_of(routing, redundant, tokens);
  for (std::size_t rank = 0; rank < 32; ++rank) {
    CHECK(rows.sent[rank] == 8 * tokens[rank]);
    const auto first = rows.rows.begin() + static_cast<std::ptrdiff_t>(32 * rank);
    CHECK(std::accumulate(first, first + 32, std::int64_t{0}) == rows.sent[rank]);
  }
  CHECK(sum(rows.received) == sum(rows.sent));
}

TEST_CASE("balanced experts give every rank the same, with and without redundant copies")
{
  const std::uint32_t redundant = GENERATE(0U, 32U);
  const ExpertRows rows = rows_of(models::Routing::Balanced, redundant, std::vector<std::int64_t>(32, 4096));
  CHECK(std::ranges::min(rows.received) == 32768);
  CHECK(std::ranges::max(rows.received) == 32768);
}

TEST_CASE("skewed experts load some ranks more than others")
{
  const ExpertRows rows = rows_of(models::Routing::Skewed, 0, std::vector<std::int64_t>(64, 512));
  CHECK(5 * 64 * std::ranges::max(rows.received) > 6 * sum(rows.received));
}

TEST_CASE("rows by lane add up to all rows, there and back")
{
  const std::vector<std::int64_t> tokens(64, 100);
  const ExpertRows rows = rows_of(models::Routing::Skewed, 0, tokens, 7);
  CHECK(rows.rows == rows_of(models::Routing::Skewed, 0, tokens).rows);
  CHECK(bytes_by_lane(rows_of(models::Routing::Skewed, 0, tokens), Bytes(2), false).empty());
  const auto there = bytes_by_lane(rows, Bytes(2), false);
  const auto back = bytes_by_lane(rows, Bytes(3), true);
  for (std::size_t source = 0; source < 64; ++source)
    for (std::size_t destination = 0; destination < 64; ++destination) {
      const std::size_t pair = source * 64 + destination;
      const std::size_t opposite = destination * 64 + source;
      std::int64_t sum = 0;
      std::int64_t used = 0;
      for (std::size_t lane = 0; lane < 7; ++lane) {
        sum += there[pair * 7 + lane];
        used += there[pair * 7 + lane] > 0 ? 1 : 0;
        REQUIRE(back[opposite * 7 + lane] == there[pair * 7 + lane] / 2 * 3);
      }
      REQUIRE(sum == 2 * rows.rows[pair]);
      // A rank of 64 has four of the 256 experts.
      REQUIRE(used <= 4);
    }
}
