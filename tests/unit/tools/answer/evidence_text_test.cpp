#include "tests/unit/tools/answer/answer_example.h"
#include "tools/answer/evidence_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace cm::tools;
using cm::sim::metrics::Result;
using cm::sim::metrics::Table;

namespace {

Table& uncertain(Result& result)
{
  return *std::ranges::find(result.tables, UncertainNumbers, &Table::name);
}

}  // namespace

TEST_CASE("the assumed numbers with the widest ranges come first, calibrated ones are not among them")
{
  Result result = cm::tests::answer_example().result;
  uncertain(result).rows.push_back({"machine.d", {"2 us", "assumed", "0 us", "8 us", "why"}});
  CHECK(short_evidence(result, {}) ==
        "numbers used: 2 assumed, 3 published\n"
        "assumed, least known first: machine.d = 2 us (0 us to 8 us), machine.a = 1 (1 to\n"
        "  2), machine.b = 2 = 2; cmsim sensitivity orders them by effect\n");
}

TEST_CASE("many assumed numbers take no more than three lines, and the others are counted")
{
  Result result = cm::tests::answer_example().result;
  for (int i = 0; i < 40; ++i)
    uncertain(result).rows.push_back({fmt::format("machine.some.where.number_{}", i),
                                      {"1 us", "assumed", "1 us", fmt::format("{} us", 2 + i), "why"}});
  const std::string text = short_evidence(result, {});
  CHECK(std::ranges::count(text, '\n') == 3);
  CHECK_THAT(text, Catch::Contains("number_39 = 1 us (1 us to 41 us)") && Catch::Contains("more\n"));
}

TEST_CASE("all evidence lists every assumed number and the widest of all ranges")
{
  CHECK(full_evidence(cm::tests::answer_example().result, {}) ==
        "numbers used: 2 assumed, 3 published\n"
        "the 2 assumed: machine.a, machine.b\n"
        "ranges stated for 2 of 3, widest: machine.c = 5 us (1 us to 9 us), machine.a = 1\n"
        "  (1 to 2)\n");
}

TEST_CASE("a run without numbers says so")
{
  CHECK(short_evidence(Result{}, {}) == "numbers used: none\n");
  CHECK(full_evidence(Result{}, {}) == "numbers used: none\n");
}
