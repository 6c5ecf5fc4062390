#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/scenario/config_files.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::parse_text;
using cm::sim::config::ReadingLog;
using cm::sim::config::Value;

namespace {

Value reference(const std::string& text, const std::string& file)
{
  return parse_text(file, text);
}

}  // namespace

TEST_CASE("a name is a file below the root")
{
  const cm::tests::ConfigFolder configs;
  ReadingLog log;
  ConfigFiles files(configs.folder().file("configs"), log);
  CHECK(files.load("machines", reference("small", "s.yaml"), "machine"));
  CHECK(log.problems.empty());
}

TEST_CASE("a path is relative to the file in which it was written")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "near/own.yaml", "name: own\n");
  ReadingLog log;
  ConfigFiles files(configs.folder().file("configs"), log);
  const std::string scenario = configs.folder().file("near/s.yaml");
  CHECK(files.load("machines", reference("own.yaml", scenario), "machine"));
  CHECK(files.load("machines", reference("../near/own.yaml", scenario), "machine"));
  CHECK(files.load("machines", reference(configs.folder().file("near/own.yaml"), scenario), "machine"));
  CHECK(log.problems.empty());
  CHECK_FALSE(files.load("machines", reference("own.yaml", "--set machine"), "machine"));
  CHECK(log.problems ==
        std::vector<std::string>{"--set machine:1:1: machine: expected a readable file, found no own.yaml"});
}

TEST_CASE("a path to no file gets the nearest file of its folder")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "near/small-machine.yaml", "name: own\n");
  ReadingLog log;
  ConfigFiles files(configs.folder().file("configs"), log);
  const std::string scenario = configs.folder().file("near/s.yaml");
  for (const char* wrong : {"small-machin.yaml", "other.yaml", "nowhere/small-machine.yaml"})
    CHECK_FALSE(files.load("machines", reference(wrong, scenario), "machine"));
  REQUIRE(log.problems.size() == 3);
  CHECK_THAT(log.problems[0], Catch::EndsWith("/near/small-machin.yaml; did you mean " +
                                              configs.folder().file("near/small-machine.yaml?")));
  CHECK_THAT(log.problems[1], Catch::EndsWith("/near/other.yaml"));
  CHECK_THAT(log.problems[2], Catch::EndsWith("nowhere/small-machine.yaml"));
}

TEST_CASE("a missing name is reported where it stands with the nearest one and all others")
{
  const cm::tests::ConfigFolder configs;
  cm::tests::put(configs.folder(), "configs/machines/other.yaml", "name: other\n");
  ReadingLog log;
  ConfigFiles files(configs.folder().file("configs"), log);
  CHECK_FALSE(files.load("machines", reference("smal", "s.yaml"), "machine"));
  REQUIRE(log.problems.size() == 1);
  CHECK_THAT(log.problems[0], Catch::StartsWith("s.yaml:1:1: machine: expected the name of a file in ") &&
                                  Catch::EndsWith("found \"smal\"; did you mean \"small\"? Available: other, small"));
}

TEST_CASE("a part is replaced by its file with the keys beside it laid over")
{
  const cm::tests::ConfigFolder configs;
  ReadingLog log;
  ConfigFiles files(configs.folder().file("configs"), log);
  Value machine = parse_text("m.yaml", "{ub: {part: lanes, width: 3}, die: {x: 1}}");
  CHECK(files.insert_parts(machine, "machine"));
  CHECK(log.problems.empty());
  const Value* ub = machine.find("ub");
  REQUIRE(ub != nullptr);
  CHECK(ub->find("part") == nullptr);
  CHECK(ub->find("width")->text == "3");
  CHECK(ub->find("rate")->find("value")->text == "28 GB/s");
}

TEST_CASE("a missing part is reported where the part is named")
{
  const cm::tests::ConfigFolder configs;
  ReadingLog log;
  ConfigFiles files(configs.folder().file("configs"), log);
  Value machine = parse_text("m.yaml", "{ub: {part: lane}}");
  CHECK_FALSE(files.insert_parts(machine, "machine"));
  REQUIRE(log.problems.size() == 1);
  CHECK_THAT(log.problems[0], Catch::StartsWith("m.yaml:1:13: machine.ub.part: expected the name of a file in ") &&
                                  Catch::Contains("did you mean \"lanes\"?"));
}

TEST_CASE("a scenario is beside the file that names it, or below a path from it, or shipped")
{
  const cm::tests::TemporaryFolder folder;
  for (const char* name : {"configs/scenarios/a.yaml", "configs/scenarios/b.yaml", "own/a.yaml", "own/deep/c.yaml"})
    folder.put(name, "");
  const cm::sim::config::Position place{folder.file("own/fit.yaml"), 3, 1};
  const auto path = [&](const std::string& text) { return scenario_path(text, place, folder.file("configs")); };
  CHECK(path("a.yaml") == folder.file("own/a.yaml"));
  CHECK(path("./a.yaml") == folder.file("own/a.yaml"));
  CHECK(path("deep/c.yaml") == folder.file("own/deep/c.yaml"));
  CHECK(path("../configs/scenarios/b.yaml") == folder.file("configs/scenarios/b.yaml"));
  CHECK(path(folder.file("own/a.yaml")) == folder.file("own/a.yaml"));
  CHECK(path("a") == folder.file("configs/scenarios/a.yaml"));
  CHECK(path("b.yaml") == folder.file("configs/scenarios/b.yaml"));
  for (const char* absent : {"./b.yaml", "c.yaml", "c", "/nowhere/a.yaml"})
    CHECK_FALSE(path(absent));
}
