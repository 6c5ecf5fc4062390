#include "tools/sweep_points/results_csv.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("a cell is quoted when it must be")
{
  CHECK(csv_cell("plain text") == "plain text");
  CHECK(csv_cell("a,b") == "\"a,b\"");
  CHECK(csv_cell("say \"a\"") == "\"say \"\"a\"\"\"");
  CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
  CHECK(csv_cell("").empty());
}

TEST_CASE("a cell that a spreadsheet would run as a formula is text, and numbers stay numbers")
{
  CHECK(csv_cell("=1+1") == "'=1+1");
  CHECK(csv_cell("=HYPERLINK(\"a\",\"b\")") == "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"");
  CHECK(csv_cell("+cmd|' /C calc'!A0") == "'+cmd|' /C calc'!A0");
  CHECK(csv_cell("@SUM(A1)") == "'@SUM(A1)");
  CHECK(csv_cell("-2+3") == "'-2+3");
  CHECK(csv_cell("\t=1") == "\"'\t=1\"");
  CHECK(csv_cell("\r=1") == "\"'\r=1\"");
  CHECK(csv_cell("-2.5e-7") == "-2.5e-7");
  CHECK(csv_cell("+3") == "+3");
  CHECK(csv_cell("a=1") == "a=1");
}

TEST_CASE("the table has a column for each axis and each number, in the order in which they are met")
{
  SweepPlan plan{.axis_keys = {"a", "b"}, .points = std::vector<SweepPoint>(4)};
  plan.points[0].base = "first";
  plan.points[0].labels = {{"a", "1"}};
  plan.points[0].seed = 7;
  plan.points[1].base = "second";
  plan.points[1].labels = {{"b", "{x: 1, y: 2}"}};
  plan.points[3].base = "second";
  RunHealth steady;
  steady.says_steady = true;
  const RunHealth overloaded{.is_steady = false, .warnings = 2, .why_unsteady = "OVERLOADED", .attainment = 0.1};
  std::vector<std::optional<PointRecord>> records(4);
  records[0] = PointRecord{"d", PointStatus::Done, "", {{"m_us", 0.1}, {"n", 1e300}}, steady};
  records[1] = PointRecord{"d", PointStatus::Done, "", {{"k", 3}, {"n", 2}}, overloaded};
  records[3] = PointRecord{"d", PointStatus::Failed, "two\nlines", {}, {}};
  CHECK(results_csv(plan, records) == "point,base,a,b,seed,status,reason,steady,warnings,m_us,n,k\n"
                                      "1,first,1,,7,done,,true,0,0.1,1e+300,\n"
                                      "2,second,,\"{x: 1, y: 2}\",0,done,,false,2,,2,3\n"
                                      "4,second,,,0,failed,two; lines,,,,,\n");
}

TEST_CASE("the cell of a result that does not say whether it is steady is empty")
{
  SweepPlan plan{.axis_keys = {}, .points = std::vector<SweepPoint>(1)};
  plan.points[0].base = "old";
  const std::vector<std::optional<PointRecord>> records{PointRecord{"d", PointStatus::Done, "", {{"n", 2}}, {}}};
  CHECK(results_csv(plan, records) == "point,base,seed,status,reason,steady,warnings,n\n1,old,0,done,,,0,2\n");
}
