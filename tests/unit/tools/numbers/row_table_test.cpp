#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/numbers/row_table.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::tools;

namespace {

const std::string Head = "row,scenario,set,metric,published,tolerance,class,source,reason,gap,gap_from\n";

std::vector<TableRow> read(const std::string& text)
{
  const cm::tests::TemporaryFolder folder;
  return read_row_table(folder.with("p2p.csv", text));
}

}  // namespace

TEST_CASE("a row of a table keeps commas and quotes in quoted fields")
{
  const std::vector<TableRow> rows =
      read(Head + "a,p2p.yaml,x=1  y=[],latency_us,1.9,3%,fitted,page 1,\"four, \"\"loose\"\"\",,\n");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].reason == "four, \"loose\"");
  CHECK(rows[0].published == 1.9);
  CHECK(rows[0].tolerance == Approx(0.03));
  CHECK(settings_of(rows[0]) == std::vector<std::string>{"x=1", "y=[]"});
  CHECK_FALSE(rows[0].gap);
}

TEST_CASE("a known gap has a number and an error from which on it is there")
{
  const std::vector<TableRow> rows = read(Head + "a,p2p.yaml,,latency_us,1,12%,predicted,page,why,D9,8%\n");
  REQUIRE(rows.front().gap);
  CHECK(rows.front().gap->number == "D9");
  CHECK(rows.front().gap->from == Approx(0.08));
}

TEST_CASE("what is wrong with a table of rows is told with its line")
{
  CHECK_THROWS_WITH(read(Head + "a,b\n"), Catch::Contains("p2p.csv:2:1: expected 11 fields, found 2"));
  CHECK_THROWS_WITH(read("row,published\na,1\n"), Catch::Contains("expected a column \"scenario\""));
  CHECK_THROWS_WITH(read(Head + "a,p2p.yaml,,m,one,3%,fitted,s,r,,\n"),
                    Catch::Contains("published: expected a number"));
  CHECK_THROWS_WITH(read(Head + "a,p2p.yaml,,m,1,3%,guessed,s,r,,\n"),
                    Catch::Contains("class: expected fitted, input"));
  CHECK_THROWS_AS(read_row_table("nowhere.csv"), cm::ConfigError);
}

TEST_CASE("tables without published values are not tables of rows")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(is_row_table(folder.with("a.csv", Head)));
  CHECK_FALSE(is_row_table(folder.with("b.csv", "model,expected\n")));
  CHECK_THROWS_AS(is_row_table("nowhere.csv"), cm::ConfigError);
}
