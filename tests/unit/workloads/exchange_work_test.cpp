#include "tests/support/round_die.h"
#include "workloads/exchanges/exchange_work.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

// Rank 0 sends three rows to rank 1 and one to itself, and gets two rows from rank 1.
ExchangeTraffic traffic()
{
  ExchangeTraffic traffic;
  traffic.ranks = 2;
  traffic.destinations = {{1, 1, 0, 1}, {0, 0}};
  traffic.counts = {1, 3, 2, 0};
  traffic.received = {3, 3};
  traffic.received_routed = {3, 3};
  return traffic;
}

constexpr ExchangeSetup Setup{.ranks = 2, .cores = 10, .row = Bytes(2000), .quantised = true, .rows_per_token = 2};

}  // namespace

TEST_CASE("rows to the rank itself cross no lane, and rows go back the way they came")
{
  const models::DieSpec die = tests::round_die();
  const ExchangeWorker worker{die, ExchangeKind::Fused, Setup};
  // 1000 B of INT8 and the slot's 512.
  const models::StageWork out = dispatch_work(worker, traffic(), 0, 50_us);
  CHECK(out.sent_bytes == 3 * 1512);
  CHECK(out.received_bytes == 2 * 1512);
  const models::StageWork back = combine_work(worker, traffic(), 0, 2, 50_us);
  CHECK(back.sent_bytes == 2 * 2000);
  CHECK(back.received_bytes == 3 * 2000);
}

TEST_CASE("fused kernels hold their vector cores from start to end, unfused ones while they run")
{
  const models::DieSpec die = tests::round_die();
  const models::StageWork fused = dispatch_work({die, ExchangeKind::Fused, Setup}, traffic(), 0, 50_us);
  CHECK(fused.vector_core_seconds == Approx(10 * 50e-6));
  // Reordering reads and writes the three rows that came.
  CHECK(fused.memory_bytes == 2 * 3 * 1512);
  const models::StageWork unfused = dispatch_work({die, ExchangeKind::Unfused, Setup}, traffic(), 0, 50_us);
  CHECK(unfused.vector_core_seconds < fused.vector_core_seconds);
  // Counts of four rows, four rows copied to the send buffer, three that came put in order.
  CHECK(unfused.memory_bytes == 4 * 4 + 4 * (2000 + 1512) + 2 * 3 * 1512);
}
