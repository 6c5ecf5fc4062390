// A dispatch of a high class beside bulk traffic of a low one, on the published machine's shape.
#include "sim/random/random_stream.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint32_t Ranks = 64;
constexpr std::uint32_t Row = 7680;
constexpr std::uint32_t RowsOfRank = 512;

struct DispatchTimes {
  std::int64_t median = 0;
  std::int64_t p99 = 0;  // of 64 ranks: the last but one
};

// When ranks have all their rows. The bulk copies are issued by another engine than rows, and fill all lanes.
DispatchTimes dispatch(const FabricPolicy& policy, bool with_bulk)
{
  FabricRun run(small_clos(cloudmatrix_clos(4)), policy);
  PacketFabric& fabric = run.fabric();
  const EngineIndex engines = fabric.add_engines(2 * Ranks);
  const InboxIndex inboxes = fabric.add_inboxes(Ranks);
  std::vector<std::uint64_t> expected(Ranks);
  sim::RandomStream random(7, "rows");
  for (std::uint32_t rank = 0; rank < Ranks; ++rank) {
    FlowSpec rows = flow_to_inbox(rank, {}, inboxes);
    for (std::uint32_t i = 0; i < RowsOfRank; ++i) {
      rows.messages.push_back({random.below(Ranks), Row});
      expected[rows.messages.back().destination] += Row;
    }
    rows.engine = {.engine = engines + rank, .rate = BytesPerSecond(137e9)};
    run.start(std::move(rows), 20'000'000);
    if (!with_bulk)
      continue;
    std::vector<Message> copies;
    for (std::uint32_t i = 0; i < 200; ++i)
      copies.push_back({(rank + 17 + i % 40) % Ranks, 56 * 1024});
    FlowSpec bulk = flow_without_fence(rank, std::move(copies));
    bulk.engine = {.engine = engines + Ranks + rank, .rate = BytesPerSecond(190e9)};
    bulk.traffic_class = static_cast<std::uint8_t>(policy.classes.weights.size() - 1);
    run.start(std::move(bulk));
  }
  for (std::uint32_t rank = 0; rank < Ranks; ++rank)
    fabric.expect(inboxes + rank, expected[rank], 0, rank);
  run.finish();
  std::vector<std::int64_t> times;
  for (const auto& [notice, time] : run.notices())
    times.push_back(time - 20'000'000);
  std::ranges::sort(times);
  return {times.at(Ranks / 2), times.at(Ranks - 2)};
}

}  // namespace

TEST_CASE("under strict priority bulk traffic of a low class slows a dispatch by less than 5 %")
{
  const bool with_credits = GENERATE(false, true);
  INFO("credits " << with_credits);
  FabricPolicy policy;
  policy.flow_control = with_credits ? FlowControl::Credits : FlowControl::None;
  policy.classes.weights = {1, 1};
  const DispatchTimes alone = dispatch(policy, false);
  const DispatchTimes beside = dispatch(policy, true);
  CHECK(beside.p99 >= alone.p99);
  CHECK(static_cast<double>(beside.p99) < 1.05 * static_cast<double>(alone.p99));
  CHECK(static_cast<double>(beside.median) < 1.05 * static_cast<double>(alone.median));
  // In one class the rows queue behind the copies.
  policy.classes.weights = {1};
  policy.always_switched = true;
  CHECK(static_cast<double>(dispatch(policy, true).p99) > 1.3 * static_cast<double>(dispatch(policy, false).p99));
}
