#include "sim/calendar/calendar.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

using namespace cm::sim;
using calendar::Calendar;
using calendar::Event;

namespace {

constexpr std::int64_t Window = std::int64_t{1} << 16U;
constexpr std::int64_t BeyondTheRing = Window << 14U;

void add(Calendar& calendar, std::int64_t time, std::uint32_t number)
{
  calendar.insert({.time = time, .subject = number});
}

std::pair<std::int64_t, std::uint32_t> take(Calendar& calendar)
{
  REQUIRE(calendar.next() != nullptr);
  const Event event = calendar.take();
  return {event.time, event.subject};
}

std::vector<std::uint32_t> rest(Calendar& calendar)
{
  std::vector<std::uint32_t> numbers;
  while (calendar.next() != nullptr)
    numbers.push_back(take(calendar).second);
  return numbers;
}

using Numbers = std::vector<std::uint32_t>;

// Mostly near, sometimes far: from the same picosecond to seconds ahead.
std::int64_t random_delay(RandomStream& random)
{
  switch (random.below(4)) {
  case 0: return random.below(4);
  case 1: return random.below(3000);
  case 2: return std::llround(std::pow(10.0, 3 + 5 * random.uniform()));
  default: return std::llround(std::pow(10.0, 3 + 9 * random.uniform()));
  }
}

}  // namespace

TEST_CASE("an empty calendar has no next event")
{
  Calendar calendar;
  CHECK(calendar.next() == nullptr);
  add(calendar, 5, 0);
  CHECK(take(calendar).first == 5);
  CHECK(calendar.next() == nullptr);
}

TEST_CASE("events leave by time and not by insertion")
{
  Calendar calendar;
  add(calendar, 300, 3);
  add(calendar, 100, 1);
  add(calendar, 200, 2);
  add(calendar, 0, 0);
  CHECK(rest(calendar) == Numbers{0, 1, 2, 3});
}

TEST_CASE("events one picosecond apart stay apart")
{
  Calendar calendar;
  // Across the border of a bucket, of a window, and of the ring.
  for (const std::int64_t border : {std::int64_t{128}, Window, BeyondTheRing}) {
    add(calendar, border + 1, 2);
    add(calendar, border, 1);
    add(calendar, border - 1, 0);
    CHECK(rest(calendar) == Numbers{0, 1, 2});
  }
}

TEST_CASE("events of one time leave in the order of their insertion")
{
  Calendar calendar;
  for (const std::int64_t time : {std::int64_t{7}, 3 * Window + 7, 2 * BeyondTheRing + 7}) {
    for (std::uint32_t number = 0; number < 50; ++number)
      add(calendar, time, number);
    Numbers expected;
    for (std::uint32_t number = 0; number < 50; ++number)
      expected.push_back(number);
    CHECK(rest(calendar) == expected);
  }
}

TEST_CASE("events of one time leave by their order, and those of one order by insertion")
{
  Calendar calendar;
  // The last three come while the window runs and its tie has been sorted.
  calendar.insert({.time = 2 * Window, .subject = 4, .order = 7});
  calendar.insert({.time = 2 * Window, .subject = 1, .order = 3});
  REQUIRE(calendar.next()->subject == 1);
  calendar.insert({.time = 2 * Window, .subject = 3, .order = 5});
  calendar.insert({.time = 2 * Window, .subject = 2, .order = 3});
  calendar.insert({.time = 2 * Window, .subject = 0, .order = 0});
  CHECK(rest(calendar) == Numbers{0, 1, 2, 3, 4});
}

TEST_CASE("windows full of ties are emptied in order")
{
  Calendar calendar;
  RandomStream random(1, "ties");
  // (time, order) to the numbers in order of insertion.
  std::multimap<std::pair<std::int64_t, std::uint32_t>, std::uint32_t> model;
  std::uint32_t number = 0;
  for (std::int64_t window = 1; window <= 12; ++window)
    for (int event = 0; event < 700; ++event) {
      const std::int64_t time = window * Window + 1000 * random.below(5);
      // Half of them as packets have it: a source, then few running numbers.
      const std::uint32_t order =
          random.below(2) == 0 ? random.below(5) : 1U << 31U | random.below(320) << 22U | random.below(3);
      calendar.insert({.time = time, .subject = number, .order = order});
      model.emplace(std::pair(time, order), number++);
    }
  Numbers expected;
  for (const auto& [key, event] : model)
    expected.push_back(event);
  CHECK(rest(calendar) == expected);
}

TEST_CASE("windows with any number of events are emptied in order, whatever storage they reuse")
{
  Calendar calendar;
  std::int64_t window = 1;
  // Freed storage is taken again last in, first out: each round lays its lists out in another order.
  for (int round = 0; round < 4; ++round)
    for (std::uint32_t events = 1; events <= 130; ++events, window += 3) {
      for (std::uint32_t number = 0; number < events; ++number) {
        add(calendar, window * Window + number * 37 % 101, number);
        add(calendar, (window + 1) * Window + number / 2, number);
      }
      Numbers first;
      for (std::uint32_t number = 0; number < events; ++number)
        first.push_back(number);
      const Numbers second = first;
      std::ranges::stable_sort(first, {}, [](std::uint32_t number) { return number * 37 % 101; });
      first.insert(first.end(), second.begin(), second.end());
      REQUIRE(rest(calendar) == first);
    }
}

TEST_CASE("a tie between an event from afar and a younger one is won by the older")
{
  Calendar calendar;
  const std::int64_t time = BeyondTheRing + 5 * Window;
  add(calendar, time, 10);       // waits in the heap
  add(calendar, 6 * Window, 1);  // once this has left, the ring reaches the window of `time`
  CHECK(take(calendar).second == 1);
  add(calendar, time, 11);          // into the list
  add(calendar, time - Window, 2);  // once this has left, `time` lies in the next window
  CHECK(take(calendar).second == 2);
  add(calendar, time, 12);
  add(calendar, time - 1, 3);
  CHECK(take(calendar).second == 3);
  add(calendar, time, 13);  // beside the batch
  CHECK(rest(calendar) == Numbers{10, 11, 12, 13});
}

TEST_CASE("an event may be put before the next one that was looked at")
{
  Calendar calendar;
  for (const std::int64_t peeked : {std::int64_t{100'000}, 10 * Window, 12 * BeyondTheRing}) {
    add(calendar, peeked, 4);
    REQUIRE(calendar.next() != nullptr);
    add(calendar, peeked - 1, 3);
    add(calendar, peeked / 2, 1);
    add(calendar, peeked / 2, 2);
    add(calendar, peeked / 2 - 1, 0);
    add(calendar, peeked + 1, 5);
    CHECK(rest(calendar) == Numbers{0, 1, 2, 3, 4, 5});
  }
}

TEST_CASE("an event can be put back under another time")
{
  Calendar calendar;
  add(calendar, 10, 0);
  add(calendar, 20, 1);
  Event event = calendar.take();
  event.time = 20;
  calendar.insert(event);
  CHECK(rest(calendar) == Numbers{1, 0});
}

TEST_CASE("the calendar agrees with a sorted multimap on random insertions and removals")
{
  const std::uint64_t seed = GENERATE(range(1U, 7U));
  INFO("seed " << seed);
  RandomStream random(seed, "calendar");
  Calendar calendar;
  // By (time, order); equal keys of a multimap stay in the order of their insertion.
  std::multimap<std::pair<std::int64_t, std::uint32_t>, std::uint32_t> model;
  std::int64_t now = 0;
  std::uint32_t number = 0;
  const auto check_and_drop_first = [&](const Event& event) {
    REQUIRE(std::pair(event.time, event.order) == model.begin()->first);
    REQUIRE(event.subject == model.begin()->second);
    now = event.time;
    model.erase(model.begin());
  };
  for (int step = 0; step < 40'000; ++step) {
    // Full phases and phases in which it runs dry.
    const bool grows = step / 5'000 % 2 == 0;
    if (model.empty() || random.below(100) < (grows ? 65U : 45U)) {
      const std::pair key(now + random_delay(random), random.below(3));
      calendar.insert({.time = key.first, .subject = number, .order = key.second});
      model.emplace(key, number++);
      continue;
    }
    switch (random.below(4)) {
    case 0: REQUIRE(calendar.next()->time == model.begin()->first.first); break;
    case 1: {
      int left = static_cast<int>(random.below(5));
      calendar.take_while(Calendar::Never - 1, [&](const Event& event, const Event& /*upcoming*/) {
        if (left-- == 0)
          return false;
        check_and_drop_first(event);
        return true;
      });
      break;
    }
    default: check_and_drop_first(calendar.take());
    }
  }
  while (!model.empty())
    check_and_drop_first(calendar.take());
  CHECK(calendar.next() == nullptr);
}
