#include "tools/sensitivity/varied_run.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace cm::tools;

namespace {

ScenarioRequest scenario()
{
  return {.path = "ep.yaml", .sets = {"workload.ep=64"}, .seed = 3, .config_root = "configs"};
}

PlacedSetting setting(const std::string& text, const std::string& file)
{
  return {.text = text, .place = {.file = file, .line = 4, .column = 9}};
}

}  // namespace

TEST_CASE("an end of a range is told where the range stands")
{
  const ChildRun run =
      varied_run(scenario(), {setting("machine.ub.traversal=300 ns", "ub.yaml")}, "traversal at its high end");
  CHECK(run.origin == "ub.yaml:4:9: machine.ub.traversal=300 ns");
  CHECK(run.title == "traversal at its high end");
  REQUIRE(run.settings.size() == 1);
  CHECK(run.settings.front().text == "machine.ub.traversal=300 ns");
  CHECK(run.sets == std::vector<std::string>{"workload.ep=64"});
}

TEST_CASE("a run as it stands, or with several values, is told at the scenario")
{
  CHECK(varied_run(scenario(), {}, "").origin == "ep.yaml:1:1");
  const ChildRun both = varied_run(scenario(), {setting("a=1", "a.yaml"), setting("b=2", "b.yaml")}, "");
  CHECK(both.origin == "ep.yaml:1:1");
  CHECK(both.settings.size() == 2);
}

TEST_CASE("a value in a range of the command line comes after what the command line sets")
{
  ScenarioRequest request = scenario();
  request.sets = {"machine.ub.traversal={value: 200 ns, range: [100 ns, 300 ns], assumed: a guess}"};
  const ChildRun run = varied_run(
      request, {setting("machine.ub.traversal=100 ns", "--set machine.ub.traversal"), setting("b=2", "b.yaml")}, "");
  REQUIRE(run.sets.size() == 2);
  CHECK(run.sets.back() == "machine.ub.traversal=100 ns");
  REQUIRE(run.settings.size() == 1);
  CHECK(run.settings.front().text == "b=2");
}

TEST_CASE("a varied run is of the same scenario, folder and seed")
{
  const ChildRun run = varied_run(scenario(), {}, "");
  CHECK(run.scenario == "ep.yaml");
  CHECK(run.config_root == "configs");
  CHECK(run.seed == 3U);
}
