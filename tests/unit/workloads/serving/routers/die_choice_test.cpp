#include "workloads/serving/routers/die_choice.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

// Dies with 4 places and 100 B, for a request of 30 B.
std::optional<std::uint32_t> chosen(const std::vector<DieLoad>& dies, const std::vector<std::int64_t>& sending)
{
  return choose_die({.dies = dies,
                     .room = {.places = 4, .memory = Bytes(100)},
                     .needed = Bytes(30),
                     .sending = [&](std::uint32_t die) { return sending.at(die); }});
}

}  // namespace

TEST_CASE("the die with the fewest requests is chosen, whatever its source and its memory")
{
  CHECK(chosen({{2, Bytes(0)}, {1, Bytes(70)}, {3, Bytes(0)}}, {0, 9, 0}) == 1);
}

TEST_CASE(
    "of dies with as few requests, the one whose source sends least, then the one with most memory, then the first")
{
  CHECK(chosen({{1, Bytes(0)}, {1, Bytes(70)}, {1, Bytes(0)}}, {2, 1, 2}) == 1);
  CHECK(chosen({{1, Bytes(50)}, {1, Bytes(40)}, {1, Bytes(45)}}, {2, 2, 2}) == 1);
  CHECK(chosen({{1, Bytes(50)}, {1, Bytes(40)}, {1, Bytes(40)}}, {2, 2, 2}) == 1);
}

TEST_CASE("a die without a place, or with less memory than the request needs, is not chosen")
{
  CHECK(chosen({{0, Bytes(71)}, {4, Bytes(0)}, {3, Bytes(70)}}, {0, 0, 0}) == 2);
  CHECK_FALSE(chosen({{0, Bytes(71)}, {4, Bytes(0)}}, {0, 0}).has_value());
}
