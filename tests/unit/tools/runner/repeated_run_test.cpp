#include "sim/diagnostics/errors.h"
#include "sim/metrics/result.h"
#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/runner/repeated_run.h"
#include "tools/runner/run.h"
#include "tools/shipped/version.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

// A folder with a copy of the configurations, a small run of it and its result.
struct StoredRun {
  StoredRun()
  {
    std::filesystem::copy(CM_SOURCE_DIR "/configs", folder.file("configs"), std::filesystem::copy_options::recursive);
    request = {.path = folder.file("configs/scenarios/p2p.yaml"),
               .sets = {"workload.to=cpu:0", "machine.ub.lane_bandwidth=14 GB/s"},
               .seed = 5,
               .config_root = folder.file("configs")};
    folder.put("out/result.json", result());
    folder.put("out/run.log", "folder: /somewhere\n");
  }

  [[nodiscard]] std::string result() const
  {
    cm::sim::metrics::NoProgress progress;
    return to_json(run_scenario(request, progress).result);
  }

  TemporaryFolder folder;
  ScenarioRequest request;
};

std::string refusal_of(const std::string& content)
{
  const TemporaryFolder folder;
  folder.put("result.json", content);
  try {
    find_repeated_run(folder.file(""));
  } catch (const cm::ConfigError& error) {
    return std::string(error.what()).substr(folder.file("result.json").size());
  }
  return "none";
}

}  // namespace

TEST_CASE("a result is read back as what made it")
{
  StoredRun stored;
  const auto run = find_repeated_run(stored.folder.file("out"));
  REQUIRE(run);
  CHECK(run->scenario == stored.request.path);
  CHECK(run->sets == stored.request.sets);
  CHECK(run->seed == 5);
  CHECK(changes_since(*run, stored.request).empty());
  CHECK_FALSE(find_repeated_run(stored.request.path));
  CHECK_FALSE(find_repeated_run(stored.folder.file("configs")));
  CHECK_FALSE(find_repeated_run(stored.folder.with("s.json", R"({"machine": "cloudmatrix384"})")));
  CHECK(find_repeated_run(stored.folder.file("out/result.json"))->seed == 5);
}

TEST_CASE("what has changed since a result was made is told by name")
{
  StoredRun stored;
  auto run = find_repeated_run(stored.folder.file("out/"));
  REQUIRE(run);
  const std::string part = stored.folder.file("configs/parts/ub-cloudmatrix384.yaml");
  stored.folder.put("configs/parts/ub-cloudmatrix384.yaml", cm::tests::content_of(part) + "# a comment\n");
  CHECK(changes_since(*run, stored.request) == std::vector<std::string>{"parts/ub-cloudmatrix384.yaml has changed"});
  std::filesystem::rename(part, stored.folder.file("configs/parts/other.yaml"));
  CHECK(changes_since(*run, stored.request).empty());
  std::filesystem::rename(stored.folder.file("configs/parts/other.yaml"), part);
  run->program = "0.0.1 (abc)";
  CHECK_THAT(changes_since(*run, stored.request).front(),
             Catch::Contains("the program has changed: 0.0.1 (abc) made it, this is " + version()));
  std::filesystem::remove(stored.request.path);
  CHECK_THROWS_WITH(changes_since(*run, stored.request), Catch::Contains("the result was made in /somewhere"));
}

TEST_CASE("a file that lies elsewhere now has not changed")
{
  StoredRun stored;
  const auto run = find_repeated_run(stored.folder.file("out"));
  REQUIRE(run);
  const std::string machine = "configs/machines/cloudmatrix384.yaml";
  stored.folder.put("elsewhere/machine.yaml", cm::tests::content_of(stored.folder.file(machine)));
  ScenarioRequest moved = stored.request;
  moved.sets.push_back("machine=" + stored.folder.file("elsewhere/machine.yaml"));
  CHECK(changes_since(*run, moved).empty());
}

TEST_CASE("a result that does not say what was run is refused with its place")
{
  CHECK_THAT(refusal_of(R"({"schema": "cmsim-result/1", "run": {"seed": 1}})"),
             Catch::Contains("run.inputs: expected what was run, which results of earlier versions do not tell"));
  StoredRun stored;
  const std::string result = cm::tests::content_of(stored.folder.file("out/result.json"));
  std::string edited = result;
  edited.replace(edited.find("\"cmsim run "), 11, "\"rm -r ");
  CHECK_THAT(refusal_of(edited), Catch::Contains("run.inputs.command: expected cmsim run SCENARIO"));
  edited = result;
  edited.replace(edited.find("\"digest\": \""), 10, "\"digest\": 1.5, \"x\": ");
  CHECK_THAT(refusal_of(edited), Catch::Contains("run.inputs.files: expected files of {key, name, digest}"));
}
