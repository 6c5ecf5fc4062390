#include "sim/calendar/far_events.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

using namespace cm::sim::calendar;

TEST_CASE("far events leave by time, equal ones as they were inserted, whatever their order")
{
  FarEvents events;
  CHECK(events.empty());
  events.insert({.time = 9, .subject = 0, .order = 1});
  events.insert({.time = 5, .subject = 1, .order = 8});
  events.insert({.time = 9, .subject = 2, .order = 0});
  events.insert({.time = 5, .subject = 3, .order = 7});
  events.insert({.time = 7, .subject = 4});
  std::vector<std::uint32_t> subjects;
  for (; !events.empty(); events.pop())
    subjects.push_back(events.head().subject);
  CHECK(subjects == std::vector<std::uint32_t>{1, 3, 4, 0, 2});
}
