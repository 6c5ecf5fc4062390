#include "models/kv_cache/context_cache.h"
#include "workloads/traces/generated_requests.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

using namespace cm;
using namespace cm::workloads;

namespace {

GeneratedRequestsSpec plain()
{
  return {.requests = 20000,
          .rate = 10,
          .burst_length = Seconds(5),
          .input = {.mean = 1000, .sigma = 0.8, .most = 32768},
          .output = {.mean = 200, .sigma = 0.5, .most = 4096}};
}

struct Gaps {
  double mean = 0;
  double variation = 0;
};

Gaps gaps_of(const GeneratedRequestsSpec& spec)
{
  const auto source = generate_requests(spec, 7);
  double before = 0;
  double sum = 0;
  double squares = 0;
  while (const auto request = source->next()) {
    const double gap = request->arrival.count() - before;
    before = request->arrival.count();
    sum += gap;
    squares += gap * gap;
  }
  const auto count = static_cast<double>(spec.requests);
  const double mean = sum / count;
  return {mean, std::sqrt(squares / count - mean * mean) / mean};
}

// Tokens that a cache of `blocks` blocks finds, over all tokens.
double hit_ratio(RequestSource& source, std::uint64_t blocks, std::int64_t block_tokens)
{
  models::ContextCache cache({.homes = {0}, .nodes_of_homes = {0}, .block = 9_MiB, .dram_blocks = blocks});
  std::int64_t tokens = 0;
  std::int64_t hits = 0;
  while (const auto request = source.next()) {
    tokens += request->input_tokens;
    cache.store(std::span(request->blocks).first(request->known_blocks));
    hits += std::min(request->input_tokens,
                     static_cast<std::int64_t>(cache.look_up(request->blocks).size()) * block_tokens);
    cache.store(request->blocks);
  }
  return static_cast<double>(hits) / static_cast<double>(tokens);
}

}  // namespace

TEST_CASE("arrivals have the rate and the burstiness that were asked for")
{
  GeneratedRequestsSpec spec = plain();
  const Gaps poisson = gaps_of(spec);
  CHECK(poisson.mean == Approx(0.1).epsilon(0.03));
  CHECK(poisson.variation == Approx(1).epsilon(0.05));
  spec.arrivals = Arrivals::Gamma;
  spec.variation = 2;
  const Gaps gamma = gaps_of(spec);
  CHECK(gamma.mean == Approx(0.1).epsilon(0.05));
  CHECK(gamma.variation == Approx(2).epsilon(0.1));
  spec.arrivals = Arrivals::Bursts;
  const Gaps bursts = gaps_of(spec);
  CHECK(bursts.mean == Approx(0.1).epsilon(0.2));
  CHECK(bursts.variation > 2);
}

TEST_CASE("lengths have the mean that was asked for, and equal seeds give equal requests")
{
  const auto first = generate_requests(plain(), 3);
  const auto second = generate_requests(plain(), 3);
  const auto third = generate_requests(plain(), 4);
  double sum = 0;
  bool differs = false;
  for (int i = 0; i < 20000; ++i) {
    const auto request = first->next();
    REQUIRE(request == second->next());
    differs = differs || request != third->next();
    sum += static_cast<double>(request->input_tokens);
    REQUIRE(request->blocks.size() == static_cast<std::size_t>((request->input_tokens + 127) / 128));
  }
  CHECK(differs);
  CHECK_FALSE(first->next());
  CHECK(sum / 20000 == Approx(1000).epsilon(0.03));
}

TEST_CASE("prefixes are shared as asked, and a small cache finds fewer of them")
{
  GeneratedRequestsSpec spec = plain();
  spec.requests = 3000;
  CHECK(hit_ratio(*generate_requests(spec, 1), 1U << 30U, 128) == 0);
  spec.input.sigma = 0;
  spec.input.mean = 4096;
  spec.roots = 1;
  spec.root_tokens = 2048;
  CHECK(hit_ratio(*generate_requests(spec, 1), 1U << 30U, 128) == Approx(0.5).epsilon(0.001));
  spec.follow_up = 0.5;
  spec.think_time = Seconds(10);
  const double unlimited = hit_ratio(*generate_requests(spec, 1), 1U << 30U, 128);
  const double small = hit_ratio(*generate_requests(spec, 1), 500, 128);
  CHECK(unlimited > 0.6);
  CHECK(small < unlimited);
}

namespace {

GeneratedRequestsSpec conversations()
{
  GeneratedRequestsSpec spec = plain();
  spec.requests = 3000;
  spec.input = {.mean = 2000, .sigma = 0.5, .most = 65536};
  spec.roots = 4;
  spec.root_tokens = 512;
  spec.follow_up = 0.4;
  spec.think_time = Seconds(10);
  spec.answer_token_time = Seconds(0.05);
  return spec;
}

}  // namespace

TEST_CASE("a turn comes when the answer before it can exist, and begins with all of the prompt before it")
{
  const GeneratedRequestsSpec spec = conversations();
  const auto source = generate_requests(spec, 5);
  // [block]: the last full one of an earlier prompt.
  std::map<std::uint64_t, Request> by_last_full_block;
  int turns = 0;
  while (const auto request = source->next()) {
    const auto full = static_cast<std::size_t>(request->input_tokens / spec.block_tokens);
    REQUIRE(request->known_blocks <= full);
    for (std::size_t block = full; block-- > 4;)
      if (const auto found = by_last_full_block.find(request->blocks[block]); found != by_last_full_block.end()) {
        const Request& before = found->second;
        ++turns;
        CHECK(request->arrival >= before.arrival + spec.answer_token_time * static_cast<double>(before.output_tokens));
        CHECK(request->input_tokens > before.input_tokens + before.output_tokens);
        CHECK(std::equal(before.blocks.begin(), before.blocks.begin() + static_cast<std::ptrdiff_t>(block) + 1,
                         request->blocks.begin()));
        break;
      }
    if (full > 4)
      by_last_full_block[request->blocks[full - 1]] = *request;
  }
  CHECK(turns > 900);
}

TEST_CASE("the share of turns and what they share do not depend on the rate, nor arrivals on the turns")
{
  GeneratedRequestsSpec spec = conversations();
  double reference = 0;
  for (const double rate : {5.0, 40.0, 200.0, 1e6}) {
    spec.rate = rate;
    const double hits = hit_ratio(*generate_requests(spec, 1), 1U << 30U, 128);
    reference = reference == 0 ? hits : reference;
    CHECK(hits == Approx(reference).epsilon(0.05));
    GeneratedRequestsSpec alone = spec;
    alone.follow_up = 0;
    const auto source = generate_requests(spec, 1);
    const auto without = generate_requests(alone, 1);
    while (const auto request = source->next())
      REQUIRE(request->arrival == without->next()->arrival);
  }
}

TEST_CASE("a conversation ends when its next prompt would be longer than allowed")
{
  GeneratedRequestsSpec spec = conversations();
  spec.follow_up = 1;
  spec.input.most = 9000;
  const auto source = generate_requests(spec, 2);
  while (const auto request = source->next())
    REQUIRE(request->input_tokens <= 9000);
}
