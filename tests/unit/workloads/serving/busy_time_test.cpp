#include "workloads/serving/instances/busy_time.h"
#include "workloads/serving_report/series_recorder.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

Stretch stretch(double begin, double end)
{
  return {Seconds(begin), Seconds(end)};
}

}  // namespace

TEST_CASE("work is busy time of the part of the window that it lies in")
{
  BusyTime busy;
  busy.add(stretch(1, 3));
  busy.add(stretch(3, 4));  // goes on at once
  busy.add(stretch(10, 40));
  CHECK(busy.total() == Seconds(33));
  CHECK(busy.within(stretch(0, 100)) == Seconds(33));
  CHECK(busy.within(stretch(2, 3.5)) == Seconds(1.5));
  CHECK(busy.within(stretch(4, 10)) == Seconds(0));
  CHECK(busy.within(stretch(3.5, 11)) == Seconds(1.5));
  // Longer than the window: a step is never busier than it is long.
  CHECK(busy.within(stretch(20, 30)) == Seconds(10));
  CHECK(busy.within(stretch(50, 60)) == Seconds(0));
}

TEST_CASE("series have about two hundred steps of a round length while requests arrive")
{
  CHECK(series_step(Seconds(75)).count() == Approx(0.5));
  CHECK(series_step(Seconds(3600)).count() == Approx(20));
  CHECK(series_step(Seconds(400)).count() == Approx(2));
  CHECK(series_step(Seconds(1700)).count() == Approx(10));
  CHECK(series_step(Seconds(0)).count() == Approx(0.005));
}
