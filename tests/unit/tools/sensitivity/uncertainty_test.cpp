#include "tools/sensitivity/uncertainty.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm::tools;

namespace {

std::vector<UncertainNumber> two_numbers()
{
  UncertainNumber first{.path = "machine.a", .value = "1 us", .range = StatedRange{.low = 0, .high = 10, .unit = "us"}};
  UncertainNumber second{.path = "machine.b", .value = "1", .range = StatedRange{.low = 0, .high = 1, .unit = ""}};
  UncertainNumber without{.path = "machine.c", .value = "1", .range = std::nullopt};
  return {first, without, second};
}

std::vector<std::string> texts_of(const std::vector<std::vector<PlacedSetting>>& samples)
{
  std::vector<std::string> texts;
  for (const auto& sample : samples)
    for (const PlacedSetting& setting : sample)
      texts.push_back(setting.text);
  return texts;
}

}  // namespace

TEST_CASE("a hypercube takes every part of each range once")
{
  constexpr int Samples = 10;
  const auto settings = hypercube(two_numbers(), Samples, 1);
  REQUIRE(settings.size() == Samples);
  std::vector<int> parts;
  for (const auto& sample : settings) {
    REQUIRE(sample.size() == 2);
    CHECK(sample[1].text.starts_with("machine.b="));
    const std::string value = sample[0].text.substr(sample[0].text.find('=') + 1);
    parts.push_back(static_cast<int>(std::stod(value)));
  }
  std::ranges::sort(parts);
  CHECK(parts == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("equal seeds give equal samples and others others")
{
  CHECK(texts_of(hypercube(two_numbers(), 5, 7)) == texts_of(hypercube(two_numbers(), 5, 7)));
  CHECK(texts_of(hypercube(two_numbers(), 5, 7)) != texts_of(hypercube(two_numbers(), 5, 8)));
}
