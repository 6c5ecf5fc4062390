#include "tools/runner/terminal_progress.h"

#include <catch2/catch.hpp>

#include <cmath>

using cm::tools::time_left_text;
using cm::tools::TimeLeft;
using Seconds = std::chrono::duration<double>;

namespace {

TimeLeft::Time at(double seconds)
{
  return TimeLeft::Time{} + std::chrono::duration_cast<TimeLeft::Time::duration>(Seconds(seconds));
}

}  // namespace

TEST_CASE("no time left is told before some seconds of progress")
{
  TimeLeft left(at(0));
  CHECK_FALSE(left.at(at(1), 0.2));
  CHECK_FALSE(left.at(at(2.9), 0.5));
  CHECK(left.at(at(3.1), 0.5));
}

TEST_CASE("no time left is told while hardly anything is done")
{
  TimeLeft left(at(0));
  CHECK_FALSE(left.at(at(20), 0.001));
}

TEST_CASE("at an even pace the time left is that of what is left")
{
  TimeLeft left(at(0));
  std::optional<Seconds> told;
  for (int second = 1; second <= 25; ++second)
    told = left.at(at(second), second / 100.0);
  REQUIRE(told);
  CHECK(told->count() == Approx(75).epsilon(0.05));
}

TEST_CASE("the later half of the time sets the pace")
{
  TimeLeft left(at(0));
  std::optional<Seconds> told;
  // Ten percent at once, then one a second.
  for (int second = 1; second <= 40; ++second)
    told = left.at(at(second), 0.1 + second / 100.0);
  REQUIRE(told);
  CHECK(told->count() == Approx(50).epsilon(0.05));
}

TEST_CASE("a share that falls begins anew")
{
  TimeLeft left(at(0));
  for (int second = 1; second <= 10; ++second)
    left.at(at(second), second / 10.0);
  CHECK_FALSE(left.at(at(11), 0.0));
  CHECK_FALSE(left.at(at(12), 0.1));
  CHECK(left.at(at(15), 0.4));
}

TEST_CASE("a share that stands still tells no time")
{
  TimeLeft left(at(0));
  left.at(at(1), 0.3);
  CHECK_FALSE(left.at(at(30), 0.3));
}

TEST_CASE("time left is told in the unit of its size")
{
  CHECK(time_left_text(Seconds(0.2)) == "1 s left");
  CHECK(time_left_text(Seconds(7.3)) == "8 s left");
  CHECK(time_left_text(Seconds(43)) == "45 s left");
  CHECK(time_left_text(Seconds(200)) == "3 min left");
  CHECK(time_left_text(Seconds(7800)) == "2 h 10 min left");
}
