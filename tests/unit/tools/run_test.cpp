#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/runner/run.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

FinishedRun run_ep(const std::vector<std::string>& more)
{
  std::vector<std::string> sets{"workload.ep=8", "workload.tokens_per_rank=8"};
  sets.insert(sets.end(), more.begin(), more.end());
  const std::string root = CM_SOURCE_DIR "/configs";
  cm::sim::metrics::NoProgress progress;
  return run_scenario({.path = root + "/scenarios/ep.yaml", .sets = sets, .seed = {}, .config_root = root}, progress);
}

}  // namespace

TEST_CASE("a run says what it was and on what evidence")
{
  const FinishedRun run = run_ep({});
  const auto& manifest = run.result.manifest;
  CHECK(run.title.workload == "ep");
  CHECK(run.title.machine == "cloudmatrix384");
  CHECK(run.title.model.empty());
  CHECK(manifest.scenario == CM_SOURCE_DIR "/configs/scenarios/ep.yaml");
  CHECK(manifest.configuration_digest.size() == 32);
  CHECK(manifest.seed == 1);
  CHECK_FALSE(manifest.version.empty());
  CHECK_FALSE(manifest.engine_settings.empty());
  CHECK(manifest.evidence_counts.at("published") > 0);
  CHECK(static_cast<std::size_t>(manifest.evidence_counts.at("assumed")) == manifest.assumed.size());
  CHECK(run.result.find("dispatch_us") != nullptr);
}

TEST_CASE("an overridden number of the machine counts as assumed, whatever its type")
{
  const auto assumed = run_ep({"machine.ub.sub_planes=5", "machine.ub.lane_bandwidth=14 GB/s"}).result.manifest.assumed;
  using Catch::VectorContains;
  CHECK_THAT(assumed, VectorContains(std::string("machine.ub.sub_planes = 5: set by --set machine.ub.sub_planes")));
  CHECK_THAT(assumed, VectorContains(
                          std::string("machine.ub.lane_bandwidth = 14 GB/s: set by --set machine.ub.lane_bandwidth")));
}

TEST_CASE("problems of scenario, machine and workload are told together")
{
  std::string text;
  try {
    run_ep({"sead=1", "machine.ub.sub_planes=0", "machine.ub.sub_plane=3", "workload.ep=0", "workload.epp=1"});
  } catch (const cm::ConfigError& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains("--set sead:1:1: sead: unknown key \"sead\"; did you mean \"seed\"?\n"));
  CHECK_THAT(text,
             Catch::Contains("--set machine.ub.sub_planes:1:1: machine.ub.sub_planes: expected an integer between"));
  CHECK_THAT(text, Catch::Contains("machine.ub.sub_plane: unknown key \"sub_plane\"; did you mean \"sub_planes\"?"));
  CHECK_THAT(text, Catch::Contains("--set workload.ep:1:1: workload.ep: expected an integer between"));
  CHECK_THAT(text, Catch::Contains("workload.epp: unknown key \"epp\"; did you mean \"ep\"?"));
}

TEST_CASE("the machine of a scenario is read whatever its workload")
{
  const std::string root = CM_SOURCE_DIR "/configs";
  const ScenarioRequest request{
      .path = root + "/scenarios/ep.yaml", .sets = {"machine.nodes=2"}, .seed = {}, .config_root = root};
  CHECK(scenario_topology(request).nodes == 2);
}
