#include "workloads/serving/planes/lane_use.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr BytesPerSecond Lanes(100);  // of one die
constexpr std::uint32_t Dies = 10;

double share(const LaneUse& use, double seconds)
{
  return use.share_of(Seconds(seconds));
}

}  // namespace

TEST_CASE("bytes of all dies take their part of all lanes")
{
  LaneUse use(Lanes, Dies);
  use.spread(LaneDirection::In, Bytes(500));
  CHECK(share(use, 2) == Approx(0.25));
  use.spread(LaneDirection::In, Bytes(500));
  CHECK(share(use, 4) == Approx(0.25));
}

TEST_CASE("the two directions do not add: an exchange is as slow as its slower one")
{
  LaneUse use(Lanes, Dies);
  use.spread(LaneDirection::In, Bytes(500));
  use.spread(LaneDirection::Out, Bytes(200));
  CHECK(share(use, 2) == Approx(0.25));
}

TEST_CASE("a single die's transfer counts as if all dies were slowed, and overlapping ones once")
{
  LaneUse use(Lanes, Dies);
  use.on_one_die(LaneDirection::In, Bytes(40), Seconds(0), Seconds(1));
  CHECK(share(use, 4) == Approx(0.1));
  // Half of it lies under the first.
  use.on_one_die(LaneDirection::In, Bytes(40), Seconds(0.5), Seconds(1.5));
  CHECK(share(use, 4) == Approx(0.15));
  use.on_one_die(LaneDirection::In, Bytes(40), Seconds(1), Seconds(1.4));
  CHECK(share(use, 4) == Approx(0.15));
}

TEST_CASE("an exchange keeps half of its lanes")
{
  LaneUse use(Lanes, Dies);
  use.on_one_die(LaneDirection::Out, Bytes(100), Seconds(0), Seconds(1));
  CHECK(share(use, 1) == Approx(0.5));
  use.spread(LaneDirection::Out, Bytes(100000));
  CHECK(share(use, 1) == Approx(0.5));
}

TEST_CASE("what a time could not hold is left for the next, and nothing is charged twice")
{
  LaneUse use(Lanes, Dies);
  use.spread(LaneDirection::In, Bytes(1000));  // a second of all lanes
  CHECK(share(use, 1) == Approx(0.5));
  use.charge(Seconds(1));
  CHECK(share(use, 2) == Approx(0.25));
  use.charge(Seconds(2));
  CHECK(share(use, 1) == 0);
}

TEST_CASE("what crossed the lanes of an idle instance delays nobody")
{
  LaneUse use(Lanes, Dies);
  use.spread(LaneDirection::Out, Bytes(1000));
  use.forget();
  CHECK(share(use, 1) == 0);
  CHECK(share(use, 0) == 0);
}
