#include "tools/compare/cause.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

StoredResult with_breakdown(double attention, double dispatch, double wait)
{
  StoredResult result;
  result.breakdown_of = "the time of a layer";
  result.breakdown = {{"attention", attention, "us"}, {"dispatch", dispatch, "us"}, {"wait", wait, "us"}};
  return result;
}

}  // namespace

TEST_CASE("the part that moved most the way the layer did is the cause")
{
  const Cause cause = find_cause(with_breakdown(600, 100, 50), with_breakdown(600, 130, 48));
  CHECK(cause.change == Approx(28));
  REQUIRE(cause.parts.size() == 1);
  CHECK(cause.parts.front().part == "dispatch");
  CHECK(cause.parts.front().share == Approx(30.0 / 28));
  CHECK(to_text(cause) == "dispatch +30 us of +28 us in the time of a layer (107 %)");
}

TEST_CASE("several parts are told largest first and small ones not at all")
{
  const Cause cause = find_cause(with_breakdown(600, 100, 50), with_breakdown(592, 88, 49.5));
  CHECK(to_text(cause) == "dispatch -12 us of -20.50 us in the time of a layer (59 %), then attention -8 us (39 %)");
}

TEST_CASE("a part that only one has counts as zero in the other")
{
  StoredResult more = with_breakdown(600, 100, 50);
  more.breakdown.push_back({"KV load", 20, "us"});
  CHECK(find_cause(with_breakdown(600, 100, 50), more).parts.front().part == "KV load");
  CHECK(find_cause(more, with_breakdown(600, 100, 50)).parts.front().change() == -20);
}

TEST_CASE("nothing explains what did not change")
{
  const Cause cause = find_cause(with_breakdown(600, 100, 50), with_breakdown(600, 100, 50));
  CHECK_FALSE(cause.is_known());
  CHECK(to_text(cause).empty());
}

TEST_CASE("a sub-plane that carries another share of the traffic is told")
{
  StoredResult before;
  before.lanes = {{"sub-plane 0", 50, "%"}, {"sub-plane 1", 50, "%"}};
  StoredResult now = before;
  CHECK_FALSE(find_cause(before, now).is_known());
  now.lanes[0].value = 56;
  now.lanes[1].value = 44;
  CHECK(to_text(find_cause(before, now)) ==
        "sub-plane 0 carries 56 % of the traffic, was 50; sub-plane 1 carries 44 % of the traffic, was 50");
  now.lanes[0].value = 54;
  now.lanes[1].value = 46;
  CHECK_FALSE(find_cause(before, now).is_known());
}
