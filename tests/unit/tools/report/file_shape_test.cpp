#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/report/report.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace cm::tools;
using cm::tests::TemporaryFolder;

namespace {

const std::string Good = R"({
  "schema": "cmsim-result/1",
  "run": {"scenario": "s.yaml", "configuration_digest": "0123", "seed": 1, "version": "0.1.0", "commit": "", "steady": true,
          "evidence": {"assumed": 1}, "assumed": ["a = 1: why"], "engine_settings": {"threads": "1"}},
  "metrics": {"tpot_ms": {"value": 48.96, "unit": "ms", "better": "lower", "formula": "a formula"}},
  "histograms": {"dispatch_us": {"unit": "us", "count": 2, "mean": 50.5, "min": 1, "p50": 1, "p90": 100, "p95": 100,
                                 "p99": 100, "p999": 100, "max": 100, "buckets": [[1, 1.005, 1], [99.8, 100.3, 1]]}},
  "breakdown": {"attention": {"value": 3, "unit": "us"}},
  "sub_planes": {"sub-plane 0": {"value": 100, "unit": "%"}},
  "chips": {"L2": {"sentence": "a sentence", "unit": "%", "busy": [[1, 2, 3]]}},
  "series": {"queue": {"unit": "tokens", "time_s": [0, 1], "value": [5, 6]}},
  "tables": {"widths": {"sentence": "GB/s", "columns": ["stripe", "rate"], "rows": [["one", 1.5]]}},
  "notes": [],
  "warnings": ["careful"]
})";

// With one value, named by a JSON pointer, replaced.
std::string with(const std::string& pointer, const std::string& value)
{
  auto root = nlohmann::ordered_json::parse(Good);
  root[nlohmann::ordered_json::json_pointer(pointer)] = nlohmann::ordered_json::parse(value);
  return root.dump(2);
}

std::string refusal(const std::string& file, const std::string& content)
{
  const TemporaryFolder folder;
  const std::string path = folder.with(file, content);
  try {
    static_cast<void>(read_page(folder.path().string()));
  } catch (const cm::ConfigError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "";
}

std::string refusal_with(const std::string& pointer, const std::string& value)
{
  return refusal("result.json", with(pointer, value));
}

}  // namespace

TEST_CASE("a good result has a page")
{
  CHECK(refusal("result.json", Good).empty());
}

TEST_CASE("rows of a table with too few or too many cells are told with their place")
{
  CHECK_THAT(
      refusal_with("/tables/widths/rows/0", "[\"one\"]"),
      Catch::Matches(":[0-9]+:[0-9]+: tables.widths.rows.0: expected a list of 2 cells, one a column, found 1 cells"));
  CHECK_THAT(refusal_with("/tables/widths/rows/0", "[\"one\", 2, 3]"), Catch::Contains("tables.widths.rows.0"));
  CHECK_THAT(refusal_with("/tables/widths/rows/0", "7"), Catch::Contains("tables.widths.rows.0"));
  CHECK_THAT(refusal_with("/tables/widths/rows/0/1", "{}"),
             Catch::Contains("tables.widths.rows.0.1: expected a number, a text or null, found an object"));
  CHECK(refusal_with("/tables/widths/rows/0/1", "null").empty());
}

TEST_CASE("parts of a result that do not fit each other are told with their place")
{
  CHECK_THAT(refusal_with("/series/queue/value", "[5]"),
             Catch::Contains("series.queue.value: expected as many values as times (2), found 1"));
  CHECK_THAT(refusal_with("/series/queue/value/1", "\"x\""),
             Catch::Contains("series.queue.value.1: expected a number"));
  CHECK_THAT(refusal_with("/histograms/dispatch_us/buckets/1", "[0, 0, 1]"),
             Catch::Contains("histograms.dispatch_us.buckets.1: expected a bucket"));
  CHECK_THAT(refusal_with("/histograms/dispatch_us/buckets/0/2", "-5"),
             Catch::Contains("histograms.dispatch_us.buckets.0: expected a bucket"));
  CHECK_THAT(refusal_with("/chips/L2/busy/0", "3"), Catch::Contains("chips.L2.busy.0: expected a list, found 3"));
  CHECK_THAT(refusal_with("/run/evidence", "{\"assumed\": -1}"),
             Catch::Contains("run.evidence.assumed: expected a whole"));
}

TEST_CASE("what is missing is told once")
{
  auto root = nlohmann::ordered_json::parse(Good);
  root["tables"]["widths"].erase("columns");
  root["series"]["queue"].erase("time_s");
  const std::string text = refusal("result.json", root.dump(2));
  CHECK_THAT(text, Catch::Contains("tables.widths.columns: expected a list, found no such key") &&
                       Catch::Contains("series.queue.time_s: expected a list, found no such key"));
  CHECK(std::ranges::count(text, '\n') == 1);
}

TEST_CASE("every section of the wrong type is told, all at once")
{
  for (const std::string section :
       {"/run", "/metrics", "/metrics/tpot_ms", "/metrics/tpot_ms/value", "/run/steady", "/run/seed", "/histograms",
        "/histograms/dispatch_us/p99", "/breakdown", "/breakdown/attention", "/sub_planes", "/chips",
        "/chips/L2/sentence", "/series", "/series/queue/time_s", "/tables", "/tables/widths/columns", "/warnings",
        "/notes"}) {
    INFO(section);
    CHECK_THAT(refusal_with(section, "[{}]"), Catch::StartsWith(":") && Catch::Contains(": expected "));
  }
  auto root = nlohmann::ordered_json::parse(with("/warnings", "7"));
  root["notes"] = 8;
  CHECK_THAT(refusal("result.json", root.dump(2)), Catch::Contains("warnings: expected a list, found 7") &&
                                                       Catch::Contains("notes: expected a list, found 8"));
}

TEST_CASE("a comparison of another shape is told with its place")
{
  const std::string head = R"({"schema": "cmsim-comparison/1", "old": "a", "new": "b", "regression": false, )";
  CHECK_THAT(refusal("comparison.json", head + R"("summary": "s", "points": 3})"),
             Catch::Contains("points: expected a list, found 3"));
  CHECK_THAT(refusal("comparison.json", head + R"("summary": 1, "points": [{"label": "x", "verdict": 3}]})"),
             Catch::Contains("summary: expected a text, found 1") &&
                 Catch::Contains("points.0.verdict: expected a text, found 3"));
}

TEST_CASE("inputs, causes and doubts of a comparison are told with their place")
{
  const std::string head = R"({"schema": "cmsim-comparison/1", "old": "a", "new": "b", "regression": false,
    "summary": "s", )";
  CHECK_THAT(refusal("comparison.json", head + R"("points": [], "inputs": 3, "unknown_inputs": 4})"),
             Catch::Contains("inputs: expected a list, found 3") &&
                 Catch::Contains("unknown_inputs: expected a text, found 4"));
  CHECK_THAT(refusal("comparison.json", head + R"("points": [], "inputs": [{"key": "seed", "old": 1}]})"),
             Catch::Contains("inputs.0.old: expected a text or null, found 1") &&
                 Catch::Contains("inputs.0.new: expected a text or null, found no such key"));
  const std::string point = R"("points": [{"label": "", "verdict": "worse", "reason": "", "cause": "",
    "configuration": [], "breakdown": [], "histograms": [], )";
  CHECK_THAT(refusal("comparison.json", head + point + R"("metrics": [], "causes": [1], "doubts": {}}]})"),
             Catch::Contains("points.0.causes.0: expected a text, found 1") &&
                 Catch::Contains("points.0.doubts: expected a list, found an object"));
  CHECK_THAT(refusal("comparison.json", head + point + R"("metrics": [{"name": "a", "unit": "", "verdict": "worse",
    "tolerance": 0}]}]})"),
             Catch::Contains("points.0.metrics.0.old: expected a number or null, found no such key"));
}

TEST_CASE("inputs of a sweep are told with their place")
{
  const std::string head = R"({"schema": "cmsim-sweep/1", "sweep": "s.yaml", "version": "0", "points": 1, )";
  CHECK_THAT(refusal("sweep.json", head + R"("inputs": 3})"), Catch::Contains("expected"));
  CHECK_THAT(refusal("sweep.json", head + R"("inputs": {"command": "c", "files": []}})"),
             Catch::Contains("inputs.as_read: expected an object, found no such key"));
  CHECK_THAT(refusal("sweep.json", head + R"("inputs": {"command": "c", "as_read": [], "files": [1]}})"),
             Catch::Contains("inputs.as_read: expected an object, found a list") &&
                 Catch::Contains("inputs.files.0.key: expected a text"));
}

TEST_CASE("tables that are drawn need the columns that the chart shows")
{
  const auto table = [](const std::string& columns, const std::string& rows) {
    return R"({"sentence": "s", "columns": )" + columns + R"(, "rows": )" + rows + "}";
  };
  const std::string what_if = "/tables/what_if_free";
  const std::string three = R"(["free", "a_ms", "change"])";
  CHECK(refusal_with(what_if, table(three, R"([["nothing", 1, 0]])")).empty());
  CHECK_THAT(refusal_with(what_if, table(R"(["free", "a_ms"])", R"([["nothing", 1]])")),
             Catch::Contains("tables.what_if_free.columns: expected at least 3 columns, found 2"));
  CHECK_THAT(refusal_with(what_if, table(three, R"([[1, 1, 0]])")),
             Catch::Contains("tables.what_if_free.rows.0.0: expected a text, found 1"));
  const std::string use = "/tables/use_per_stage";
  CHECK(refusal_with(use, table(R"(["stage", "time", "HBM"])", R"([["gate", 1, null]])")).empty());
  CHECK_THAT(refusal_with(use, table(R"(["stage"])", R"([["gate"]])")),
             Catch::Contains("tables.use_per_stage.columns: expected at least 2 columns, found 1"));
  CHECK_THAT(refusal_with(use, table(R"(["stage", "time"])", R"([["gate", null]])")),
             Catch::Contains("tables.use_per_stage.rows.0.1: expected a number, found null"));
}
