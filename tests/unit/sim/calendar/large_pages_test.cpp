#include "sim/calendar/large_pages.h"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace cm::sim::calendar;

TEST_CASE("a vector on large pages begins at one, and keeps its contents when it grows")
{
  LargePageVector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < 1'000'000; ++i)
    numbers.push_back(i);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the address is what is looked at.
  CHECK(reinterpret_cast<std::uintptr_t>(numbers.data()) % (std::uintptr_t{1} << 21U) == 0);
  CHECK(numbers.front() == 0);
  CHECK(numbers.back() == 999'999);
  const LargePageVector<std::uint32_t> copy = numbers;
  CHECK(copy == numbers);
  CHECK(copy.data() != numbers.data());
}
