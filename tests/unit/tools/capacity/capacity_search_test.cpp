#include "tools/capacity/capacity_search.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

// A service whose share falls from 1 at no load to 0 at twice its capacity, at which half of the requests are good.
LoadTrial service_of(double capacity, double load)
{
  LoadTrial trial;
  trial.load = load;
  trial.arrival_rps = 10 * load;
  trial.is_steady = load < 1.9 * capacity;
  trial.share = std::max(0.0, 1 - load / (2 * capacity));
  trial.ttft_share = trial.share;
  trial.tpot_share = 1;
  return trial;
}

}  // namespace

TEST_CASE("the highest load that holds is found from below and from above")
{
  for (const double capacity : {0.003, 0.4, 1.0, 1.7, 300.0}) {
    const Capacity found = bisect(0.5, [&](double load) { return service_of(capacity, load); });
    INFO("capacity " << capacity);
    REQUIRE(found.holds);
    REQUIRE(found.breaks);
    const double holds = found.trials[*found.holds].load;
    const double breaks = found.trials[*found.breaks].load;
    CHECK(holds <= capacity);
    CHECK(breaks > capacity);
    CHECK(breaks / holds <= 1.02);
    CHECK(found.trials.size() < 20);
  }
}

TEST_CASE("a search that finds one end only says so")
{
  const Capacity never = bisect(0.5, [](double load) { return service_of(1e-9, load); });
  CHECK_FALSE(never.holds);
  CHECK(never.trials[*never.breaks].load == Approx(1.0 / 1024));
  const Capacity always = bisect(0.5, [](double load) { return service_of(1e9, load); });
  CHECK_FALSE(always.breaks);
  CHECK(always.trials[*always.holds].load == Approx(1024));
  CHECK(limit_sentence(always, 0.5) == "none was found");
}

TEST_CASE("a run that is not steady does not hold, however good its requests are")
{
  LoadTrial trial = service_of(1, 0.1);
  CHECK(trial.holds(0.9));
  trial.is_steady = false;
  CHECK_FALSE(trial.holds(0.9));
}

TEST_CASE("the limit is the level that fewer requests hold")
{
  LoadTrial trial = service_of(1, 1.5);
  trial.longest_part = "queue for prefill";
  Capacity found{.trials = {trial}, .holds = {}, .breaks = 0};
  CHECK(limit_sentence(found, 0.5).find("time to first token (slo.ttft): 25.0 %") == 0);
  CHECK(limit_sentence(found, 0.5).find("queue for prefill") != std::string::npos);
  found.trials[0].tpot_share = 0.2;
  CHECK(limit_sentence(found, 0.5).find("time per output token (slo.tpot): 20.0 %") == 0);
  found.trials[0].share = 0.9;
  CHECK(limit_sentence(found, 0.5).find("no steady state") == 0);
}

TEST_CASE("what speaks against an answer stands behind it")
{
  const Capacity never = bisect(0.5, [](double load) { return service_of(1e-9, load); });
  REQUIRE(capacity_caveats(never, 0.5).size() == 1);
  CHECK(capacity_caveats(never, 0.5)[0].find("no arrival rate down to 0.009766 requests/s") == 0);
  const Capacity always = bisect(0.5, [](double load) { return service_of(1e9, load); });
  CHECK(capacity_caveats(always, 0.5)[0].find("still hold the service levels: the capacity lies above") !=
        std::string::npos);
}

TEST_CASE("a search that rests on short runs says so")
{
  LoadTrial holds = service_of(1, 0.1);
  holds.counted = 1000;
  holds.ttft_mean_ms = 2000;
  LoadTrial breaks = service_of(1, 1.5);
  Capacity found{.trials = {holds, breaks}, .holds = 0, .breaks = 1};
  CHECK(holds.length_in_ttfts() == Approx(500));
  CHECK(length_warning(found, 0.5).empty());
  found.trials[0].ttft_mean_ms = 50000;
  CHECK(length_warning(found, 0.5).find("for 20 times their mean time to first token") != std::string::npos);
  // Its requests are good enough, and only the length of the run speaks against it.
  found.trials[1].share = 0.9;
  found.trials[1].is_steady = false;
  found.trials[1].unsteady = "NOT STEADY: the run is too short";
  CHECK_THAT(length_warning(found, 0.5), Catch::EndsWith("; ask for more requests (workload.generator.requests)"));
  found.longer = "a longer workload.trace";
  CHECK_THAT(length_warning(found, 0.5), Catch::EndsWith("; ask for more requests (a longer workload.trace)"));
  CHECK(limit_sentence(found, 0.5).find("the run is too short") != std::string::npos);
  found.trials[1].unsteady = "OVERLOADED: limit: prefill";
  found.trials[0].ttft_mean_ms = 2000;
  CHECK(length_warning(found, 0.5).empty());
}

TEST_CASE("a trial has the times that as many requests stay within as were asked for")
{
  // 98 requests with about 100 ms, one with 500 ms and one with 900 ms.
  const std::string result = R"({
    "run": {"steady": true},
    "metrics": {"arrival_rps": {"value": 4}, "slo_attainment": {"value": 0.98}},
    "histograms": {"ttft_ms": {"unit": "ms", "count": 100, "max": 900, "p90": 100,
                               "buckets": [[99.8, 100.2, 98], [499, 501, 1], [898, 902, 1]]},
                   "tpot_ms": {"unit": "ms", "count": 0, "buckets": []}},
    "breakdown": {"prefill": {"value": 90, "unit": "ms"}, "queue for prefill": {"value": 10, "unit": "ms"}},
    "warnings": []
  })";
  CHECK(*trial_of(2, 0.9, result).ttft_at_share_ms == Approx(100).epsilon(0.01));
  CHECK(*trial_of(2, 0.99, result).ttft_at_share_ms == Approx(500).epsilon(0.01));
  CHECK(*trial_of(2, 1, result).ttft_at_share_ms == 900);
  CHECK_FALSE(trial_of(2, 0.9, result).tpot_at_share_ms);
  CHECK(trial_of(2, 0.9, result).longest_part == "prefill");
}

TEST_CASE("a load holds when as many requests hold the levels as must, in a steady run")
{
  LoadTrial trial;
  trial.is_steady = true;
  trial.share = 0.9;
  CHECK(trial.holds(0.9));
  CHECK_FALSE(trial.holds(0.901));
  trial.is_steady = false;
  CHECK_FALSE(trial.holds(0.9));
}

TEST_CASE("a search that cannot go on has the trials up to there")
{
  int left = 4;
  const Capacity found =
      bisect(0.5, [&](double load) { return left-- > 0 ? std::optional(service_of(1.7, load)) : std::nullopt; });
  REQUIRE(found.trials.size() == 4);
  CHECK(found.trials[*found.holds].load < 1.7);
  CHECK(found.trials[*found.breaks].load > 1.7);
  CHECK(bisect(0.5, [](double /*load*/) { return std::nullopt; }).trials.empty());
}

TEST_CASE("the trials that are left are known once a load holds and another does not")
{
  std::vector<std::size_t> expected;
  const Capacity found = bisect(
      0.5, [](double load) { return service_of(1.7, load); },
      [&](const Capacity& so_far) { expected.push_back(so_far.trials.size() + so_far.trials_left()); });
  REQUIRE(expected.size() == found.trials.size());
  for (std::size_t i = 2; i < expected.size(); ++i)
    CHECK(expected[i] == found.trials.size());
  CHECK(found.trials_left() == 0);
}
