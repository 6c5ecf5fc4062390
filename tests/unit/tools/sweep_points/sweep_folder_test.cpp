#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/sweep_points/sweep_folder.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

const SweepIdentity Ours{.sweep = "w.yaml", .program = "p"};

SweepPlan plan_of(const std::vector<std::string>& digests)
{
  SweepPlan plan;
  for (const std::string& digest : digests) {
    plan.points.emplace_back();
    plan.points.back().digest = digest + "00000000000";
  }
  return plan;
}

// Opens, keeps, and runs the points at the indices that follow.
EarlierPoints call(const SweepFolder& folder, const SweepPlan& plan, bool is_resumed,
                   const std::vector<std::size_t>& finished, const SweepIdentity& identity = Ours)
{
  OpenedFolder opened(folder, is_resumed);
  EarlierPoints earlier = opened.keep(plan, identity);
  for (const std::size_t index : finished)
    folder.write("points/" + file_name(index + 1, plan.points[index]),
                 undone_point(plan.points[index], PointStatus::Refused, "r"));
  return earlier;
}

std::vector<bool> kept(const EarlierPoints& earlier)
{
  std::vector<bool> kept;
  for (const auto& record : earlier.records)
    kept.push_back(record.has_value());
  return kept;
}

}  // namespace

TEST_CASE("finished points are kept under the numbers that they have now")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out/"));
  CHECK(kept(call(folder, plan_of({"a", "b"}), false, {0, 1})) == std::vector<bool>{false, false});
  const EarlierPoints earlier = call(folder, plan_of({"c", "b", "a"}), true, {});
  CHECK(kept(earlier) == std::vector<bool>{false, true, true});
  CHECK(earlier.outdated == 0);
  CHECK(std::filesystem::exists(folder.point_path("00003-a00000000000.json")));
  CHECK_FALSE(std::filesystem::exists(folder.point_path("00001-a00000000000.json")));
}

TEST_CASE("a sweep goes on only with the settings of its points")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  SweepPlan plan = plan_of({"a", "b"});
  plan.inputs = R"({"sets": ["workload.ep=8"]})";
  call(folder, plan, false, {0});
  CHECK_THROWS_WITH(OpenedFolder(folder, true, {}),
                    Catch::Contains("its points had --set workload.ep=8, this call has no --set"));
  CHECK_THROWS_WITH(OpenedFolder(folder, true, {"workload.ep=9"}),
                    Catch::Contains("this call has --set workload.ep=9"));
  CHECK(std::filesystem::exists(folder.point_path("00001-a00000000000.json")));
  CHECK_NOTHROW(OpenedFolder(folder, true, {"workload.ep=8"}));
}

TEST_CASE("points that changed are dropped, and all of them when the program changed")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  call(folder, plan_of({"a", "b"}), false, {0, 1});
  EarlierPoints earlier = call(folder, plan_of({"a", "c"}), true, {1});
  CHECK(kept(earlier) == std::vector<bool>{true, false});
  CHECK(earlier.outdated == 1);
  earlier = call(folder, plan_of({"a", "c"}), true, {}, {.sweep = "w.yaml", .program = "another"});
  CHECK(kept(earlier) == std::vector<bool>{false, false});
  CHECK(earlier.is_other_program);
  CHECK(std::filesystem::is_empty(folder.file("points")));
}

TEST_CASE("failed and half-written points are run again")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  const SweepPlan plan = plan_of({"a", "b"});
  call(folder, plan, false, {0});
  folder.write("points/" + file_name(2, plan.points[1]), undone_point(plan.points[1], PointStatus::Failed, "r"));
  folder.write("points/" + file_name(2, plan.points[1]) + ".partial-1-0", "{");
  CHECK(kept(call(folder, plan, true, {})) == std::vector<bool>{true, false});
  CHECK(std::distance(std::filesystem::directory_iterator(folder.file("points")), {}) == 1);
}

TEST_CASE("a half-written file of a killed process is never a result, even when it looks whole")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  const SweepPlan plan = plan_of({"a", "b"});
  call(folder, plan, false, {0});
  folder.write("points/" + file_name(2, plan.points[1]) + ".partial-1-0",
               undone_point(plan.points[1], PointStatus::Refused, "r"));
  folder.write("results.csv.partial-1-0", "point");
  folder.write("report.html", "of points that are gone");
  CHECK(kept(call(folder, plan, true, {})) == std::vector<bool>{true, false});
  CHECK(std::distance(std::filesystem::directory_iterator(folder.file("points")), {}) == 1);
  CHECK_FALSE(std::filesystem::exists(folder.file("results.csv.partial-1-0")));
  CHECK_FALSE(std::filesystem::exists(folder.file("report.html")));
}

TEST_CASE("a folder is taken before the points are read, and given back as it was found")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("new/out"));
  {
    const OpenedFolder opened(folder, false);
    CHECK_THROWS_WITH(OpenedFolder(folder, false), Catch::Contains("another sweep is writing there"));
  }
  CHECK_FALSE(std::filesystem::exists(temporary.file("new")));
}

TEST_CASE("a sweep that was killed while it read its points leaves a folder for the next one")
{
  const TemporaryFolder temporary;
  (void)temporary.with("out/.lock", "process 1 on a host");
  (void)temporary.with("out/sweep.json.partial-1-0", "{");
  const SweepFolder folder(temporary.file("out"));
  CHECK(kept(call(folder, plan_of({"a"}), false, {})) == std::vector<bool>{false});
  CHECK_FALSE(std::filesystem::exists(folder.file("sweep.json.partial-1-0")));
}

TEST_CASE("a finished sweep is replaced, an unfinished one only resumed")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  call(folder, plan_of({"a", "b"}), false, {0});
  CHECK_THROWS_WITH(OpenedFolder(folder, false), Catch::Contains("unfinished sweep (1 of 2 points); --resume"));
  call(folder, plan_of({"a", "b"}), true, {1});
  CHECK(kept(call(folder, plan_of({"a", "b"}), false, {})) == std::vector<bool>{false, false});
}

TEST_CASE("folders with other files, and files, are refused")
{
  const TemporaryFolder temporary;
  const std::string other = temporary.with("other/file", "");
  CHECK_THROWS_AS(OpenedFolder(SweepFolder(temporary.file("other")), true), cm::ConfigError);
  CHECK_THROWS_AS(OpenedFolder(SweepFolder(other), true), cm::ConfigError);
  CHECK_THROWS_AS(SweepFolder(""), cm::ConfigError);
}

TEST_CASE("a damaged sweep.json is told with its place, and nothing is removed")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  const SweepPlan plan = plan_of({"a", "b"});
  call(folder, plan, false, {0});
  const auto refusal = [&](const std::string& content, const std::string& words) {
    folder.write("sweep.json", content);
    INFO(content);
    CHECK_THROWS_WITH(call(folder, plan, true, {}), Catch::Contains("out/sweep.json:" + words));
    CHECK_FALSE(std::filesystem::is_empty(folder.file("points")));
  };
  refusal("", "1:1: expected a value of JSON, found the end of the text");
  refusal("[]", "1:1: expected an object of JSON, found a list");
  refusal(R"({"schema": 7})", "1:12: schema: expected a text, found 7");
  const std::string head = R"({"schema": "cmsim-sweep/1", )";
  refusal(head + R"("points": 2, "program": 5})", "1:53: program: expected a text, found 5");
  refusal(head + R"("points": -2, "program": "p"})", "1:39: points: expected a whole number of at least 0, found -2");
  refusal(head + R"("points": 1e999, "program": "p"})", "1:39: expected a number of at most 1.8e308");
  refusal(head + R"("points": "two"})", "1:39: points: expected a whole number of at least 0, found \"two\"");
}

TEST_CASE("points that are damaged are run again")
{
  const TemporaryFolder temporary;
  const SweepFolder folder(temporary.file("out"));
  const SweepPlan plan = plan_of({"a"});
  call(folder, plan, false, {0});
  const std::string name = "points/" + file_name(1, plan.points[0]);
  const std::string good = cm::tests::content_of(folder.file(name));
  const std::string digest = R"("point": {"digest": "a00000000000", "reason": "", "status": "done"})";
  for (const std::string& content :
       {good.substr(0, good.size() / 2), good + "x", R"({"schema": "cmsim-point/1", )" + digest + R"(, "metrics": 3})",
        R"({"schema": "cmsim-point/1", )" + digest + R"(, "metrics": {"a_ms": {"value": "fast"}}})",
        R"({"schema": "cmsim-point/1", )" + digest + R"(, "metrics": {"a_ms": {"value": 1e999}}})"}) {
    folder.write(name, content);
    INFO(content);
    CHECK(kept(call(folder, plan, true, {})) == std::vector<bool>{false});
  }
  folder.write(name, good);
  CHECK(kept(call(folder, plan, true, {})) == std::vector<bool>{true});
}
