#include "sim/diagnostics/errors.h"
#include "tools/validate/error_plot.h"
#include "tools/validate/validation_page.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::tools;

namespace {

Validation one_row()
{
  TableRow row;
  row.name = "a-row";
  row.scenario = "p2p.yaml";
  row.published = 100;
  row.kind = "predicted";
  row.tolerance = 0.03;
  row.reason = "a | b";
  Validation validation;
  validation.groups.push_back({"p2p", "", true, {{row, 102}}});
  return validation;
}

}  // namespace

TEST_CASE("only the block of rows of the page is written anew")
{
  const std::string page =
      "before\n<!-- rows: written by `cmsim validate --write` -->\nold\n<!-- end of rows -->\nafter\n";
  const std::string written = page_with_rows(page, "page.md", one_row());
  CHECK_THAT(written, Catch::StartsWith("before\n") && Catch::EndsWith("<!-- end of rows -->\nafter\n"));
  CHECK_THAT(written,
             Catch::Contains("| a-row | 100 | 102 | +2.0 % | 3 % | predicted |") && Catch::Contains("a \\| b"));
  CHECK_THAT(written, !Catch::Contains("old"));
  CHECK(page_with_rows(written, "page.md", one_row()) == written);
}

TEST_CASE("a page without the lines around its rows is refused")
{
  CHECK_THROWS_AS(page_with_rows("words\n", "page.md", one_row()), cm::ConfigError);
  CHECK_THROWS_AS(page_with_rows("<!-- rows: written by `cmsim validate --write` -->\n", "page.md", one_row()),
                  cm::ConfigError);
}

TEST_CASE("the plot has a point for every row")
{
  const std::string plot = error_plot(one_row());
  CHECK_THAT(plot, Catch::Contains(">a-row</text>") && Catch::StartsWith("<svg ") && Catch::EndsWith("</svg>\n"));
}
