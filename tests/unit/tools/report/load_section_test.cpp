#include "tools/report/load/load_section.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

const Json Searched = Json::parse(R"json({
  "run": {"slo_share": 0.95, "inputs": {"workload": {"slo.ttft": "2 s", "slo.tpot": "50 ms"}}},
  "metrics": {"capacity_rps": {"value": 40.5, "unit": "1/s"}},
  "tables": {
    "capacity": {"columns": ["load", "arrival_rps", "holds", "steady", "share", "TTFT p95 (ms)", "TPOT p95 (ms)"],
                 "rows": [["1", 40.5, "yes", "yes", 0.97, 1500, 12], ["2", 81, "no", "no", 0.4, 2500, null]]},
    "capacity_levels": {"columns": ["load", "TTFT share", "TPOT share", "TTFT p50", "TTFT p99", "TPOT p50", "TPOT p99"],
                        "rows": [["1", 0.98, 1, 1000, 1900, 11, 13], ["2", 0.4, 1, 2000, 4000, 11, 14]]}}})json");

// Values that lines mark on an axis, from all layers of a chart.
std::vector<double> marked(const Chart& chart, const char* axis)
{
  std::vector<double> values;
  for (const Json& layer : chart.specification.at("layer"))
    if (layer.at("mark").at("type") == "rule" && layer.at("encoding").contains(axis))
      values.push_back(layer.at("encoding").at(axis).at("datum").get<double>());
  return values;
}

std::vector<Chart> charts_of(const Json& result)
{
  std::vector<Chart> charts;
  for (const PageBlock& block : load_section(result).blocks)
    charts.push_back(std::get<Chart>(block));
  return charts;
}

}  // namespace

TEST_CASE("a search for the capacity is drawn over its load, with the required share, the levels and the capacity")
{
  const std::vector<Chart> charts = charts_of(Searched);
  REQUIRE(charts.size() == 3);
  CHECK(marked(charts[0], "y") == std::vector<double>{95});
  CHECK(marked(charts[1], "y") == std::vector<double>{2});
  CHECK(marked(charts[2], "y").empty());
  CHECK_THAT(charts[2].sentence, Catch::Contains("The service level 50 ms lies far above the chart."));
  for (const Chart& chart : charts)
    CHECK(marked(chart, "x") == std::vector<double>{40.5});
  // A marked value is one line and one text, on one axis, whatever the number of trials.
  for (const Chart& chart : charts) {
    CHECK_FALSE(chart.specification.contains("encoding"));
    for (const Json& layer : chart.specification.at("layer"))
      if (layer.contains("data"))
        CHECK((layer.at("data").at("values").size() == 1 && layer.at("encoding").size() == 1));
  }
  CHECK(charts[0].specification.at("data").at("values").at(0) ==
        Json({{"rate", 40.5}, {"line", "both levels"}, {"value", 97.0}, {"standing", "holds"}}));
  CHECK(charts[1].specification.at("layer").at(0).at("encoding").at("y").at("title") == "time to first token, s");
  CHECK(charts[1].specification.at("data").at("values").at(1).at("standing") == "not steady");
}

TEST_CASE("shapes are explained where the trials differ in them, by those that there are")
{
  const auto shape_of = [](const Json& result) {
    return charts_of(result)[0].specification.at("layer").at(2).at("encoding").at("shape");
  };
  CHECK(shape_of(Searched).at("scale").at("domain") == Json({"holds", "not steady"}));
  Json even = Searched;
  even["tables"]["capacity"]["rows"].erase(1);
  CHECK(shape_of(even).at("legend").is_null());
}

TEST_CASE("values that a search does not have are counted as not drawn")
{
  CHECK(charts_of(Searched)[1].shown == "All 6 values are drawn.");
  CHECK_THAT(charts_of(Searched)[2].shown, Catch::StartsWith("5 of 6 values are drawn."));
  Json earlier = Searched;
  earlier["tables"].erase("capacity_levels");
  CHECK_THAT(charts_of(earlier)[0].shown, Catch::StartsWith("2 of 6 values are drawn."));
}

TEST_CASE("a run that searched nothing has no charts over load")
{
  CHECK(load_section(Json::parse(R"({"run": {}, "tables": {}})")).blocks.empty());
}
