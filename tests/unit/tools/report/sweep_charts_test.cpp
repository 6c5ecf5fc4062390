#include "tools/report/sweep/sweep_charts.h"
#include "tools/report/sweep/sweep_report.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>

using namespace cm::tools;

namespace {

// EP and its linked redundant experts, sub-planes, a word; TPOT grows with EP.
std::vector<PointData> grid()
{
  std::vector<PointData> points;
  for (const int ep : {16, 8})
    for (const int planes : {3, 7})
      for (const char* limit : {"engine", "lane"})
        points.push_back({"decode",
                          {{"workload.ep", fmt::format("{}", ep)},
                           {"workload.redundant", fmt::format("{}", 2 * ep)},
                           {"machine.ub.write_limit", limit},
                           {"machine.ub.sub_planes", fmt::format("{}", planes)},
                           {"machine.nodes", "48"}},
                          "1",
                          "done",
                          "",
                          {{"layer_us", 100.0}, {"tpot_ms", 1.0 * ep}, {"tokens_per_s_per_npu", 10.0 * ep + planes}},
                          {},
                          {}});
  return points;
}

}  // namespace

TEST_CASE("axes are what varied by itself, numbers first and ascending")
{
  const std::vector<SweepAxis> axes = varied_axes(grid());
  REQUIRE(axes.size() == 3);
  CHECK(axes[0].key == "workload.ep");
  CHECK(axes[0].values == std::vector<std::string>{"8", "16"});
  CHECK(axes[1].key == "machine.ub.sub_planes");
  CHECK(axes[2].key == "machine.ub.write_limit");
  CHECK_FALSE(axes[2].is_number);
}

TEST_CASE("of keys that change together the one that tells most steps apart is the axis, wherever it stands")
{
  std::vector<PointData> points = grid();
  // As a sweep may have it: the redundant experts first, the same at several EP.
  for (PointData& point : points) {
    std::swap(point.axes[0], point.axes[1]);
    point.axes[0].second = "0";
  }
  points.push_back(points[0]);
  points.back().axes[0].second = "64";
  points.back().axes[1].second = "320";
  const std::vector<SweepAxis> axes = varied_axes(points);
  REQUIRE(axes.size() == 3);
  CHECK(axes[0].key == "workload.ep");
  CHECK(axes[0].linked == std::vector<std::string>{"workload.redundant"});
  CHECK(axes[0].title() == "EP (with it: redundant)");
  CHECK(links_text(axes[0], points) == "ep 8: redundant 0; ep 16: redundant 0; ep 320: redundant 64");
}

TEST_CASE("points without a result link no keys, and a key with one value among the others is no axis")
{
  std::vector<PointData> points = grid();
  for (PointData& point : points)
    if ((point.axes[0].second == "8") == (point.axes[3].second == "7"))
      point.status = "refused";
  const std::vector<SweepAxis> axes = varied_axes(points);
  REQUIRE(axes.size() == 3);
  CHECK(axes[1].key == "machine.ub.sub_planes");
  for (PointData& point : points)
    point.status = point.axes[3].second == "7" ? "done" : "refused";
  CHECK(varied_axes(points).size() == 2);
}

TEST_CASE("words that a number's parser takes are no numbers of an axis")
{
  std::vector<PointData> points = grid();
  points[0].axes[3].second = std::string("nan");
  points[1].axes[3].second = std::string("inf");
  const std::vector<SweepAxis> axes = varied_axes(points);
  REQUIRE(axes.size() == 3);
  CHECK(axes[2].key == "machine.ub.sub_planes");
  CHECK_FALSE(axes[2].is_number);
}

TEST_CASE("several seeds are an axis to choose from")
{
  std::vector<PointData> points = grid();
  for (PointData& point : grid()) {
    point.seed = std::string("2");
    points.push_back(point);
  }
  const std::vector<SweepAxis> axes = varied_axes(points);
  REQUIRE(axes.size() == 4);
  CHECK(axes.back().key == "seed");
}

TEST_CASE("a sweep of decode has lines of TPOT and a front")
{
  SweepData sweep{"s.yaml", "0", 8, grid()};
  const std::vector<Chart> charts = sweep_page(sweep).charts();
  REQUIRE(charts.size() == 2);
  const Json& lines = charts[0].specification;
  CHECK(charts[0].title == "decode: time per output token against EP");
  CHECK(lines.at("params").at(0).at("value") == "tpot_ms");
  CHECK(lines.at("encoding").at("x").at("field") == "workload\\.ep");
  CHECK(lines.at("encoding").at("color").at("field") == "machine\\.ub\\.sub_planes");
  CHECK(lines.at("params").at(1).at("bind").at("options") == Json({"engine", "lane"}));
  CHECK(lines.at("encoding").at("x").at("title") == "EP (with it: redundant)");
  CHECK(charts[0].shown == "All 8 points with a result are drawn.");
  CHECK(charts[1].name == "pareto-decode");
}

TEST_CASE("two axes of three values have a surface too, and charts tell the points without a result")
{
  std::vector<PointData> points;
  for (const int ep : {8, 16, 32})
    for (const int planes : {1, 3, 7})
      points.push_back({"decode",
                        {{"ep", std::to_string(ep)}, {"planes", std::to_string(planes)}},
                        "1",
                        "done",
                        "",
                        {{"tpot_ms", 1.0 * ep + planes}},
                        {},
                        {}});
  points[4].status = std::string("refused");
  const std::vector<Chart> charts = sweep_page({"s.yaml", "0", 9, points}).charts();
  REQUIRE(charts.size() == 2);
  CHECK(charts[1].name == "surface-decode");
  for (const Chart& chart : charts)
    CHECK(chart.shown == "All 8 points with a result are drawn. Not drawn: 1 refused.");
}

TEST_CASE("a sweep begins with its best points, and a better one in doubt is marked")
{
  SweepData sweep{"s.yaml", "0", 8, grid()};
  sweep.facts = {{"tpot_ms", {"ms", "lower", ""}},
                 {"tokens_per_s_per_npu", {"1/s", "higher", ""}},
                 {"layer_us", {"us", "lower", ""}}};
  sweep.points[2].health.is_steady = false;
  sweep.points[2].health.warnings = 1;
  sweep.points[2].health.why_unsteady = "OVERLOADED: 9 arrive";
  const Page page = sweep_page(sweep);
  REQUIRE(page.sections.front().title == "Best points");
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(std::get<PageTable>(page.sections.front().blocks.at(0)).rows ==
        Rows{{"decode", "lowest time per output token", "8 ms",
              "ep 8, sub_planes 3, write_limit engine (and 3 more as good)", ""},
             {"decode", "highest tokens per second per NPU", "167 tokens/s",
              "ep 16, sub_planes 7, write_limit engine (and 1 more as good)", "overloaded"},
             {"decode", "highest tokens per second per NPU, of points not in doubt", "167 tokens/s",
              "ep 16, sub_planes 7, write_limit lane", ""}});
}

TEST_CASE("users against NPUs marks what no design beats")
{
  int front = 0;
  for (const ParetoPoint& point : user_against_npu(grid())) {
    front += point.is_front ? 1 : 0;
    CHECK(point.x == (point.label.find("ep 8") != std::string::npos ? 125.0 : 62.5));
  }
  // The front holds the two points with seven sub-planes of each EP.
  CHECK(front == 4);
}

TEST_CASE("points that are not steady or miss their levels are marked and counted, and nothing is praised")
{
  SweepData sweep{"s.yaml", "0", 8, grid()};
  sweep.points[0].health = {
      .is_steady = false, .warnings = 1, .why_unsteady = "OVERLOADED: 9 arrive", .attainment = 0.2};
  sweep.points[1].health.attainment = 0.5;
  sweep.points[1].health.says_steady = true;
  const Page page = sweep_page(sweep);
  REQUIRE(page.verdicts.size() == 4);
  CHECK(page.verdicts[0].kind == PageVerdict::Kind::Neutral);
  CHECK(page.verdicts[1].kind == PageVerdict::Kind::Bad);
  CHECK(page.verdicts[1].text == "1 of 8 points with a result are not steady (1 overloaded): their latencies and rates "
                                 "depend on the length of the run.");
  CHECK(page.verdicts[2].text ==
        "2 of 8 points with a result miss the SLO: fewer than 90 % of their requests hold it.");
  CHECK(page.verdicts[3].text == "1 of 8 points with a result have warnings.");
  CHECK(page.sections[1].title == "Points in doubt");
  const auto& doubtful = std::get<PageTable>(page.sections[1].blocks.at(0));
  REQUIRE(doubtful.rows.size() == 2);
  CHECK(doubtful.rows[0][1] == "OVERLOADED: 9 arrive");
  CHECK(doubtful.rows[1][1] == "SLO missed: 50 % of the requests hold it");
  for (const Chart& chart : page.charts())
    CHECK(
        (chart.sentence.find("1 of 8") != std::string::npos && chart.sentence.find("not steady") != std::string::npos));
  const Json front = page.charts()[1].specification.at("data").at("values");
  CHECK(std::ranges::count(front, "not steady", [](const Json& row) { return row.at("kind"); }) == 1);
  const auto& points = std::get<PageTable>(page.sections[2].blocks.back());
  CHECK(points.rows[0][4] == "no: overloaded");
  CHECK(points.rows[1][4] == "yes, SLO missed");
  CHECK(points.rows[2][4] == "-");
}

TEST_CASE("what speaks against numbers is told once, before their charts")
{
  SweepData sweep{"s.yaml", "0", 8, grid()};
  for (PointData& point : sweep.points)
    point.caveats = {{"tpot_ms", "depends on a guess"}, {"layer_us", "depends on a guess"}};
  const Page page = sweep_page(sweep);
  CHECK(std::get<PageList>(page.sections[2].blocks.front()).lines ==
        std::vector<std::string>{"tpot_ms, layer_us: depends on a guess"});
}

TEST_CASE("a sweep of serving has a front of mean times per token")
{
  std::vector<PointData> points = grid();
  points.resize(2);
  points[0].numbers = {{"tpot_mean_ms", 20}, {"output_tokens_per_s_per_npu", 7}};
  points[1].numbers = {{"tpot_mean_ms", 40}, {"output_tokens_per_s_per_npu", 9}};
  REQUIRE(user_against_npu(points).size() == 2);
  CHECK(user_against_npu(points)[0].x == 50);
}

TEST_CASE("a sweep whose points are all sound has no section of doubts")
{
  const Page page = sweep_page({"s.yaml", "0", 8, grid()});
  REQUIRE(page.verdicts.size() == 1);
  CHECK(page.verdicts[0].kind == PageVerdict::Kind::Good);
  CHECK(page.sections[0].blocks.empty());
  CHECK(page.charts()[0].specification.contains("mark"));
}

TEST_CASE("points without a result are told with their reason")
{
  SweepData sweep{"s.yaml", "0", 9, grid()};
  sweep.points[0].status = std::string("refused");
  sweep.points[0].reason = std::string("too large");
  const Page page = sweep_page(sweep);
  CHECK(page.verdicts.front().kind == PageVerdict::Kind::Bad);
  CHECK(page.verdicts.front().text ==
        "7 of 9 points are done, 1 were refused by their model, 0 failed, 1 are missing.");
  const PageSection& undone = *std::ranges::find(page.sections, "Points without a result", &PageSection::title);
  REQUIRE(undone.blocks.size() == 1);
  CHECK(std::get<PageTable>(undone.blocks[0]).rows[0][0] == "refused: too large");
}
