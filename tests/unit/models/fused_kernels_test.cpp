#include "models/collectives/fused_kernels.h"
#include "sim/diagnostics/errors.h"
#include "tests/support/round_die.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;
using cm::tests::round_die;

namespace {

constexpr Bytes Row(2 * 7168);

}  // namespace

TEST_CASE("dispatch sends a quantised row and its slot and combine a whole row")
{
  const DieSpec die = round_die();
  CHECK(plan_dispatch(die, 40, Row, true, 2_us).message == Bytes(7168 + 512));
  CHECK(plan_dispatch(die, 40, Row, false, 2_us).message == Bytes(2 * 7168 + 512));
  CHECK(plan_combine(die, 40, Row, 2_us).message == Row);
}

TEST_CASE("the cores that send set the issue rate and saturate the engine together")
{
  const DieSpec die = round_die();
  CHECK(plan_dispatch(die, 20, Row, true, 2_us).issue_rate.count() == Approx(100e9));
  CHECK(plan_dispatch(die, 40, Row, true, 2_us).issue_rate.count() == Approx(200e9));
  CHECK(plan_combine(die, 10, Row, 2_us).issue_rate.count() == Approx(50e9));
}

TEST_CASE("both kernels start with their launch")
{
  CHECK(plan_dispatch(round_die(), 40, Row, true, 2_us).before_send >= 2_us);
  CHECK(plan_combine(round_die(), 40, Row, 2_us).before_send >= 2_us);
}

TEST_CASE("a longer round trip never shortens the pause and more cores never lengthen it")
{
  const DieSpec die = round_die();
  const auto pause = [&](int cores, Seconds round_trip) {
    return plan_dispatch(die, cores, Row, true, round_trip).pause;
  };
  CHECK(pause(40, 1_us) >= Seconds(0));
  CHECK(pause(40, 4_us) >= pause(40, 2_us));
  CHECK(pause(10, 2_us) >= pause(40, 2_us));
}

TEST_CASE("an exchange needs at least one core and no more than there are")
{
  CHECK_THROWS_AS(plan_dispatch(round_die(), 0, Row, true, 2_us), SimulationError);
  CHECK_THROWS_AS(plan_combine(round_die(), 41, Row, 2_us), SimulationError);
}

TEST_CASE("reordering grows with the peers and with the rows and copies every row")
{
  const DieSpec die = round_die();
  const auto plan = [&](std::int64_t peers, std::int64_t rows) {
    return plan_reordering(die, 40, peers, rows, Bytes(7680));
  };
  CHECK(plan(64, 0).traffic == 0_B);
  CHECK(plan(64, 1000).traffic == Bytes(2 * 1000 * 7680));
  CHECK(microseconds(plan(128, 0).time - plan(64, 0).time) == Approx(64 * 0.1));
  CHECK(plan(64, 2000).time > plan(64, 1000).time);
  // With one core a row takes no less than with all of them.
  CHECK(plan_reordering(die, 1, 64, 1000, Bytes(7680)).time >= plan(64, 1000).time);
}

TEST_CASE("the last gather moves what the cores hold at the end")
{
  const DieSpec die = round_die();
  // 40 cores with a token each: nine rows in and one out.
  CHECK(plan_gather(die, 40, 128, 9, Row).traffic == Row * (40 * 10));
  CHECK(plan_gather(die, 40, 8, 9, Row).traffic == Row * (8 * 10));
  CHECK(plan_gather(die, 40, 128, 9, Row).time.count() == Approx(40.0 * 10 * 14336 / 1e12));
}
