// Inputs of a run as result.json states them.
#include "sim/metrics/inputs.h"
#include "sim/metrics/result.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::sim::metrics;

namespace {

std::string json_with(const Inputs& inputs)
{
  Result result;
  result.manifest.scenario = "ep.yaml";
  result.manifest.seed = 3;
  result.manifest.inputs = inputs;
  return to_json(result);
}

}  // namespace

TEST_CASE("inputs are stated with the scenario and the seed among them")
{
  const Inputs inputs{.title = "expert exchange on cloudmatrix384",
                      .command = "cmsim run ep.yaml --set workload.ep=64 --seed 3",
                      .machine = "cloudmatrix384",
                      .model = "",
                      .workload = {{"ep", "64"}, {"exchange", "fused"}},
                      .overrides = {{"machine.ub.mtu", "4 KiB"}},
                      .changes = {{"workload.ep", "32"}},
                      .sets = {{"workload.ep", "64"}},
                      .files = {{"scenario", "ep.yaml", "1234"}, {"machine.ub.part", "ub", "5678"}}};
  CHECK_THAT(json_with(inputs), Catch::Contains(R"(    "inputs": {
      "title": "expert exchange on cloudmatrix384",
      "command": "cmsim run ep.yaml --set workload.ep=64 --seed 3",
      "scenario": "ep.yaml",
      "machine": "cloudmatrix384",
      "model": "",
      "seed": 3,
      "workload": {
        "ep": "64",
        "exchange": "fused"
      },
      "overrides": {
        "machine.ub.mtu": "4 KiB"
      },
      "changes": {
        "workload.ep": "32"
      },
      "sets": {
        "workload.ep": "64"
      },
      "files": [
        {
          "key": "scenario",
          "name": "ep.yaml",
          "digest": "1234"
        },
        {
          "key": "machine.ub.part",
          "name": "ub",
          "digest": "5678"
        }
      ]
    })"));
}

TEST_CASE("a key that the command line sets twice is what the later one says")
{
  Inputs inputs;
  inputs.sets = {{"workload.ep", "16"}, {"workload.tp", "2"}, {"workload.ep", "64"}};
  const std::string text = json_with(inputs);
  CHECK_THAT(text, Catch::Contains(R"("workload.ep": "64",
        "workload.tp": "2")"));
  CHECK(text.find("\"16\"") == std::string::npos);
}

TEST_CASE("a run that keeps no inputs has no such section")
{
  Result result;
  CHECK(to_json(result).find("inputs") == std::string::npos);
}

TEST_CASE("files are the same when key, name and content are")
{
  const DigestedFile file{"scenario", "ep.yaml", "1234"};
  CHECK(file == DigestedFile{"scenario", "ep.yaml", "1234"});
  CHECK_FALSE(file == DigestedFile{"scenario", "ep.yaml", "1235"});
  CHECK_FALSE(file == DigestedFile{"workload.trace", "ep.yaml", "1234"});
}
