#include "tools/terminal/terminal_progress.h"

#include <catch2/catch.hpp>

#include <vector>

using cm::tools::ProgressLine;
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

TEST_CASE("a log gets nothing for a minute, and then a line a minute")
{
  ProgressLine line(false, at(0));
  std::vector<double> told;
  for (int tenth = 1; tenth <= 2000; ++tenth)
    if (line.at(at(tenth / 10.0), tenth / 4000.0, "decoding"))
      told.push_back(tenth / 10.0);
  CHECK(told == std::vector<double>{60, 120, 180});
}

TEST_CASE("a line on a terminal is told at once and ten times a second")
{
  ProgressLine line(true, at(0));
  CHECK(line.at(at(0), 0.0, "reading") == "  0 %  reading");
  CHECK_FALSE(line.at(at(0.05), 0.01, "reading"));
  CHECK(line.at(at(0.11), 1.5, "a\nb") == "100 %  a\\nb");
}

TEST_CASE("a line ends with the time left once there is an estimate")
{
  ProgressLine line(false, at(0));
  for (int second = 1; second < 60; ++second)
    line.at(at(second), second / 240.0, "decoding");
  CHECK(line.at(at(60), 0.25, "decoding") == " 25 %  decoding, 3 min left");
}

TEST_CASE("a narrow terminal cuts what is done and leaves the time whole")
{
  ProgressLine line(true, at(0), 30);
  std::optional<std::string> told;
  for (int second = 1; second <= 10; ++second)
    told = line.at(at(second), second / 60.0, "prefill of an instance with 32 dies");
  REQUIRE(told);
  CHECK(told->size() == 30);
  CHECK(told->starts_with(" 17 %  prefill"));
  CHECK(told->ends_with(", 50 s left"));
}
