#include "tests/unit/sim/temporary_folder.h"
#include "tools/files/file_digest.h"
#include "tools/sweep_plan/sweep_inputs.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::tests::TemporaryFolder;
using Json = nlohmann::ordered_json;

namespace {

const std::string Text = "scenario: ep\naxes: [{workload.ep: [8, 16]}]\nseeds: []\n";

Json inputs(const TemporaryFolder& folder, const std::vector<std::string>& sets, const std::string& name)
{
  const SweepSource source{
      .path = folder.with("my sweep.yaml", Text), .config_root = "configs", .sets = sets, .name = name};
  SweepSpec spec;
  spec.as_read = cm::sim::config::load_file(source.path);
  spec.scenarios = {
      {.key = "bases[0].scenario", .name = "scenarios/ep.yaml", .path = folder.with("ep.yaml", "seed: 1\n")}};
  return sweep_inputs(source, spec);
}

}  // namespace

TEST_CASE("the command of a sweep has its settings that last, in words that a shell reads")
{
  const TemporaryFolder folder;
  const Json json = inputs(folder, {"workload.ep=8", "machine.nodes=4", "workload.ep=16"}, "");
  CHECK(json.at("command") ==
        "cmsim sweep '" + folder.file("my sweep.yaml") + "' --set machine.nodes=4 --set workload.ep=16");
  CHECK(json.at("sets") == Json({"machine.nodes=4", "workload.ep=16"}));
}

TEST_CASE("a shipped sweep is called by its name, in the command and among the files")
{
  const TemporaryFolder folder;
  const Json json = inputs(folder, {}, "ep-scale");
  CHECK(json.at("command") == "cmsim sweep ep-scale");
  CHECK(json.at("files").at(0).at("name") == "sweeps/ep-scale.yaml");
}

TEST_CASE("the file of a sweep stands there as it was read, with digests of it and of its scenarios")
{
  const TemporaryFolder folder;
  const Json json = inputs(folder, {}, "");
  CHECK(json.at("as_read").dump() == R"({"scenario":"ep","axes":[{"workload.ep":["8","16"]}],"seeds":[]})");
  REQUIRE(json.at("files").size() == 2);
  CHECK(json.at("files").at(0).at("digest") == file_digest(folder.file("my sweep.yaml")));
  CHECK(json.at("files").at(1).at("digest") == file_digest(folder.file("ep.yaml")));
}
