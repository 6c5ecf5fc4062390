#include "tests/unit/sim/temporary_folder.h"
#include "tools/results/stored_inputs.h"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace cm::tools;

namespace {

struct Reading {
  std::optional<StoredInputs> stored;
  std::vector<std::string> problems;
};

Reading read(const std::string& text)
{
  const cm::tests::TemporaryFolder folder;
  cm::sim::config::ReadingLog log;
  const JsonFile file(folder.with("result.json", text), log);
  auto stored = read_stored_inputs(file);
  return {std::move(stored), log.problems};
}

std::string result(const std::string& seed, const std::string& files, const std::string& command = "cmsim run ep")
{
  return R"({"run": {"version": "0.1.0", "commit": "757147b1f0aa", "inputs": {"scenario": "ep", "seed": )" + seed +
         R"(, "title": "ep on small", "command": ")" + command + R"(", "machine": "small", "model": "",
    "workload": {"workload.op": "write", "kind": "ep"}, "overrides": {}, "changes": {}, "sets": {"workload.ep": "8"},
    "files": )" +
         files + "}}}";
}

}  // namespace

TEST_CASE("the inputs of a result are read back")
{
  const Reading reading = read(result("3", R"([{"key": "scenario", "name": "ep.yaml", "digest": "01"}])"));
  REQUIRE(reading.stored);
  CHECK(reading.problems.empty());
  CHECK(reading.stored->scenario == "ep");
  CHECK(reading.stored->seed == "3");
  CHECK(reading.stored->program == "0.1.0 (757147b1f0aa)");
  CHECK(reading.stored->kind() == "ep");
  CHECK(reading.stored->inputs.sets == cm::sim::metrics::KeyTexts{{"workload.ep", "8"}});
  REQUIRE(reading.stored->inputs.files.size() == 1);
  CHECK(reading.stored->inputs.files.front() == cm::sim::metrics::DigestedFile{"scenario", "ep.yaml", "01"});
}

TEST_CASE("a result of an earlier version has no inputs, which is no problem")
{
  const Reading reading = read(R"({"run": {"version": "0.0.9"}})");
  CHECK_FALSE(reading.stored);
  CHECK(reading.problems.empty());
}

TEST_CASE("a seed that is none and a file without a digest are told")
{
  const Reading reading = read(result(R"("3")", R"([{"key": "scenario", "name": "ep.yaml"}])"));
  REQUIRE(reading.problems.size() == 2);
  CHECK_THAT(reading.problems[0], Catch::Contains("run.inputs.seed: expected an integer of at least 0"));
  CHECK_THAT(reading.problems[1], Catch::Contains("run.inputs.files: expected files of {key, name, digest}"));
  CHECK(reading.stored->inputs.files.empty());
}

TEST_CASE("the service levels of a search stand behind its option")
{
  const auto levels = [](const std::string& command) {
    return read(result("1", "[]", command)).stored->searched_levels();
  };
  CHECK(levels("cmsim run serving --find-capacity slo.ttft=2s,slo.tpot=50ms --seed 1") == "slo.ttft=2s,slo.tpot=50ms");
  CHECK(levels("cmsim run serving --seed 1").empty());
  CHECK(levels("cmsim run serving --find-capacity").empty());
  CHECK(levels("cmsim run 'serving --find-capacity x").empty());
}
