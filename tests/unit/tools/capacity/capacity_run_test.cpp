#include "sim/diagnostics/errors.h"
#include "sim/metrics/progress.h"
#include "tools/capacity/capacity_run.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::tools;

namespace {

LoadTrial trial(double load, double share, bool is_steady = true)
{
  LoadTrial trial;
  trial.load = load;
  trial.arrival_rps = 4 * load;
  trial.share = share;
  trial.is_steady = is_steady;
  return trial;
}

constexpr const char* Head = "capacity search, not at its end\n\n"
                             "    load    requests/s  holds  steady   share\n";

const ServiceLevels Levels{.ttft = "2s", .tpot = "50ms", .share = 0.9};

}  // namespace

TEST_CASE("a search that was stopped shows its loads in order and between which the capacity lies")
{
  Capacity capacity{.trials = {trial(1, 0.95), trial(4, 0.2), trial(2, 0.9)}, .holds = 2, .breaks = 1};
  capacity.shortfall.stop_signal = 2;
  const std::string text = unfinished_table(capacity, Levels, nullptr);
  CHECK_THAT(text, Catch::StartsWith(std::string(Head) + "       1             4    yes     yes   95.0 %\n"
                                                         "       2             8    yes     yes   90.0 %\n"
                                                         "       4            16     no     yes   20.0 %\n"
                                                         "\n"
                                                         "the capacity is at least 8 requests/s\n"
                                                         "the capacity is less than 16 requests/s\n"
                                                         "PARTIAL: interrupted by signal 2"));
  CHECK_THAT(text, Catch::Contains("what is told rests on 3"));
}

TEST_CASE("a search with one end says that end alone, and a load that is not steady does not hold")
{
  Capacity capacity{.trials = {trial(1, 0.99, false)}, .holds = {}, .breaks = 0};
  capacity.shortfall = {.stop_signal = 0, .failures = {"a.yaml:1:1: refused"}, .failed = 1, .has_crash = false};
  const std::string text = unfinished_table(capacity, Levels, nullptr);
  CHECK_THAT(text, Catch::StartsWith(std::string(Head) + "       1             4     no      no   99.0 %\n\n"
                                                         "the capacity is less than 4 requests/s\n"));
  CHECK_THAT(text, Catch::Contains("failed: a.yaml:1:1: refused\n"));
  CHECK_THAT(text, !Catch::Contains("at least"));
}

TEST_CASE("a search in a scenario without requests is refused before anything runs")
{
  const std::string root = CM_SOURCE_DIR "/configs";
  cm::sim::metrics::NoProgress progress;
  const ScenarioRequest scenario{.path = root + "/scenarios/p2p.yaml", .sets = {}, .seed = {}, .config_root = root};
  CHECK_THROWS_AS(run_at_capacity(scenario, Levels, progress, nullptr), cm::ConfigError);
}
