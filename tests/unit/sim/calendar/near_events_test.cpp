#include "sim/calendar/near_events.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

using namespace cm::sim::calendar;

namespace {

std::vector<std::uint32_t> all(NearEvents& events)
{
  std::vector<std::uint32_t> numbers;
  for (; !events.empty(); events.pop())
    numbers.push_back(events.head().subject);
  return numbers;
}

}  // namespace

TEST_CASE("two events fit into a cache line")
{
  STATIC_REQUIRE(sizeof(Event) == 32);
}

TEST_CASE("events of the running window leave by time, then order, then insertion")
{
  NearEvents events;
  events.begin(1 << 16);
  const std::int64_t start = 1 << 16;
  events.insert({.time = start + 65'535, .subject = 0});
  events.insert({.time = start + 200, .subject = 1, .order = 5});
  events.insert({.time = start + 130, .subject = 2, .order = 9});
  events.insert({.time = start + 200, .subject = 3, .order = 4});
  events.insert({.time = start + 200, .subject = 4, .order = 5});
  events.insert({.time = start, .subject = 5});
  CHECK(events.time() == start);
  CHECK(all(events) == std::vector<std::uint32_t>{5, 2, 3, 1, 4, 0});
}

TEST_CASE("an event from before the window leaves first")
{
  NearEvents events;
  events.begin(2 << 16);
  events.insert({.time = 2 << 16, .subject = 0});
  events.insert({.time = 7, .subject = 1});
  CHECK(events.time() == 7);
  CHECK(all(events) == std::vector<std::uint32_t>{1, 0});
}

TEST_CASE("without events the next time is later than any and earlier than never")
{
  NearEvents events;
  events.begin(0);
  CHECK(events.empty());
  constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();
  CHECK(events.time() == Never - 1);
  events.insert({.time = 40'000});
  events.pop();
  CHECK(events.time() == Never - 1);
  events.insert({.time = 30'000, .subject = 6});
  CHECK(events.time() == 30'000);
  CHECK(all(events) == std::vector<std::uint32_t>{6});
}
