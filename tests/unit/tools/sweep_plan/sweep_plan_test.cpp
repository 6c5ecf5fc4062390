#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/sweep_plan/sweep_plan.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

SweepPlan plan(const TemporaryFolder& folder, const std::string& text, const std::vector<std::string>& sets = {})
{
  cm::sim::metrics::NoProgress silent;
  SweepPlan sweep = list_points({folder.with("w.yaml", text), CM_SOURCE_DIR "/configs", sets});
  check_points(sweep, silent);
  return sweep;
}

std::string problems(const std::string& text, const std::vector<std::string>& sets = {})
{
  const TemporaryFolder folder;
  try {
    plan(folder, text, sets);
  } catch (const cm::ConfigError& error) {
    return error.what();
  }
  return "none";
}

std::vector<std::string> titles(const SweepPlan& plan)
{
  std::vector<std::string> titles;
  for (const SweepPoint& point : plan.points) {
    std::string title = point.base;
    for (const auto& [key, text] : point.labels)
      title += " " + text;
    titles.push_back(title + " " + std::to_string(point.seed));
  }
  return titles;
}

}  // namespace

TEST_CASE("the last axis walks fastest, then the seeds, and a base's own axes come first")
{
  const TemporaryFolder folder;
  const SweepPlan sweep = plan(folder, R"(
bases:
  - {scenario: ep, axes: [{workload.ep: [8, 16]}]}
  - {scenario: p2p, axes: [{workload.op: [write]}]}
axes: [{machine.ub.sub_planes: [6, 7]}]
seeds: [3, 4]
)");
  CHECK(titles(sweep) == std::vector<std::string>{"ep 8 6 3", "ep 8 6 4", "ep 8 7 3", "ep 8 7 4", "ep 16 6 3",
                                                  "ep 16 6 4", "ep 16 7 3", "ep 16 7 4", "p2p write 6 3",
                                                  "p2p write 6 4", "p2p write 7 3", "p2p write 7 4"});
  std::set<std::string> digests;
  for (const SweepPoint& point : sweep.points)
    digests.insert(point.digest);
  CHECK(digests.size() == 12);
}

TEST_CASE("a plan holds the sweep as it was read, the set of its bases and all")
{
  const TemporaryFolder folder;
  const SweepPlan sweep =
      plan(folder, "bases: [{scenario: p2p, set: {workload: {bytes: 1 KiB}}}]\naxes: [{workload.op: [read, write]}]\n");
  const auto inputs = nlohmann::ordered_json::parse(sweep.inputs);
  CHECK(inputs.at("as_read").dump() == R"({"bases":[{"scenario":"p2p","set":{"workload":{"bytes":"1 KiB"}}}],)"
                                       R"("axes":[{"workload.op":["read","write"]}]})");
  CHECK(inputs.at("files").size() == 2);
  CHECK(inputs.at("files").at(1).at("name") == "scenarios/p2p.yaml");
  CHECK(inputs.at("command") == "cmsim sweep " + folder.file("w.yaml"));
}

TEST_CASE("an axis that has no effect at any point of a base is refused where it stands")
{
  CHECK_THAT(problems("bases: [{scenario: ep}]\naxes: [{machine.die.host.turn: [1 ms, 2 ms]}]\n"),
             Catch::Contains("w.yaml:2:9: machine.die.host.turn has no effect here: a run of ep does not use it"));
  CHECK_THAT(problems("bases: [{scenario: ep}]\naxes: [{model: [mixtral-8x7b, deepseek-r1]}]\n"),
             Catch::Contains("model has no effect here: a run of ep uses no model"));
  CHECK(problems("bases: [{scenario: ep}]\naxes: [{workload.ep: [8, 32]}, {machine.nodes: [40, 44]}]\n") == "none");
}

TEST_CASE("a setting of the command line counts at every point, over the set of a base")
{
  const TemporaryFolder folder;
  const std::string text =
      "bases: [{scenario: p2p, set: {workload.bytes: 1 KiB}}]\naxes: [{workload.op: [read, write]}]\n";
  const SweepPlan plain = plan(folder, text);
  const SweepPlan set = plan(folder, text, {"workload.bytes=4 KiB", "workload.bytes=2 KiB"});
  CHECK(set.sets == std::vector<std::string>{"workload.bytes=2 KiB"});
  CHECK(set.points[0].digest != plain.points[0].digest);
  const auto in_file = plan(folder, "bases: [{scenario: p2p, set: {workload.bytes: 2 KiB}}]\n"
                                    "axes: [{workload.op: [read, write]}]\n");
  CHECK(set.points[0].digest == in_file.points[0].digest);
  CHECK(set.points[1].digest == in_file.points[1].digest);
  const auto inputs = nlohmann::ordered_json::parse(set.inputs);
  CHECK(inputs.at("sets").dump() == R"(["workload.bytes=2 KiB"])");
  CHECK(inputs.at("command") == "cmsim sweep " + folder.file("w.yaml") + " --set 'workload.bytes=2 KiB'");
}

TEST_CASE("a setting of the command line is checked as that of a run is")
{
  const std::string text = "bases: [{scenario: ep}, {scenario: p2p}]\naxes: [{machine.ub.sub_planes: [6, 7]}]\n";
  CHECK_THAT(problems(text, {"workload.epp=8"}),
             Catch::StartsWith(
                 "--set workload.epp:1:1: workload.epp: unknown key \"epp\"; did you mean \"ep\"? (at base ep)\n"));
  CHECK_THAT(problems(text, {"workload.tokens_per_rank=8"}), Catch::Contains("(at base p2p)"));
  CHECK_THAT(problems(text, {"machine.ub.sub_planes=5"}),
             Catch::StartsWith("--set machine.ub.sub_planes:1:1: machine.ub.sub_planes: expected a key that no axis "
                               "changes, found machine.ub.sub_planes at ") &&
                 Catch::Contains("w.yaml:2:8"));
  CHECK_THAT(problems(text, {"machine.ub+={sub_planes: 5}"}), Catch::Contains("expected a key that no axis changes"));
  CHECK_THAT(problems(text + "seeds: [1, 2]\n", {"seed=3"}), Catch::Contains("the sweep says the seeds"));
  CHECK(problems(text, {"machine.nodes=40"}) == "none");
}

TEST_CASE("a complaint about every value of an axis is told before anything runs")
{
  CHECK_THAT(problems("bases: [{scenario: ep}]\naxes: [{workload.ep: [16, 32]}, {workload.skew: [1, 2]}]\n"),
             Catch::Contains("w.yaml:2:50: workload.skew: only a skewed gate has it"));
}

TEST_CASE("a base without axes is one point, with the scenario's own seed")
{
  const TemporaryFolder folder;
  CHECK(titles(plan(folder, "bases: [{scenario: ep}]")) == std::vector<std::string>{"ep 1"});
}

TEST_CASE("filters keep and skip")
{
  const TemporaryFolder folder;
  const SweepPlan sweep = plan(folder, R"(
bases: [{scenario: ep}]
axes: [{workload.ep: [8, 16, 32]}, {machine.ub.sub_planes: {from: 1, to: 7}}]
only: [{workload.ep: [8, 16]}, {machine.ub.sub_planes: 7}]
skip: [{machine.ub.sub_planes: {from: 2, to: 7}, workload.ep: 16}]
)");
  CHECK(titles(sweep) == std::vector<std::string>{"ep 8 1 1", "ep 8 2 1", "ep 8 3 1", "ep 8 4 1", "ep 8 5 1",
                                                  "ep 8 6 1", "ep 8 7 1", "ep 16 1 1", "ep 32 7 1"});
}

TEST_CASE("the digest of a point follows what is simulated and not where it stands")
{
  const TemporaryFolder folder;
  const auto digests = [&](const std::string& text) {
    std::vector<std::string> all;
    for (const SweepPoint& point : plan(folder, text).points)
      all.push_back(point.digest);
    return all;
  };
  const auto before = digests("bases: [{scenario: ep, axes: [{workload.ep: [8, 16]}]}]");
  const auto longer = digests("# moved\nbases: [{scenario: ep, axes: [{workload.ep: [8, 32, 16]}]}]");
  CHECK(before[0] == longer[0]);
  CHECK(before[1] == longer[2]);
  CHECK(before[0] != digests("bases: [{scenario: ep, set: {workload.top_k: 7}, axes: [{workload.ep: [8]}]}]")[0]);
}

TEST_CASE("a key or a value that no point can take is told before anything runs")
{
  using Catch::Contains;
  CHECK_THAT(problems("bases: [{scenario: ep, axes: [{workload.epp: [8, 16]}]}]"),
             Contains("w.yaml:1:32: workload.epp: unknown key \"epp\"; did you mean \"ep\"?"));
  CHECK_THAT(problems("bases: [{scenario: ep, axes: [{workload.ep: [8, x]}]}]"),
             Contains("workload.ep: expected an integer"));
  CHECK_THAT(problems("bases: [{scenario: ep, axes: [{workload.ep: [8, 8]}]}]"), Contains("expected each point once"));
  CHECK_THAT(problems("bases: [{scenario: ep}]\nskip: [{base: ep}]"),
             Contains("expected 1 to 100000 points, found none"));
}

TEST_CASE("filters see all combinations, also those behind the most that a sweep may have")
{
  const TemporaryFolder folder;
  const std::string path = folder.with("w.yaml", R"(
bases: [{scenario: p2p}]
axes: [{workload.bytes: {from: 1, to: 10000}}, {machine.ub.sub_planes: {from: 1, to: 7}}, {seed: {from: 1, to: 3}}]
only: [{workload.bytes: {from: 9999, to: 10000}}]
)");
  const SweepPlan sweep = list_points({path, CM_SOURCE_DIR "/configs"});
  REQUIRE(sweep.points.size() == 42);
  CHECK(sweep.points.front().labels.front().second == "9999");
}

TEST_CASE("more points or combinations than a sweep may have are refused, whatever multiplies them")
{
  using Catch::Contains;
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& text) {
    try {
      list_points({folder.with("w.yaml", text), CM_SOURCE_DIR "/configs"});
    } catch (const cm::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  const std::string bytes = "bases: [{scenario: p2p}]\naxes: [{workload.bytes: {from: 1, to: 10000}}";
  CHECK_THAT(problem(bytes + "]\nrepeats: 10000"), Contains("expected 1 to 100000 points, found more"));
  CHECK_THAT(problem(bytes + ", {machine.ub.sub_planes: {from: 1, to: 7}}, {workload.from: {from: 1, to: 1000}}]"),
             Contains("w.yaml:1:1: expected at most 1000000 combinations"));
}

TEST_CASE("reading the points tells how far it is")
{
  struct Told final : cm::sim::metrics::Progress {
    std::vector<std::string> lines;
    void update(double /*share*/, std::string_view what) override { lines.emplace_back(what); }
  } told;
  const TemporaryFolder folder;
  SweepPlan sweep = list_points(
      {folder.with("w.yaml", "bases: [{scenario: ep, axes: [{workload.ep: [8, 16]}]}]"), CM_SOURCE_DIR "/configs"});
  check_points(sweep, told);
  CHECK(told.lines == std::vector<std::string>{"reading the points: 0 of 2", "reading the points: 1 of 2"});
}

TEST_CASE("values that do not go together stop the sweep only when no point of a base can run")
{
  CHECK(problems("bases: [{scenario: ep, axes: [{workload.ep: [8, 7]}]}]") == "none");
  CHECK_THAT(problems("bases: [{scenario: ep, axes: [{workload.ep: [7]}, {workload.top_k: [7, 8]}]}]"),
             Catch::Contains("do not divide over 7 ranks"));
}

TEST_CASE("a point's file is named by number and digest")
{
  SweepPoint point;
  point.digest = "0123456789abcdef0123456789abcdef";
  CHECK(file_name(12, point) == "00012-0123456789ab.json");
}
