#include "sim/metrics/result.h"
#include "tools/report/inputs_section.h"
#include "tools/report/machine/heat_charts.h"
#include "tools/report/machine/machine_sections.h"
#include "tools/report/measures/cumulative_line.h"
#include "tools/report/run_report.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

using namespace cm::tools;

namespace {

Json result_with_everything()
{
  cm::sim::metrics::Result result;
  result.manifest.scenario = "s.yaml";
  result.manifest.steady = false;
  result.manifest.assumed = {"a = 1: why"};
  result.add({"tpot_ms", "ms", cm::sim::metrics::Better::Lower, "a meaning", "a formula"}, 48.96);
  cm::sim::metrics::Histogram histogram("us");
  for (int i = 1; i <= 1000; ++i)
    histogram.record(i);
  result.histograms.push_back({"dispatch_us", histogram});
  result.breakdown = {{"attention", 3, "us"}, {"experts", 1, "us"}};
  result.lanes = {{"sub-plane 0", 75, "%"}, {"sub-plane 1", 25, "%"}};
  result.chips.push_back({"L2", "a sentence", {{1, 2, 3}, {4, 5, 6}}});
  result.series.emplace_back("queue", cm::sim::metrics::Series{"tokens", {0, 1}, {5, 6}});
  result.tables.push_back({"widths", "GB/s", {"stripe", "rate"}, {{"one", {1.5}}}});
  result.warnings = {"careful"};
  return Json::parse(to_json(result));
}

const Json& chart(const Page& page, const std::string& name)
{
  static std::vector<Chart> charts;
  charts = page.charts();
  const auto found = std::ranges::find(charts, name, &Chart::name);
  REQUIRE(found != charts.end());
  return found->specification;
}

}  // namespace

TEST_CASE("every section of a result has its chart")
{
  const Page page = run_page(result_with_everything());
  CHECK(chart(page, "breakdown").at("data").at("values").at(0).at("share") == 0.75);
  CHECK(chart(page, "chips-l2").at("data").at("values").size() == 6);
  CHECK(chart(page, "sub-planes").at("data").at("values").at(0).at("percent") == 75);
  CHECK(chart(page, "series-tokens").at("data").at("values").size() == 2);
  CHECK(chart(page, "histogram-dispatch-us").at("encoding").at("x").at("title") == "dispatch, ms");
  for (const Chart& each : page.charts()) {
    INFO(each.name);
    CHECK_FALSE(each.shown.empty());
  }
}

TEST_CASE("a cumulative distribution ends at one and keeps few points")
{
  const Page page = run_page(result_with_everything());
  const Json& values = chart(page, "cumulative-us").at("data").at("values");
  CHECK(values.front().at("share") == 0.0);
  CHECK(values.back().at("share") == 1.0);
  CHECK(values.size() < 500);
}

TEST_CASE("a run that is not steady is judged so, and its other warnings counted")
{
  Json result = result_with_everything();
  result["warnings"].push_back("another");
  const Page page = run_page(result);
  REQUIRE(page.verdicts.size() >= 2);
  CHECK(page.verdicts[0].kind == PageVerdict::Kind::Bad);
  CHECK(page.verdicts.back().text == "1 more warning, below.");
}

TEST_CASE("what speaks against a number stands on its line")
{
  cm::sim::metrics::Result result;
  result.add({.name = "capacity_rps", .unit = "1/s", .meaning = "a rate", .formula = "a rate"}, 3);
  cm::sim::metrics::Histogram histogram("ms");
  histogram.record(1);
  result.histograms.push_back({.name = "ttft_ms", .values = histogram});
  result.caveats = {{"capacity_rps", "a bound"}, {"ttft_ms", "depends on a guess"}};
  const Page page = run_page(Json::parse(to_json(result)));
  const auto numbers = std::ranges::find(page.sections, "Numbers", &PageSection::title);
  REQUIRE(numbers != page.sections.end());
  CHECK(std::get<PageTable>(numbers->blocks.back()).rows[0].back() == "a rate [a bound]");
  const auto distributions = std::ranges::find(page.sections, "Distributions", &PageSection::title);
  REQUIRE(distributions != page.sections.end());
  CHECK(std::get<PageTable>(distributions->blocks[0]).rows[0][0] == "time to first token, ms [depends on a guess]");
}

TEST_CASE("numbers that are judged stand in groups and plain units, counters among all numbers, folded away")
{
  using cm::sim::metrics::Better;
  cm::sim::metrics::Result result;
  result.add({"tpot_ms", "ms", Better::Lower, "time per output token", "a formula"}, 1234);
  result.add({"hit_rate", "1", Better::Higher, "share of hits", "a formula"}, 0.25);
  result.add({"port_hops", "count", Better::Neither, "hops over ports", "a formula"}, 7);
  const Page page = run_page(Json::parse(to_json(result)));
  const auto& blocks = std::ranges::find(page.sections, "Numbers", &PageSection::title)->blocks;
  REQUIRE(blocks.size() == 3);
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(std::get<PageTable>(blocks[0]).rows == Rows{{"tpot_ms", "time per output token", "1.234 s", "less"}});
  CHECK(std::get<PageTable>(blocks[1]).rows == Rows{{"hit_rate", "share of hits", "25 %", "more"}});
  const auto& all = std::get<PageTable>(blocks[2]);
  CHECK(all.is_long);
  CHECK(all.rows.size() == 3);
  CHECK(all.rows[2][0] == "port_hops");
}

TEST_CASE("distributions, series and sub-planes that say nothing are sentences, not charts")
{
  cm::sim::metrics::Result result;
  cm::sim::metrics::Histogram histogram("ms");
  histogram.record(90.4);
  result.histograms.push_back({.name = "iteration_ms", .values = histogram});
  result.series.emplace_back("blocks", cm::sim::metrics::Series{"blocks", {0, 1}, {5, 5}});
  result.lanes = {{"sub-plane 0", 50, "%"}, {"sub-plane 1", 50, "%"}};
  const Page page = run_page(Json::parse(to_json(result)));
  CHECK(page.charts().empty());
  const auto lines = [&](const char* title) {
    return std::get<PageList>(std::ranges::find(page.sections, title, &PageSection::title)->blocks.back()).lines;
  };
  CHECK(lines("Over time") == std::vector<std::string>{"blocks: 5 blocks"});
  CHECK(lines("Network").size() == 1);
  CHECK(lines("Distributions").size() == 1);
}

TEST_CASE("a distribution of which nearly all values lie in one bar is a sentence with its range")
{
  cm::sim::metrics::Result result;
  cm::sim::metrics::Histogram histogram("ms");
  histogram.record(83.1);
  for (int i = 0; i < 999; ++i)
    histogram.record(83.63);
  result.histograms.push_back({.name = "iteration_ms", .values = histogram});
  const Page page = run_page(Json::parse(to_json(result)));
  CHECK(page.charts().empty());
  const PageSection& section = *std::ranges::find(page.sections, "Distributions", &PageSection::title);
  CHECK_THAT(std::get<PageList>(section.blocks.back()).lines.front(),
             Catch::StartsWith("Iteration: 1000 values from 83.1 ms to 83.63 ms, nearly all close to 83."));
}

TEST_CASE("a large step of a cumulative distribution is drawn where it is, however many points are left out")
{
  Json buckets = Json::array({{1.0, 1.005, 500}});
  for (int i = 0; i < 1000; ++i)
    buckets.push_back({10.0 + i, 10.5 + i, 1});
  const CumulativeLine line = cumulative_line(buckets, 1, first_shown(buckets));
  CHECK(line.values == 1500);
  CHECK(line.points.at(1) == std::pair{1.005, 500.0 / 1500});
  CHECK(line.points.back() == std::pair{1009.5, 1.0});
  CHECK(line.points.size() < 810);
}

TEST_CASE("chips that no packet crossed are a sentence, not a picture")
{
  cm::sim::metrics::Result result;
  result.chips.push_back({"L1", "a sentence", {{0, 0}, {0, 0}}});
  const Page page = run_page(Json::parse(to_json(result)));
  CHECK(page.charts().empty());
  const auto& blocks = std::ranges::find(page.sections, "Network", &PageSection::title)->blocks;
  CHECK(std::get<PageList>(blocks.front()).lines.front() == "L1 chips: no packet crossed their links.");
}

TEST_CASE("of a long series the peaks are drawn, and the rest is told")
{
  cm::sim::metrics::Series series{"requests", {}, {}};
  for (int i = 0; i < 5000; ++i) {
    series.time_s.push_back(i);
    series.value.push_back(i == 2345 ? 99 : i % 2);
  }
  cm::sim::metrics::Result result;
  result.series.emplace_back("waiting", series);
  const Chart drawn = run_page(Json::parse(to_json(result))).charts().at(0);
  const Json& rows = drawn.specification.at("data").at("values");
  CHECK(rows.size() <= 1000);
  CHECK(std::ranges::any_of(rows, [](const Json& row) { return row.at("value") == 99; }));
  CHECK_THAT(drawn.shown, Catch::Contains(" of 5000 values are drawn"));
}

TEST_CASE("a result of metrics alone has no charts")
{
  cm::sim::metrics::Result result;
  result.add({"time_us", "us", cm::sim::metrics::Better::Lower, "a meaning", "a formula"}, 1);
  CHECK(run_page(Json::parse(to_json(result))).charts().empty());
}

TEST_CASE("a page begins with what was run")
{
  cm::sim::metrics::Result result;
  result.manifest.scenario = "s.yaml";
  result.manifest.inputs = cm::sim::metrics::Inputs{.title = "decode of tiny (2 of its 4 layers) on small",
                                                    .command = "cmsim run s.yaml --set model.layers=2 --seed 1",
                                                    .machine = "small",
                                                    .model = "tiny",
                                                    .workload = {{"kind", "decode"}},
                                                    .overrides = {},
                                                    .changes = {},
                                                    .sets = {{"model.layers", "2"}},
                                                    .files = {{"scenario", "s.yaml", "0123456789abcdef"}}};
  const Page page = run_page(Json::parse(to_json(result)));
  CHECK(page.title == "Run of s.yaml: decode of tiny (2 of its 4 layers) on small");
  REQUIRE(page.facts.size() == 6);
  CHECK(page.facts[3].name == "changed");
  CHECK(page.facts[3].text == "model.layers = 2");
  CHECK(page.facts[5].text == "cmsim run s.yaml --set model.layers=2 --seed 1");
  CHECK(page.facts[5].is_command);
  const auto& blocks = std::ranges::find(page.sections, "Inputs", &PageSection::title)->blocks;
  REQUIRE(blocks.size() == 3);
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(std::get<PageTable>(blocks[0]).rows == Rows{{"model.layers", "2", "--set"}});
  CHECK(std::get<PageTable>(blocks[1]).rows == Rows{{"workload.kind", "decode"}});
  CHECK(std::get<PageTable>(blocks[2]).rows == Rows{{"scenario", "s.yaml", "0123456789ab"}});
}

TEST_CASE("the page of a sweep begins with its file as it was read")
{
  const Json sweep = Json::parse(R"({"inputs": {"command": "cmsim sweep w.yaml", "files": [], "as_read": {
    "bases": [{"scenario": "ep", "set": {"workload.repeats": "4"}}], "axes": [{"workload.ep": ["8", "16"]}]}}})");
  const PageSection section = sweep_inputs_section(sweep);
  REQUIRE(section.blocks.size() == 1);
  CHECK(std::get<PageTable>(section.blocks[0]).rows ==
        std::vector<std::vector<std::string>>{{"bases", "{scenario: ep, set: {workload.repeats: 4}}"},
                                              {"axes", "{workload.ep: [8, 16]}"}});
  CHECK(sweep_inputs_section(Json::object()).blocks.empty());
  REQUIRE(sweep_facts(sweep).size() == 1);
  CHECK(sweep_facts(sweep)[0].text == "cmsim sweep w.yaml");
}

TEST_CASE("statistics of nothing are dashes, in results of earlier versions too")
{
  cm::sim::metrics::Result result;
  result.histograms.push_back({"ttft_ms", cm::sim::metrics::Histogram("ms")});
  Json written = Json::parse(to_json(result));
  const auto cells = [&] {
    const Page page = run_page(written);
    const auto& table =
        std::get<PageTable>(std::ranges::find(page.sections, "Distributions", &PageSection::title)->blocks.front());
    return table.rows.at(0);
  };
  const std::vector<std::string> dashes{"time to first token, ms", "0", "-", "-", "-", "-", "-", "-"};
  CHECK(cells() == dashes);
  for (const char* const statistic : {"mean", "p50", "p90", "p99", "p999", "max"})
    written["histograms"]["ttft_ms"][statistic] = 0;
  CHECK(cells() == dashes);
}

namespace {

const PageBlock* block_of(const Page& page, const std::string& section, std::size_t index)
{
  const auto found = std::ranges::find(page.sections, section, &PageSection::title);
  return found == page.sections.end() || found->blocks.size() <= index ? nullptr : &found->blocks[index];
}

Json result_on_the_machine()
{
  cm::sim::metrics::Result result;
  result.add({"tpot_ms", "ms", cm::sim::metrics::Better::Lower, "a meaning", "a formula"}, 50);
  result.chips.push_back({"L1", "links: nodes 0-1 send", {{10, 20, 0}, {10, 20, 0}}});
  result.tables.push_back({"use_per_stage",
                           "use of a die",
                           {"stage", "time (us)", "cube peak (%)", "HBM (%)"},
                           {{"attention", {100.0, 20.0, 40.0}}, {"layer", {39710.0, 10.0, 20.0}}}});
  result.tables.push_back({"what_if_free",
                           "runs",
                           {"free", "tpot_ms", "change (%)"},
                           {{"nothing", {50.0, 0.0}}, {"network", {40.0, -20.0}}}});
  result.tables.push_back({"busiest_links",
                           "the longest of all",
                           {"link", "busy (%)", "bytes"},
                           {{"lane endpoint 3 sub-plane 0", {9.0, 802730496.0}}}});
  return Json::parse(to_json(result));
}

}  // namespace

TEST_CASE("heat maps have one scale, leave idle chips out and name them")
{
  const Page page = run_page(result_on_the_machine());
  const Json& chips = chart(page, "chips-l1");
  CHECK(chips.at("data").at("values").size() == 4);
  CHECK(chips.at("layer").at(0).at("encoding").at("color").at("scale").at("domain") == Json::array({0, 100}));
  const auto charts = page.charts();
  const auto heat = std::ranges::find(charts, "chips-l1", &Chart::name);
  CHECK(heat->sentence == "Mean over the whole run: links: nodes 0-1 send. Left out: L1 chip 2.");
}

TEST_CASE("use per stage is a heat map, and what if a part were free is bars and a table")
{
  const Page page = run_page(result_on_the_machine());
  const Json& use = chart(page, "use-per-stage").at("data").at("values");
  CHECK(use.size() == 4);
  CHECK(use.at(0) == Json{{"stage", "attention, 100 us"}, {"resource", "cube peak"}, {"share", 20.0}});
  CHECK(use.at(2).at("stage") == "layer, 39.71 ms");
  const Json& bars = chart(page, "what-if-free").at("data").at("values");
  CHECK(bars.at(1) == Json{{"run", "network free"}, {"value", 40.0}, {"label", "40 (-20.0 %)"}});
  const PageBlock* const table = block_of(page, "What if a part were free", 1);
  REQUIRE(table != nullptr);
  CHECK(std::get<PageTable>(*table).rows.at(0).back() == "the run as it is");
  CHECK(std::get<PageTable>(*table).rows.at(1).at(2) == "-20.0");
  CHECK_THAT(std::get<PageTable>(*table).rows.at(1).back(), Catch::StartsWith("packets have no latency"));
}

TEST_CASE("tables that stand in a section of their own are not shown twice")
{
  const Page page = run_page(result_on_the_machine());
  CHECK(block_of(page, "Tables", 0) == nullptr);
  CHECK(is_machine_table("use_per_stage"));
  CHECK_FALSE(is_machine_table("uncertainty"));
  const PageBlock* const links = block_of(page, "Network", 1);
  REQUIRE(links != nullptr);
  CHECK(std::get<PageTable>(*links).rows.front() ==
        std::vector<std::string>{"lane endpoint 3 sub-plane 0", "9", "802.7 MB"});
}
