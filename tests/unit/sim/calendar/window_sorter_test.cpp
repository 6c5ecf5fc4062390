#include "sim/calendar/window_sorter.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace cm::sim;
using namespace cm::sim::calendar;

namespace {

constexpr std::int64_t Window = 3;
constexpr std::int64_t Start = Window << WindowSorter::WindowBits;
constexpr std::size_t Behind = 7;

std::vector<Event> random_events(std::uint32_t count, std::uint32_t times)
{
  RandomStream random(count, "window sorter", times);
  std::vector<Event> events;
  for (std::uint32_t i = 0; i < count; ++i)
    events.push_back({.time = Start + std::int64_t{random.below(times)} * (65'536 / times),
                      .subject = i,
                      .order = 1U << 31U | random.below(1U << 31U)});
  return events;
}

struct Outcome {
  WindowSorter::Sorted sorted;
  LargePageVector<Event> batch;
};

Outcome sort(const std::vector<Event>& events, bool with_ties)
{
  WindowLists lists;
  for (const Event& event : events)
    lists.append(Window, event);
  Outcome outcome;
  WindowSorter sorter;
  outcome.sorted = sorter.sort(lists, lists.take(Window), Start, with_ties, outcome.batch, Behind);
  return outcome;
}

}  // namespace

TEST_CASE("a window's events are sorted by time and equal ones stay as they were")
{
  const std::uint32_t count = GENERATE(1U, 2U, 31U, 32U, 500U, 5000U);
  const std::uint32_t times = GENERATE(1U, 16U, 65'536U);
  std::vector<Event> events = random_events(count, times);
  const Outcome outcome = sort(events, false);
  CHECK(outcome.sorted.count == count);
  CHECK_FALSE(outcome.sorted.ties_are_rough);
  REQUIRE(outcome.batch.size() >= count + Behind);
  std::ranges::stable_sort(events, {}, &Event::time);
  for (std::uint32_t i = 0; i < count; ++i)
    REQUIRE(outcome.batch[i].subject == events[i].subject);
}

TEST_CASE("an empty window is no work")
{
  CHECK(sort({}, true).sorted.count == 0);
}

TEST_CASE("where many ties are expected they are sorted by the bits behind the first one of their order")
{
  const std::uint32_t count = GENERATE(128U, 129U, 3000U);
  std::vector<Event> events = random_events(count, 8);
  const Outcome outcome = sort(events, true);
  CHECK(outcome.sorted.ties_are_rough == (count > 128));
  const auto lead = [](const Event& event) { return event.order >> 21U & 1023U; };
  std::ranges::stable_sort(events, [&](const Event& a, const Event& b) {
    if (a.time != b.time || count == 128)
      return a.time < b.time;
    return lead(a) < lead(b);
  });
  for (std::uint32_t i = 0; i < count; ++i)
    REQUIRE(outcome.batch[i].subject == events[i].subject);
}
