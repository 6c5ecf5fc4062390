#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/scenario/machine_file.h"

#include <catch2/catch.hpp>

using cm::sim::config::Value;
using cm::tools::ResolvedScenario;

namespace {

std::string text_at(const ResolvedScenario& scenario, const std::string& first, const std::string& second = "")
{
  REQUIRE(scenario.machine);
  const Value* place = scenario.machine->find(first);
  REQUIRE(place != nullptr);
  if (!second.empty())
    place = place->find(second);
  REQUIRE(place != nullptr);
  const Value* number = place->find("value");
  return number != nullptr ? number->text : place->text;
}

constexpr auto Faster = "name: faster\nbase: small\noverrides:\n"
                        "  ub.rate: {value: 56 GB/s, evidence: published, source: \"a page\"}\n  nodes: 3\n";

}  // namespace

TEST_CASE("a machine with a base is the base with its overrides laid over parts and all")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/faster.yaml", Faster);
  const ResolvedScenario scenario = configs.load({"machine=faster"});
  CHECK(scenario.log.problems.empty());
  CHECK(text_at(scenario, "name") == "faster");
  CHECK(text_at(scenario, "ub", "rate") == "56 GB/s");
  CHECK(text_at(scenario, "ub", "width") == "3");
  CHECK(text_at(scenario, "nodes") == "3");
  // A number without its evidence is an assumption; one with it keeps it.
  CHECK(scenario.machine->find("nodes")->find("assumed") != nullptr);
  CHECK(scenario.machine->find("ub")->find("rate")->find("source")->text == "a page");
}

TEST_CASE("a base may have a base and what comes later wins")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/faster.yaml", Faster);
  cm::tests::put(configs.folder(), "configs/machines/third.yaml",
                 "name: third\nbase: faster\noverrides: {ub: {width: {value: 9, assumed: \"why\"}}, nodes: 4}\n");
  const ResolvedScenario scenario = configs.load({"machine=third", "machine.nodes=5"});
  CHECK(scenario.log.problems.empty());
  CHECK(text_at(scenario, "name") == "third");
  CHECK(text_at(scenario, "ub", "rate") == "56 GB/s");
  CHECK(text_at(scenario, "ub", "width") == "9");
  CHECK(text_at(scenario, "nodes") == "5");
}

TEST_CASE("an override may exchange a part")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/parts/wide.yaml", "rate: {value: 1 GB/s, assumed: \"why\"}\n");
  cm::tests::put(configs.folder(), "configs/machines/other.yaml",
                 "name: other\nbase: small\noverrides: {ub.part: wide}\n");
  const ResolvedScenario scenario = configs.load({"machine=other"});
  CHECK(scenario.log.problems.empty());
  CHECK(text_at(scenario, "ub", "rate") == "1 GB/s");
}

TEST_CASE("a section that is set as a map is that map, its part and all")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/parts/wide.yaml",
                 "rate: {value: 1 GB/s, assumed: \"why\"}\nwidth: {value: 1, assumed: \"why\"}\n");
  configs.scenario("machine: small\nworkload: {kind: p2p}\noverrides: {machine.ub.width: 4, machine.ub.depth: 5}\n");
  const ResolvedScenario bare = configs.load({"machine.ub={rate: 2 GB/s}"});
  CHECK(text_at(bare, "ub", "rate") == "2 GB/s");
  CHECK(bare.machine->find("ub")->entries.size() == 1);
  const ResolvedScenario part = configs.load({"machine.ub={part: wide, width: 9}"});
  CHECK(text_at(part, "ub", "rate") == "1 GB/s");
  CHECK(text_at(part, "ub", "width") == "9");
  CHECK(part.machine->find("ub")->entries.size() == 2);
  const ResolvedScenario added = configs.load({"machine.ub+={width: 9}"});
  CHECK(text_at(added, "ub", "rate") == "28 GB/s");
  CHECK(text_at(added, "ub", "width") == "9");
  CHECK(text_at(added, "ub", "depth") == "5");
}

TEST_CASE("everything that is wrong with a machine with a base is told with its place")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/odd.yaml", "base: small\nnodes: 3\noverrides: [1]\n");
  const auto problems = configs.load({"machine=odd"}).log.problems;
  REQUIRE(problems.size() == 3);
  CHECK_THAT(problems[0], Catch::Contains("odd.yaml:1:1: machine.name: "));
  CHECK_THAT(problems[1], Catch::Contains("odd.yaml:3:12: machine.overrides: expected a map of keys"));
  CHECK_THAT(problems[2], Catch::Contains("odd.yaml:2:1: machine.nodes: unknown key"));
}

TEST_CASE("a missing base and a machine based on itself are refused")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/lost.yaml", "name: lost\nbase: smal\noverrides: {nodes: 3}\n");
  cm::tests::put(configs.folder(), "configs/machines/loop.yaml", "name: loop\nbase: loop\noverrides: {nodes: 3}\n");
  const auto lost = configs.load({"machine=lost"}).log.problems;
  REQUIRE(lost.size() == 1);
  CHECK_THAT(lost[0], Catch::Contains("lost.yaml:2:7: machine.base: ") && Catch::Contains("did you mean \"small\"?"));
  const auto loop = configs.load({"machine=loop"}).log.problems;
  REQUIRE(loop.size() == 1);
  CHECK_THAT(loop[0], Catch::Contains("loop.yaml:2:7: machine.base: ") && Catch::Contains("without an end"));
}
