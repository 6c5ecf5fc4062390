#include "sim/fabric/switched/turn.h"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <vector>

using cm::sim::fabric::Turn;

namespace {

std::vector<std::uint32_t> choices(std::uint32_t number, const std::vector<std::uint32_t>& ways)
{
  Turn turn{number};
  std::vector<std::uint32_t> taken;
  for (const std::uint32_t each : ways)
    taken.push_back(turn.take(each));
  return taken;
}

}  // namespace

TEST_CASE("packets in a row take all combinations of ways before they repeat one")
{
  for (const auto& ways :
       std::vector<std::vector<std::uint32_t>>{{4}, {4, 8}, {8, 4}, {6, 4, 9}, {2, 2, 2}, {3, 1, 3}}) {
    std::uint32_t all = 1;
    for (const std::uint32_t each : ways)
      all *= each;
    std::set<std::vector<std::uint32_t>> seen;
    for (std::uint32_t number = 0; number < all; ++number)
      seen.insert(choices(7 + number, ways));
    CHECK(seen.size() == all);
  }
}

TEST_CASE("packets in a row spread over the ways of every choice at once")
{
  for (std::size_t place = 0; place < 3; ++place) {
    std::map<std::uint32_t, int> packets;
    for (std::uint32_t number = 0; number < 16; ++number)
      ++packets[choices(number, {8, 8, 8}).at(place)];
    CHECK(packets.size() == 8);
    for (const auto& [way, count] : packets)
      CHECK(count == 2);
  }
}

TEST_CASE("a choice among more combinations than there are numbers still is one of its ways")
{
  Turn turn{4'000'000'000};
  for (int step = 0; step < 12; ++step)
    CHECK(turn.take(4096) < 4096);
}
