#include "sim/diagnostics/errors.h"
#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/scenario/scenario.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::Value;
using cm::tests::ConfigFolder;

namespace {

std::string text_at(const std::optional<Value>& tree, std::initializer_list<std::string_view> path)
{
  REQUIRE(tree);
  const Value* value = &*tree;
  for (const std::string_view step : path) {
    value = value->find(step);
    if (value == nullptr)
      return "missing";
  }
  return value->kind == Value::Kind::Map && value->find("value") != nullptr ? value->find("value")->text : value->text;
}

std::string digest_of(const ResolvedScenario& scenario)
{
  CHECK(scenario.log.problems.empty());
  return configuration_digest(scenario);
}

}  // namespace

TEST_CASE("set wins over overrides and overrides win over files and parts")
{
  const ConfigFolder configs;
  CHECK(text_at(configs.load().machine, {"ub", "width"}) == "3");
  CHECK(text_at(configs.load().machine, {"ub", "rate"}) == "28 GB/s");
  configs.scenario(
      "machine: small\nworkload: {kind: p2p}\noverrides: {machine.ub.width: 4, machine.ub.rate: 1 GB/s}\n");
  CHECK(text_at(configs.load().machine, {"ub", "width"}) == "4");
  CHECK(text_at(configs.load().machine, {"ub", "rate"}) == "1 GB/s");
  const auto set = configs.load({"machine.ub.width=5", "machine.ub.width=6", "workload.kind=ep", "workload.a.b=1"});
  CHECK(text_at(set.machine, {"ub", "width"}) == "6");
  CHECK(text_at(set.workload, {"kind"}) == "ep");
  CHECK(text_at(set.workload, {"a", "b"}) == "1");
  CHECK(set.log.problems.empty());
}

TEST_CASE("machine and model can be set to other files and parts can be exchanged")
{
  const ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/other.yaml", "name: other\n");
  cm::tests::put(configs.folder(), "configs/parts/wide.yaml", "rate: {value: 99 GB/s, assumed: \"why\"}\n");
  CHECK(text_at(configs.load({"machine=other"}).machine, {"name"}) == "other");
  CHECK(text_at(configs.load({"machine.ub.part=wide"}).machine, {"ub", "rate"}) == "99 GB/s");
  CHECK(text_at(configs.load({"model.layers=9"}).model, {"layers"}) == "9");
}

TEST_CASE("the seed comes from the option, a set, the scenario or is 1")
{
  const ConfigFolder configs;
  CHECK(configs.load().seed == 1);
  configs.scenario("machine: small\nseed: 5\nworkload: {kind: p2p}\n");
  CHECK(configs.load().seed == 5);
  CHECK(configs.load({"seed=6"}).seed == 6);
  auto request = configs.request({"seed=6"});
  request.seed = 18446744073709551615ULL;
  CHECK(load_scenario(request).seed == 18446744073709551615ULL);
}

TEST_CASE("the digest is the same however an integer is written")
{
  const ConfigFolder configs;
  const std::string digest = digest_of(configs.load({"machine.ub.width=8"}));
  CHECK(digest_of(configs.load({"machine.ub.width=08"})) == digest);
  CHECK(digest_of(configs.load({"machine.ub.width=+8"})) == digest);
  CHECK(digest_of(configs.load({"machine.ub.width={value: 08, assumed: why}"})) == digest);
  CHECK(digest_of(configs.load({"machine.ub.width=80"})) != digest);
  CHECK(digest_of(configs.load({"machine.ub.width=8 "})) == digest);
  CHECK(digest_of(configs.load({"machine.ub.width=0.8"})) != digest);
}

TEST_CASE("the digest changes when the configuration does")
{
  const ConfigFolder configs;
  const std::string digest = digest_of(configs.load());
  CHECK(digest_of(configs.load({"machine.ub.width=4"})) != digest);
  CHECK(digest_of(configs.load({"model.layers=3"})) != digest);
  CHECK(digest_of(configs.load({"workload.bytes=3"})) != digest);
  CHECK(digest_of(configs.load({"seed=3"})) != digest);
}

TEST_CASE("the digest stays when only the writing changes")
{
  const ConfigFolder configs;
  const std::string digest = digest_of(configs.load());
  CHECK(digest_of(configs.load({"machine.ub.width=3", "seed=1"})) == digest);
  configs.scenario("# comment\nworkload:\n  kind: p2p\ndescription: text\nseed: 1\nmodel: tiny\nmachine: small\n");
  CHECK(digest_of(configs.load()) == digest);
  cm::tests::put(configs.folder(), "configs/parts/lanes.yaml",
                 "width: {value: 7, assumed: other}\nrate: {value: 28 GB/s, assumed: \"another source\"}\n");
  CHECK(digest_of(configs.load()) == digest);
}

TEST_CASE("everything that is wrong with a scenario is told at once")
{
  const ConfigFolder configs;
  configs.scenario("machin: small\nmodel: tini\nseed: -1\noverrides: {workload.ep: 3}\nworkload: {kind: p2p}\n");
  const auto& problems = configs.load({"foo"}).log.problems;
  std::string all;
  for (const std::string& problem : problems)
    all += problem + "\n";
  CHECK(problems.size() == 6);
  CHECK_THAT(all, Catch::Contains("--set foo:1:1: expected key=value"));
  CHECK_THAT(all, Catch::Contains("s.yaml:1:1: machine: expected a value, found no such key"));
  CHECK_THAT(all, Catch::Contains("s.yaml:1:1: machin: unknown key \"machin\"; did you mean \"machine\"?"));
  CHECK_THAT(all, Catch::Contains("s.yaml:2:8: model: expected the name of a file"));
  CHECK_THAT(all, Catch::Contains("s.yaml:3:7: seed: expected an integer of at least 0, found \"-1\""));
  CHECK_THAT(all, Catch::Contains("s.yaml:4:13: overrides: expected a key of the machine or the model"));
}

TEST_CASE("changes of a model need a model")
{
  const ConfigFolder configs;
  configs.scenario("machine: small\nworkload: {kind: p2p}\n");
  CHECK(configs.load({"model.layers=4"}).log.problems ==
        std::vector<std::string>{
            "--set model.layers:1:1: model.layers: the scenario names no model whose key this could be"});
}

TEST_CASE("a machine file that cannot be read does not hide other problems")
{
  const ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/small.yaml", "a: [1\n");
  const auto scenario = configs.load({"seed=x"});
  CHECK_FALSE(scenario.machine);
  CHECK(scenario.log.problems.size() == 2);
}

TEST_CASE("a scenario that cannot be read at all is thrown")
{
  const ConfigFolder configs;
  configs.scenario("");
  CHECK_THROWS_AS(configs.load(), cm::ConfigError);
}
