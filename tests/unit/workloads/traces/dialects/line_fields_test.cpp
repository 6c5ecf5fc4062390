#include "workloads/traces/dialects/csv_rows.h"
#include "workloads/traces/dialects/json_lines.h"
#include "workloads/traces/dialects/line_fields.h"
#include "workloads/traces/dialects/record.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace cm::workloads;

namespace {

const TraceColumns Columns{"t", "in", "out", "ids", "", "", "bad"};

Parsed record_in(const std::string& line, const LineParser& parser, RecordRules rules = {})
{
  rules.columns = Columns;
  LineFields fields;
  if (auto damage = parser.read(line, fields))
    return std::move(*damage);
  return record_of(std::move(fields), rules, line, parser);
}

}  // namespace

TEST_CASE("a row of a table and a line of JSON make the same record")
{
  const auto table = csv_row_parser(Columns, {"bad", "t", "in", "more", "out", "ids"});
  const auto json = json_line_parser(Columns);
  const Parsed row = record_in(R"(,"250.5", 700 ,"a, ""b""",9,"[3, x]")", *table);
  const Parsed line = record_in(R"({"t": 250.5, "in": 700, "out": 9.0, "ids": [3, "x"]})", *json);
  for (const Parsed* parsed : {&row, &line}) {
    REQUIRE(std::holds_alternative<Record>(*parsed));
    const Record& record = std::get<Record>(*parsed);
    CHECK(record.time == Stamp{0, 250'500'000'000});
    CHECK(record.written_time == "250.5 ms");
    CHECK(record.request.input_tokens == 700);
    CHECK(record.request.output_tokens == 9);
    CHECK(record.request.blocks == std::vector<std::uint64_t>{3, id_of_text("x")});
  }
}

TEST_CASE("a cell or a value that is wrong is told by name and column")
{
  const auto table = csv_row_parser(Columns, {"bad", "t", "in", "more", "out", "ids"});
  const auto damage = [](const Parsed& parsed) {
    REQUIRE(std::holds_alternative<Damage>(parsed));
    return std::get<Damage>(parsed);
  };
  CHECK(damage(record_in(",1,2.5,,3,", *table)).what ==
        "in: expected a number of tokens from 1 to 100000000, found 2.5");
  CHECK(damage(record_in(",1,2.5,,3,", *table)).column == 4);
  CHECK(damage(record_in(",1,", *table)).what == "expected 6 cells, found 3");
  CHECK(damage(record_in(",1,99999999999999999999,,3,", *table)).column == 4);
  CHECK(std::holds_alternative<FailedRequest>(record_in("timeout,1,2,,3,", *table)));
  const auto json = json_line_parser({"a.t", "in", "out", "", "", "", ""});
  LineFields fields;
  const std::string line = R"({"a": {"t": true}, "in": 1})";
  CHECK_FALSE(json->read(line, fields));
  CHECK(shown(fields[TraceField::Time]) == "true");
  CHECK(shown(fields[TraceField::Output]) == "no such key");
  CHECK(json->column_of(line, TraceField::Time) == 13);
}

TEST_CASE("an answer of no tokens is a failure only where that is how failures are written")
{
  const auto json = json_line_parser(Columns);
  const std::string line = R"({"t": 1, "in": 700, "out": 0})";
  CHECK(std::holds_alternative<Damage>(record_in(line, *json)));
  CHECK(std::holds_alternative<FailedRequest>(record_in(line, *json, {.zero_answer_is_failure = true})));
}

TEST_CASE("names of JSON keys have dots where they stand inside others, and cells lose their quotes")
{
  CHECK(json_names(R"({"a": {"b": 1}, "c": []})") == std::vector<std::string>{"a", "a.b", "c"});
  CHECK(json_names("[1]").empty());
  CHECK(json_names("{").empty());
  CHECK(csv_cells(R"(a , "b,""c""",,)") == std::vector<std::string>{"a", "b,\"c\"", "", ""});
}
