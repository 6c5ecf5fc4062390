#include "models/experts/recorded_routing.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace cm::models;

namespace {

// Three tokens choose two of four experts in each of two layers.
TokenTrace small_trace()
{
  return {.tokens = 3, .layers = 2, .experts = 4, .top_k = 2, .chosen = {0, 1, 2, 3, 1, 2, 3, 0, 1, 3, 0, 2}};
}

std::vector<std::uint64_t> rows(const TraceWalk& walk, std::uint64_t tokens, std::uint64_t count)
{
  std::vector<std::uint64_t> all;
  for (std::uint64_t number = 0; number < count; ++number)
    all.push_back(walk.row(number, tokens));
  return all;
}

}  // namespace

TEST_CASE("the choice of a token is that of its layer")
{
  const TokenTrace trace = small_trace();
  CHECK(std::ranges::equal(trace.row(0, 1), std::vector<std::uint8_t>{2, 3}));
  CHECK(std::ranges::equal(trace.row(2, 0), std::vector<std::uint8_t>{1, 3}));
  CHECK(std::ranges::equal(trace.row(2, 1), std::vector<std::uint8_t>{0, 2}));
}

TEST_CASE("experts are counted over all tokens of one layer")
{
  CHECK(count_experts(small_trace(), 0) == std::vector<double>{1, 3, 1, 1});
  CHECK(count_experts(small_trace(), 1) == std::vector<double>{2, 0, 2, 2});
}

TEST_CASE("counts are taken apart by layer")
{
  const ExpertCounts counts{.layers = 2, .experts = 3, .counts = {1, 2, 3, 4, 5, 6}};
  CHECK(std::ranges::equal(counts.layer(1), std::vector<std::uint64_t>{4, 5, 6}));
}

TEST_CASE("requests that follow each other take the trace row by row and begin again at its end")
{
  CHECK(rows({.first = 2, .together = 3, .requests = 0}, 5, 7) == std::vector<std::uint64_t>{2, 3, 4, 0, 1, 2, 3});
}

TEST_CASE("requests in a known number start evenly spread over the trace")
{
  // Three requests of four tokens in a trace of ten start at rows 0, 3 and 6, two later for the whole walk.
  CHECK(rows({.first = 2, .together = 4, .requests = 3}, 10, 12) ==
        std::vector<std::uint64_t>{2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 0, 1});
}
