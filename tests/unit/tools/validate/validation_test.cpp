#include "tools/validate/validation.h"
#include "tools/validate/validation_report.h"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace cm::tools;

namespace {

ValidatedRow row(double simulated, std::optional<KnownGap> gap = std::nullopt)
{
  TableRow row;
  row.name = "a-row";
  row.published = 100;
  row.kind = "predicted";
  row.tolerance = 0.03;
  row.gap = std::move(gap);
  return {row, simulated};
}

}  // namespace

TEST_CASE("a row at its tolerance is within it and one beyond is outside")
{
  CHECK(row(103).verdict() == RowVerdict::Within);
  CHECK(row(97).verdict() == RowVerdict::Within);
  CHECK(row(103.01).verdict() == RowVerdict::Outside);
  CHECK(row(96.9).verdict() == RowVerdict::Outside);
}

TEST_CASE("a known gap that is small is gone and one that grew is outside")
{
  const KnownGap gap{"D9", 0.02};
  CHECK(row(102.5, gap).verdict() == RowVerdict::GapIsThere);
  CHECK(row(97.5, gap).is_as_expected());
  CHECK(row(101, gap).verdict() == RowVerdict::GapIsGone);
  CHECK_FALSE(row(101, gap).is_as_expected());
  CHECK(row(104, gap).verdict() == RowVerdict::Outside);
}

TEST_CASE("a validation lists what is not as expected and counts no group without runs")
{
  Validation validation;
  validation.groups.push_back({"p2p", "", true, {row(100), row(102), row(110)}});
  validation.groups.push_back({"h800", "", false, {}});
  REQUIRE(validation.unexpected().size() == 1);
  CHECK(validation.unexpected().front()->simulated == 110);
  const std::string table = validation_table(validation);
  CHECK_THAT(table, Catch::Contains("2 of 3 rows as expected") && Catch::Contains("OUTSIDE their tolerance: a-row"));
  CHECK_THAT(table, Catch::Contains("not counted: h800"));
  CHECK(class_summary(validation, "predicted") == "3 predicted rows: median error 2.0 %, largest 10.0 %");
  CHECK(class_summary(validation, "fitted").empty());
}
