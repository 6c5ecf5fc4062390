#include "tests/unit/tools/answer/answer_example.h"
#include "tools/answer/result_sections.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("the smallest parts are added up where rows are few")
{
  cm::sim::metrics::Result result;
  result.breakdown = {{"a", 5, "us"}, {"b", 1, "us"}, {"c", 1, "us"}, {"d", 3, "us"}};
  const std::string text = breakdown_text(result, {}, 3);
  CHECK_THAT(text, Catch::Contains("\na                5  us  50.0 %") &&
                       Catch::Contains("\nd                3  us  30.0 %") &&
                       Catch::Contains("\n2 smaller parts  2  us  20.0 %"));
  CHECK_THAT(breakdown_text(result, {}, 4), !Catch::Contains("smaller"));
}

TEST_CASE("bars do not grow beyond what an eye compares")
{
  const std::string text = breakdown_text(cm::tests::answer_example().result, {.is_coloured = false, .width = 400}, 9);
  CHECK(columns_of(text.substr(0, text.find("dispatch"))) < 160);
}

TEST_CASE("descriptions take the width of the terminal")
{
  cm::sim::metrics::Result result;
  const std::string meaning =
      "a long phrase that says what this number is about and that needs more than eighty columns";
  result.add({.name = "x_us", .unit = "us", .meaning = meaning, .formula = "x"}, 1);
  CHECK(metrics_text(result, {.is_coloured = false, .width = 160}) == "x_us  1  us  " + meaning + "\n");
  CHECK(metrics_text(result, {}).find('\n') < 80);
}
