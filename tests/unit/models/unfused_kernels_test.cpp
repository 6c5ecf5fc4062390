#include "models/collectives/unfused_kernels.h"
#include "tests/support/round_die.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;
using cm::tests::round_die;

namespace {

constexpr Bytes Row{14336};

}  // namespace

TEST_CASE("an unfused row has a slot only when it is quantised")
{
  CHECK(unfused_row(round_die(), Row, false) == Row);
  CHECK(unfused_row(round_die(), Row, true) == Bytes(7168 + 512));
  CHECK(counts_message(8) == Bytes(32));
}

TEST_CASE("a pass takes what its rows or its bytes take, whichever is more")
{
  DieSpec die = round_die();
  // 1,000 rows of 1 us each; 28.7 MB at 1 TB/s are 28.7 us.
  const Reordering by_rows = plan_grouping(die, 40, 1000, Row);
  CHECK(by_rows.traffic == Bytes(2 * 1000 * 14336));
  CHECK(microseconds(by_rows.time) == Approx(2 + 1000));
  // With half of the saturating cores, twice as long.
  CHECK(microseconds(plan_grouping(die, 10, 1000, Row).time) == Approx(2 + 2000));
  die.exchange.reorder = Seconds(1e-9);
  CHECK(microseconds(plan_grouping(die, 40, 1000, Row).time) == Approx(2 + 28.672));
}

TEST_CASE("quantising on the way halves what a permutation writes")
{
  const DieSpec die = round_die();
  const Bytes wire = unfused_row(die, Row, true);
  CHECK(plan_permutation(die, 40, 100, Row, wire).traffic == Bytes(100 * (14336 + 7680)));
}

TEST_CASE("weighing reads every row of a token and writes one")
{
  CHECK(plan_weighing(round_die(), 10, 9, Row).traffic == Bytes(10 * 10 * 14336));
}
