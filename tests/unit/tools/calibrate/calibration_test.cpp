#include "sim/diagnostics/errors.h"
#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/calibrate/calibrate.h"
#include "tools/calibrate/calibration.h"
#include "tools/calibrate/calibration_report.h"
#include "tools/calibrate/fitted_text.h"
#include "tools/numbers/row_table.h"

#include <catch2/catch.hpp>

#include <limits>

using cm::ConfigError;
using cm::tests::put;
using cm::tests::TemporaryFolder;
using namespace cm::tools;

namespace {

constexpr auto Table = "row,scenario,set,metric,published,tolerance,class,source,reason\n"
                       "a,ep.yaml,workload.ep=8 workload.top_k=2,dispatch_us,116,3%,fitted,paper,\"one, two\"\n"
                       "b,ep.yaml,,dispatch_us,133,3%,predicted,paper,\"said \"\"so\"\"\"\n"
                       "c,ep.yaml,,combine_us,118,3%,fitted,paper,\n";

constexpr auto Good = "parameters:\n"
                      "  machine.die.exchange.launch: {unit: us, minimum: 0, maximum: 10, start: 5, round: 0.5}\n"
                      "  model.share: {minimum: 0, maximum: 1, start: 0.5, round: 0.01, prior: {value: 0.4, deviation: "
                      "0.1, assumed: \"why\"}}\n"
                      "rows:\n"
                      "  - {file: ../rows.csv, metric: dispatch_us, deviation: 2 %}\n"
                      "  - {row: own, scenario: p2p.yaml, metric: latency_us, published: 1.9, deviation: 0.05}\n"
                      "files: [{file: ../part.yaml, section: machine.die}]\n";

std::string complaint(const TemporaryFolder& folder, const std::string& text)
{
  put(folder, "c/bad.yaml", text);
  try {
    read_calibration(folder.file("c/bad.yaml"), folder.file("configs"));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a calibration takes rows from tables and its own, and files beside it")
{
  const TemporaryFolder folder;
  put(folder, "rows.csv", Table);
  put(folder, "c/good.yaml", Good);
  put(folder, "configs/scenarios/ep.yaml", "");
  put(folder, "c/p2p.yaml", "");
  const Calibration calibration = read_calibration(folder.file("c/good.yaml"), folder.file("configs"));
  REQUIRE(calibration.parameters.size() == 2);
  CHECK(calibration.parameters[0].text(7.5) == "7.5 us");
  CHECK(calibration.parameters[1].text(0.25) == "0.25");
  CHECK(calibration.parameters[1].prior->deviation == 0.1);
  REQUIRE(calibration.rows.size() == 3);
  REQUIRE(calibration.rows[0].settings.size() == 2);
  CHECK(calibration.rows[0].settings[1].text == "workload.top_k=2");
  CHECK(calibration.rows[0].settings[1].place.line == 2);
  CHECK(calibration.rows[0].scenario == folder.file("configs/scenarios/ep.yaml"));
  CHECK(calibration.rows[0].tolerance == Approx(0.03 * 116));
  CHECK(calibration.rows[0].deviation == Approx(2.32));
  CHECK(calibration.rows[0].is_fitted);
  CHECK_FALSE(calibration.rows[1].is_fitted);
  CHECK(calibration.rows[2].name == "own");
  CHECK(calibration.rows[2].deviation == 0.05);
  CHECK(calibration.rows[2].tolerance == 0.05);
  // Beside the calibration, before those that are shipped.
  CHECK(calibration.rows[2].scenario == folder.file("c/p2p.yaml"));
  CHECK(calibration.rows[2].origin() == folder.file("c/good.yaml") + ":6:5: row own");
  CHECK(calibration.files[0].path == folder.file("part.yaml"));
}

TEST_CASE("all that is wrong with a calibration is told with its place")
{
  const TemporaryFolder folder;
  put(folder, "rows.csv", Table);
  put(folder, "configs/scenarios/p2p.yaml", "");
  const std::string text = complaint(
      folder, "parameters:\n  machine.a: {minimum: 2, maximum: 1, start: 3, round: 0.1}\n"
              "  machine.b: {minimum: 0, maximum: 1, start: 3, round: 0.1, sart: 1}\n"
              "rows:\n  - {file: ../rows.csv, metric: tpot_ms, deviation: 2 %}\n"
              "  - {row: own, scenario: p2p.yaml, metric: latency_us, published: 1.9, deviation: 2 parsec}\n");
  CHECK_THAT(text, Catch::Contains("bad.yaml:2:36: machine.a.maximum: expected more than the minimum"));
  CHECK_THAT(text, Catch::Contains("machine.b.start: expected a value from 0 to 1"));
  CHECK_THAT(text, Catch::Contains("unknown key") && Catch::Contains("start"));
  CHECK_THAT(text, Catch::Contains("the file has no rows of the metric \"tpot_ms\""));
  CHECK_THAT(text, Catch::Contains("found \"2 parsec\""));
  CHECK_THAT(text, Catch::Contains("files: expected"));
}

TEST_CASE("scenarios and tables that are not there are told where they are named")
{
  const TemporaryFolder folder;
  put(folder, "configs/scenarios/p2p.yaml", "");
  const std::string text =
      complaint(folder, "parameters:\n  machine.a: {minimum: 0, maximum: 2, start: 1, round: 0.1}\n"
                        "rows:\n  - {row: a, scenario: ./p2p.yaml, metric: m, published: 1, deviation: 2 %}\n"
                        "  - {row: b, scenario: p2q.yaml, metric: m, published: 1, deviation: 2 %}\n"
                        "  - {row: c, scenario: p2p.yaml, metric: m, published: 1, deviation: 2 %, tolerance: much}\n"
                        "  - {file: none.csv, metric: m, deviation: 2 %}\nfiles: [{file: x.yaml, section: machine}]\n");
  CHECK_THAT(text, Catch::Contains("bad.yaml:4:24: scenario: expected the file of a scenario, found no " +
                                   folder.file("c/p2p.yaml")));
  CHECK_THAT(text, Catch::Contains("bad.yaml:5:24: scenario: ") && Catch::Contains("did you mean \"p2p\"?"));
  CHECK_THAT(text, Catch::Contains("rows[2].tolerance: expected a number above 0 or a share"));
  CHECK_THAT(text, Catch::Contains("bad.yaml:7:12: rows[3].file: expected a readable file, found no " +
                                   folder.file("c/none.csv")));
}

TEST_CASE("a fit that ends at a bound, sees no row or misses one is told, and none other")
{
  FreeParameter parameter;
  parameter.key = "machine.a";
  parameter.unit = "us";
  parameter.start = 1;
  parameter.minimum = 0.5;
  parameter.maximum = 2;
  parameter.place = {"fit.yaml", 2, 3};
  PublishedRow row;
  row.name = "own";
  row.published = 100;
  row.tolerance = 2;
  row.place = {"fit.yaml", 4, 5};
  const auto problems = [&](const FittedParameter& fitted, double simulated) {
    return problems_of({.parameters = {fitted}, .rows = {{row, simulated}}, .steps = 1, .runs = 1});
  };
  const double endless = std::numeric_limits<double>::infinity();
  using Texts = std::vector<std::string>;
  CHECK(problems({parameter, 1.2, 1.2, 0.1}, 102).empty());
  CHECK(
      problems({parameter, 0.5, 0.5, 0.1}, 100) ==
      Texts{"fit.yaml:2:3: machine.a: the fit ends at its minimum 0.5 us: a smaller value would fit the rows better"});
  CHECK(problems({parameter, 2, 2, 0.1}, 100) ==
        Texts{"fit.yaml:2:3: machine.a: the fit ends at its maximum 2 us: a larger value would fit the rows better"});
  CHECK(problems({parameter, 1, 1, endless, false}, 100) ==
        Texts{"fit.yaml:2:3: machine.a: no fitted row depends on it: it stays at its start 1 us"});
  CHECK_THAT(
      problems({parameter, 1, 1, endless}, 100).front(),
      Catch::Contains("the rows do not determine it: every row that depends on it also depends on another parameter"));
  CHECK(problems({parameter, 1.2, 1.2, 0.1}, 102.1) ==
        Texts{"fit.yaml:4:5: row own: simulated 102.1, published 100: +2.1 % off, more than its tolerance of 2 %"});
  row.is_fitted = false;
  CHECK(problems({parameter, 1.2, 1.2, 0.1}, 150).empty());
}

TEST_CASE("a table of rows that cannot be read names file and line")
{
  const TemporaryFolder folder;
  put(folder, "no.csv", "row,scenario,set,metric,published\n");
  put(folder, "short.csv", std::string(Table) + "d,ep.yaml\n");
  put(folder, "word.csv", "row,scenario,set,metric,published,class\na,b,,c,many,fitted\n");
  CHECK(read_row_table(folder.file("no.csv")).empty());
  CHECK_THROWS_WITH(read_row_table(folder.file("short.csv")),
                    Catch::Contains("short.csv:5:1: expected 9 fields, found 2"));
  CHECK_THROWS_WITH(read_row_table(folder.file("word.csv")),
                    Catch::Contains("word.csv:2:1: published: expected a number"));
  CHECK_THROWS_WITH(read_row_table(folder.file("none.csv")),
                    Catch::Contains("none.csv:1:1: expected a readable file, found none"));
}

TEST_CASE("fitted numbers change nothing else in their file")
{
  const TemporaryFolder folder;
  put(folder, "part.yaml",
      "# {value: 1}\na: {b: {value: 1 us, evidence: calibrated, source: \"T {1}\"}, c: 2}  # kept\n"
      "d:\n  e: {value: 3, assumed: \"why\"}\n");
  CHECK(
      with_fitted_numbers(folder.file("part.yaml"), {{"a.b", "2 us", "0.1 us", "two rows"}, {"d.e", "4", "1", "x"}}) ==
      "# {value: 1}\na: {b: {value: 2 us, evidence: calibrated, source: \"T {1}\", fitted_to: \"two rows\", "
      "uncertainty: 0.1 us}, c: 2}  # kept\n"
      "d:\n  e: {value: 4, evidence: calibrated, source: \"x\", fitted_to: \"x\", uncertainty: 1}\n");
  CHECK(written_number(folder.file("part.yaml"), "a.b") == "1 us");
  CHECK_THROWS_WITH(written_number(folder.file("part.yaml"), "a.c"),
                    Catch::Contains("expected a number with evidence"));
}

TEST_CASE("a fitted number keeps its range, which grows where the fit has passed an end")
{
  const TemporaryFolder folder;
  put(folder, "part.yaml", "a: {value: 2 us, range: [1 us, 3 us], evidence: calibrated, source: \"T\"}\n");
  const auto written = [&](const std::string& value) {
    return with_fitted_numbers(folder.file("part.yaml"), {{"a", value, "0.1 us", "one row"}});
  };
  const std::string rest = ", evidence: calibrated, source: \"T\", fitted_to: \"one row\", uncertainty: 0.1 us}\n";
  CHECK(written("2.5 us") == "a: {value: 2.5 us, range: [1 us, 3 us]" + rest);
  CHECK(written("3.5 us") == "a: {value: 3.5 us, range: [1 us, 3.5 us]" + rest);
  CHECK(written("0.5 us") == "a: {value: 0.5 us, range: [0.5 us, 3 us]" + rest);
}

TEST_CASE("a fit that is stopped in its first step says that no row is known yet")
{
  CalibrationOutcome outcome{.parameters = {}, .rows = {}, .steps = 0, .runs = 1};
  outcome.shortfall.stop_signal = 2;
  CHECK_THAT(calibration_table({}, outcome),
             Catch::Contains("so far no row is known yet; 0 steps, 1 runs") && !Catch::Contains("errors"));
}
