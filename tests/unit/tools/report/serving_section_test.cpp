#include "sim/metrics/result.h"
#include "tools/report/run_report.h"
#include "tools/report/serving/serving_charts.h"
#include "tools/report/serving/serving_section.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace cm::tools;
using cm::sim::metrics::Series;
using cm::sim::metrics::Table;

namespace {

Series windows(const std::string& unit, std::vector<double> values)
{
  return {unit, {1, 3}, std::move(values)};
}

Table::Row request(const std::string& number, double arrival, double prefill, double decode)
{
  return {number,
          {arrival, 1000.0, 128.0, 40.0, 2.0, 5.0, 10 + prefill, 10.0, prefill, std::monostate(), decode, decode / 39,
           10 + prefill + decode}};
}

Table table(const std::string& name, std::vector<Table::Row> rows)
{
  return {name,
          "a sentence",
          {"request", "arrival_s", "input_tokens", "cached_tokens", "output_tokens", "prefill_instance", "decode_rank",
           "ttft_ms", "prefill_queue_ms", "prefill_ms", "decode_queue_ms", "decode_ms", "tpot_ms", "e2e_ms"},
          std::move(rows)};
}

Json served()
{
  cm::sim::metrics::Result result;
  result.series.emplace_back("queue", Series{"requests", {0, 1}, {5, 6}});
  result.series.emplace_back("ttft_p50_ms", windows("ms", {500, 700}));
  result.series.emplace_back("ttft_p90_ms", windows("ms", {900, 1700}));
  result.series.emplace_back("ttft_p99_ms", windows("ms", {1500, 20700}));
  result.series.emplace_back("ttft_objective_ms", windows("ms", {2000, 2000}));
  result.series.emplace_back("ttft_window_requests", windows("requests", {100, 140}));
  result.tables.push_back(table("widths", {}));
  result.tables.push_back(table("slowest_by_ttft", {request("7", 3, 900, 10), request("4", 2, 800, 15000)}));
  result.tables.push_back(table("slowest_by_e2e", {request("4", 2, 800, 15000), request("9", 1, 20, 9000)}));
  return Json::parse(to_json(result));
}

const Chart& chart(const std::vector<Chart>& charts, const std::string& name)
{
  const auto found = std::ranges::find(charts, name, &Chart::name);
  REQUIRE(found != charts.end());
  return *found;
}

std::vector<std::string> texts(const Json& rows, const std::string& key)
{
  std::vector<std::string> found;
  for (const Json& row : rows)
    found.push_back(row.at(key).get<std::string>());
  const auto repeats = std::ranges::unique(found);
  found.erase(repeats.begin(), repeats.end());
  return found;
}

}  // namespace

TEST_CASE("latencies over time have a line a percentile, and the objective")
{
  const std::vector<Chart> charts = run_page(served()).charts();
  const Chart& ttft = chart(charts, "ttft-over-time");
  const Json& rows = ttft.specification.at("data").at("values");
  REQUIRE(rows.size() == 6);
  CHECK(texts(rows, "percentile") == std::vector<std::string>{"p50", "p90", "p99"});
  CHECK(rows.at(5).at("value") == Approx(20.7));
  CHECK(rows.at(5).at("from_s") == 1);
  CHECK(rows.at(5).at("to_s") == 3);
  CHECK(rows.at(5).at("requests") == 140);
  CHECK(ttft.sentence.find("2 windows of 100 to 140 requests") != std::string::npos);
  CHECK(ttft.specification.at("layer").dump().find("objective: 2 s") != std::string::npos);
}

TEST_CASE("the slowest requests are taken apart, and shown where they lie in the run")
{
  const std::vector<Chart> charts = run_page(served()).charts();
  const Json& first = chart(charts, "slowest-by-ttft").specification.at("data").at("values");
  CHECK(texts(first, "request") == std::vector<std::string>{"7", "4"});
  CHECK(first.at(0).at("part") == "queue for prefill");
  CHECK(first.at(1).at("to") == 910);
  CHECK(first.size() == 4);
  const Json& whole = chart(charts, "slowest-by-e2e").specification.at("data").at("values");
  CHECK(whole.at(1).at("part") == "decode");
  CHECK(whole.at(1).at("to") == Approx(15.81));
  CHECK(chart(charts, "slowest-by-e2e").shown.find("queue for prefill") != std::string::npos);
  const Chart& when = chart(charts, "slowest-over-time");
  CHECK(texts(when.specification.at("data").at("values"), "request") ==
        std::vector<std::string>{"9 (end to end)", "4 (both)", "7 (first token)"});
  CHECK(when.specification.at("data").at("values").at(0).at("from_s") == 1);
}

TEST_CASE("what is shown of requests is not shown a second time")
{
  const Page page = run_page(served());
  const std::vector<Chart> charts = page.charts();
  std::set<std::string> names;
  for (const Chart& each : charts)
    CHECK(names.insert(each.name).second);
  CHECK(names.contains("series-requests"));
  CHECK_FALSE(names.contains("series-ms"));
  for (const PageSection& section : page.sections)
    if (section.title == "Tables") {
      REQUIRE(section.blocks.size() == 1);
      CHECK(std::get<PageTable>(section.blocks[0]).title.starts_with("widths"));
    }
}

TEST_CASE("a table of slow requests has a column a request, and a dash where a number does not exist")
{
  const PageSection slowest = serving_sections(served()).at(1);
  const auto& numbers = std::get<PageTable>(slowest.blocks.at(3));
  CHECK(numbers.columns.at(1).title == "7");
  const auto row = [&](const std::string& title) {
    const auto found = std::ranges::find(numbers.rows, title, [](const auto& each) { return each.front(); });
    REQUIRE(found != numbers.rows.end());
    return *found;
  };
  CHECK(row("queue for prefill, ms") == std::vector<std::string>{"queue for prefill, ms", "10", "10"});
  CHECK(row("room for decode, ms") == std::vector<std::string>{"room for decode, ms", "-", "-"});
}

TEST_CASE("a result without requests has no sections of them")
{
  for (const PageSection& section : serving_sections(Json::parse(to_json(cm::sim::metrics::Result{}))))
    CHECK(section.blocks.empty());
}

TEST_CASE("requests of which no part is known are not drawn")
{
  Json result = served();
  for (const char* const list : {"slowest_by_ttft", "slowest_by_e2e"})
    for (Json& row : result["tables"][list]["rows"])
      if (row.at(0) == "4")
        for (const std::size_t total : {7U, 13U})
          row.at(total) = nullptr;
  std::vector<Chart> charts = run_page(result).charts();
  CHECK(texts(chart(charts, "slowest-by-ttft").specification.at("data").at("values"), "request") ==
        std::vector<std::string>{"7"});
  for (Json& row : result["tables"]["slowest_by_ttft"]["rows"])
    row.at(7) = nullptr;
  charts = run_page(result).charts();
  CHECK(std::ranges::find(charts, "slowest-by-ttft", &Chart::name) == charts.end());
  CHECK(parts_chart("a", "A", std::vector<RequestTime>(1)).specification.at("data").at("values").empty());
}
