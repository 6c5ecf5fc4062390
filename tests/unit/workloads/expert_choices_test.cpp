#include "tests/unit/sim/temporary_folder.h"
#include "workloads/expert_parallel/expert_choices.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace cm;
using namespace cm::workloads;
using models::Routing;

namespace {

constexpr ExpertShape Shape{.layers = 2, .experts = 3, .top_k = 2};
const std::string Csv = "layer,expert,count\n0,0,10\n0,1,20\n0,2,30\n1,0,5\n1,1,5\n1,2,0\n";

struct Read {
  ExpertChoices choices;
  std::vector<std::string> problems;
};

// The workload's keys as they would stand in FOLDER/scenario.yaml.
Read read(const tests::TemporaryFolder& folder, const std::string& keys, const ExpertShape& shape = Shape)
{
  sim::config::ReadingLog log;
  const auto tree = sim::config::parse_text(folder.file("scenario.yaml"), keys);
  sim::config::Reader reader(tree, "workload", log);
  Read result;
  read_routing(reader, shape, result.choices);
  read_placement_rule(reader, result.choices);
  reader.finish();
  result.problems = log.problems;
  return result;
}

}  // namespace

TEST_CASE("a routing file stands beside the scenario that names it")
{
  const tests::TemporaryFolder folder;
  folder.put("counts/a.csv", Csv);
  const Read done = read(folder, "{routing: replayed, routing_file: counts/a.csv}");
  CHECK(done.problems.empty());
  REQUIRE(done.choices.counts);
  CHECK(done.choices.counts->layers == 2);
  CHECK(done.choices.notes.size() == 1);
}

TEST_CASE("recorded routing of another model is refused with both shapes")
{
  const tests::TemporaryFolder folder;
  folder.put("a.csv", Csv);
  const Read done = read(folder, "{routing: replayed, routing_file: a.csv}", {.layers = 3, .experts = 3, .top_k = 2});
  REQUIRE(done.problems.size() == 1);
  CHECK_THAT(done.problems[0],
             Catch::Contains("workload.routing_file: expected at least 3 layers, 3 experts and top 2, "
                             "found 2 layers, 3 experts and top 2"));
}

TEST_CASE("problems of a routing file are told under its key")
{
  const tests::TemporaryFolder folder;
  folder.put("a.csv", "layer,expert,count\n0,0,x\n0,1,y\n");
  const Read done = read(folder, "{routing: replayed, routing_file: a.csv}");
  REQUIRE(done.problems.size() == 2);
  CHECK_THAT(done.problems[0], Catch::Contains("scenario.yaml:1:") && Catch::Contains("workload.routing_file: ") &&
                                   Catch::Contains("a.csv:2:5: expected a count"));
}

TEST_CASE("files and skew are taken only where they have a meaning")
{
  const tests::TemporaryFolder folder;
  folder.put("a.csv", Csv);
  CHECK_THAT(read(folder, "{routing: uniform, routing_file: a.csv}").problems.at(0),
             Catch::Contains("only recorded routing has it"));
  CHECK_THAT(read(folder, "{routing: replayed}").problems.at(0), Catch::Contains("replayed counts come from a file"));
  CHECK_THAT(read(folder, "{routing: balanced, skew: 2}").problems.at(0), Catch::Contains("only a skewed gate has it"));
  // A generated trace has skewed loads.
  CHECK(read(folder, "{routing: trace, skew: 0.5}").problems.empty());
}

TEST_CASE("layers take their own counts, and those beyond the last one the last one's")
{
  const tests::TemporaryFolder folder;
  folder.put("a.csv", Csv);
  const Read done = read(folder, "{routing: replayed, routing_file: a.csv}");
  const auto layers = build_expert_layers(
      done.choices, {.slots = {.ranks = 3, .routed = 3}, .top_k = 2, .profile = {}, .first = 7, .count = 3}, 1);
  REQUIRE(layers.size() == 3);
  CHECK(layers[0].gate.loads() == std::vector<double>{0.5, 1.0, 1.5});
  CHECK(layers[1].gate.loads() == std::vector<double>{1.5, 1.5, 0});
  CHECK(layers[2].gate.loads() == layers[1].gate.loads());
}

TEST_CASE("a trace is generated where none is named")
{
  ExpertChoices choices;
  choices.routing = Routing::Trace;
  choices.sigma = 1;
  const auto layers = build_expert_layers(
      choices, {.slots = {.ranks = 8, .routed = 64}, .top_k = 6, .profile = {}, .first = 1, .count = 2}, 1);
  CHECK(layers[0].gate.trace_tokens() > 0);
  CHECK(layers[0].gate.loads() != layers[1].gate.loads());
}

TEST_CASE("skew is fitted so that the busiest rank is as full as in a load balancer's log")
{
  const tests::TemporaryFolder folder;
  const auto log = [](double imbalance) {
    return fmt::format("EPLB step: 1 for model m: avg_tokens=1000.00, max_tokens={:.0f}, balancedness={:.4f}\n",
                       1000 * imbalance, 1 / imbalance);
  };
  const ExpertLayersSpec spec{.slots = {.ranks = 16, .routed = 64}, .top_k = 4, .profile = {}, .first = 0, .count = 8};
  for (const double imbalance : {1.3, 2.0}) {
    folder.put("a.log", log(imbalance));
    const Read done = read(folder, "{routing: skewed, routing_file: a.log, placement: contiguous}");
    CHECK(done.problems.empty());
    REQUIRE(done.choices.notes.size() == 1);
    CHECK_THAT(done.choices.notes[0],
               Catch::Contains(fmt::format("the busiest rank has {:.3f} times the mean load in 1 steps", imbalance)));
    double sum = 0;
    for (const ExpertLayer& layer : build_expert_layers(done.choices, spec, 1))
      sum += layer.placement.imbalance(layer.gate.loads());
    CHECK(sum / 8 == Approx(imbalance).epsilon(0.01));
  }
  folder.put("a.log", log(500));
  CHECK_THROWS_WITH(build_expert_layers(read(folder, "{routing: skewed, routing_file: a.log}").choices, spec, 1),
                    Catch::Contains("the log of routing_file has a busiest rank of 500.000 times the mean load"));
  CHECK_THAT(read(folder, "{routing: skewed, routing_file: a.log, skew: 2}").problems.at(0),
             Catch::Contains("expected one of the two"));
}
