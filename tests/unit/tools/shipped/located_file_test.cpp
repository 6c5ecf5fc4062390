#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/shipped/located_file.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

constexpr const char* Scenario = "machine: m\nworkload: {kind: ep}\n";

std::string refusal(const std::string& text, FileKind kind)
{
  try {
    locate(text, kind, "configs");
  } catch (const cm::ConfigError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a shipped file is found by its name, with its ending or without")
{
  const LocatedFile file = locate("decode-ep320", FileKind::Scenario, "configs");
  CHECK(file.path == "configs/scenarios/decode-ep320.yaml");
  CHECK(file.called() == "decode-ep320");
  CHECK(locate("decode-ep320.yaml", FileKind::Scenario, "configs").name == "decode-ep320");
  CHECK(locate("ep-by-planes", FileKind::Sweep, "configs").path == "configs/sweeps/ep-by-planes.yaml");
}

TEST_CASE("a path goes before a name")
{
  const TemporaryFolder folder;
  const std::string mine = folder.with("ep", Scenario);
  const LocatedFile file = locate(mine, FileKind::Scenario, "configs");
  CHECK(file.path == mine);
  CHECK(file.called() == mine);
  // The root of the tree has a folder of that name.
  REQUIRE(find_file("docs", FileKind::Scenario, "configs"));
  CHECK(find_file("docs", FileKind::Scenario, "configs")->name.empty());
  CHECK_FALSE(find_shipped("docs", FileKind::Scenario, "configs"));
}

TEST_CASE("a wrong name gets the nearest ones, a name of another kind the command that takes it")
{
  CHECK_THAT(refusal("decode-ep32", FileKind::Scenario), Catch::StartsWith("decode-ep32:1:1: expected a scenario") &&
                                                             Catch::Contains("did you mean \"decode-ep320\""));
  CHECK_THAT(refusal("no/decode-ep32.yaml", FileKind::Scenario), Catch::Contains("did you mean \"decode-ep320\""));
  CHECK(refusal("ep-by-planes", FileKind::Scenario) ==
        "ep-by-planes:1:1: expected a scenario, found the name of a sweep; try cmsim sweep ep-by-planes --out DIR");
  CHECK(refusal("ep", FileKind::Sweep) == "ep:1:1: expected a sweep, found the name of a scenario; try cmsim run ep");
  CHECK(refusal("", FileKind::Sweep) != "none");
}

TEST_CASE("a file is known by its keys")
{
  for (const FileKindRow& row : file_kinds())
    for (const std::string& name : shipped_names("configs", row.kind)) {
      INFO(row.folder << "/" << name);
      CHECK(kind_of_file(shipped_path("configs", row.kind, name)) == row.kind);
    }
  const TemporaryFolder folder;
  CHECK_FALSE(kind_of_file(folder.with("odd.yaml", "a: 1\n")));
  CHECK_FALSE(kind_of_file(folder.with("bad.yaml", "a: [\n")));
  CHECK_FALSE(kind_of_file(folder.file("missing.yaml")));
}

TEST_CASE("a file or a folder of another kind is refused with the command that takes it")
{
  const TemporaryFolder folder;
  const std::string sweep = folder.with("s.yaml", "bases: [{scenario: ep}]\n");
  CHECK(refusal(sweep, FileKind::Scenario) ==
        sweep + ":1:1: expected a scenario, found a sweep; try cmsim sweep " + sweep + " --out DIR");
  const std::string scenario = folder.with("mine.yaml", Scenario);
  CHECK_THAT(refusal(scenario, FileKind::Sweep), Catch::Contains("found a scenario; try cmsim run " + scenario));
  folder.put("result/result.json", "{}");
  const std::string result = folder.file("result");
  CHECK_THAT(refusal(result, FileKind::Sweep),
             Catch::Contains("found the folder of a result; cmsim run " + result + " repeats it"));
  CHECK(mistaken_for(scenario, "configs") ==
        "found a scenario; cmsim run " + scenario + " --out DIR makes a result of it");
  CHECK(mistaken_for("deepseek-r1", "configs") == "found a model; try cmsim run SCENARIO --set model=deepseek-r1");
  CHECK(mistaken_for(result, "configs").empty());
  CHECK(mistaken_for("results/absent", "configs").empty());
}
