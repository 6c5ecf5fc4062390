#include "sim/calendar/window_lists.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

using namespace cm::sim::calendar;

namespace {

void append(WindowLists& lists, std::int64_t window, std::uint32_t count)
{
  for (std::uint32_t i = 0; i < count; ++i)
    lists.append(window, {.subject = i});
}

struct Contents {
  std::vector<std::uint32_t> subjects;
  std::vector<std::uint32_t> chunks;  // events of each
};

Contents give_back(WindowLists& lists, WindowLists::Chain chain)
{
  Contents contents;
  lists.give_back(chain, [&](WindowLists::Place first, std::uint32_t count) {
    contents.chunks.push_back(count);
    for (std::uint32_t i = 0; i < count; ++i)
      contents.subjects.push_back(lists.events()[first + i].subject);
  });
  return contents;
}

}  // namespace

TEST_CASE("a list keeps the order of insertion over its chunks of 31 events")
{
  WindowLists lists;
  append(lists, 5, 70);
  append(lists, 6, 31);
  append(lists, 5, 1);
  const WindowLists::Chain chain = lists.take(5);
  CHECK_FALSE(chain.is_one_chunk());
  const Contents contents = give_back(lists, chain);
  CHECK(contents.chunks == std::vector<std::uint32_t>{31, 31, 9});
  REQUIRE(contents.subjects.size() == 71);
  for (std::uint32_t i = 0; i < 70; ++i)
    CHECK(contents.subjects[i] == i);
  CHECK(contents.subjects[70] == 0);
  CHECK(lists.take(5).empty());
  CHECK(lists.take(6).is_one_chunk());
}

TEST_CASE("a chunk that was given back is the next one to be used")
{
  WindowLists lists;
  append(lists, 1, 1);
  const WindowLists::Chain first = lists.take(1);
  append(lists, 2, 1);
  const WindowLists::Chain second = lists.take(2);
  CHECK(second.first != first.first);
  give_back(lists, first);
  give_back(lists, second);
  append(lists, 3, 32);
  const WindowLists::Chain both = lists.take(3);
  CHECK(both.first == second.first);
  CHECK(both.end == first.first + 2);
}

TEST_CASE("the next window with a list is found once around the ring")
{
  constexpr auto Round = static_cast<std::int64_t>(WindowLists::Windows);
  WindowLists lists;
  CHECK_FALSE(lists.next_window(0).has_value());
  append(lists, 70, 1);
  CHECK(lists.next_window(0) == 70);
  CHECK(lists.next_window(70) == 70);
  append(lists, 71 + Round - 2, 1);
  CHECK(lists.next_window(70) == 70);
  give_back(lists, lists.take(70));
  CHECK(lists.next_window(70) == 69 + Round);
  CHECK(lists.next_window(71) == 69 + Round);
  give_back(lists, lists.take(69 + Round));
  CHECK_FALSE(lists.next_window(71).has_value());
}

TEST_CASE("a pool that grows keeps the lists that it has")
{
  WindowLists lists;
  append(lists, 1, 40);
  append(lists, 2, 100'000);
  const Contents contents = give_back(lists, lists.take(1));
  REQUIRE(contents.subjects.size() == 40);
  CHECK(contents.subjects.back() == 39);
  CHECK(give_back(lists, lists.take(2)).subjects.size() == 100'000);
}
