#include "sim/diagnostics/errors.h"
#include "sim/fabric/packet_fabric.h"
#include "sim/streams/operator_board.h"

#include <catch2/catch.hpp>

#include <map>

using namespace cm;
using namespace cm::sim;
using streams::OperatorBoard;

namespace {

// Two dies of 1 TB/s: a byte a picosecond.
class Board {
 public:
  Board() : board_(2, BytesPerSecond(1e12), calendar_) {}

  // `share` of the die's bandwidth over `alone`.
  void start(std::uint64_t notice, std::int64_t alone, double share, std::int64_t now = 0, std::uint32_t die = 0)
  {
    run_until(now);
    board_.start({.die = die,
                  .alone = Picoseconds(alone),
                  .memory_traffic = Bytes(static_cast<std::int64_t>(share * static_cast<double>(alone))),
                  .end_notice = notice},
                 now);
  }

  std::map<std::uint64_t, std::int64_t> ends()
  {
    run_until(calendar::Calendar::Never);
    return ends_;
  }

 private:
  void run_until(std::int64_t limit)
  {
    while (calendar_.next(limit) != nullptr) {
      const calendar::Event event = calendar_.take();
      REQUIRE(fabric::kind_of(event) == fabric::EventKind::Owner);
      if (const std::uint64_t notice = board_.finish(event); notice != OperatorBoard::NotYet)
        REQUIRE(ends_.emplace(notice, event.time).second);
    }
  }

  calendar::Calendar calendar_;
  OperatorBoard board_;
  std::map<std::uint64_t, std::int64_t> ends_;
};

using Ends = std::map<std::uint64_t, std::int64_t>;

}  // namespace

TEST_CASE("an operator alone takes its time")
{
  Board board;
  board.start(1, 1'000'000, 1.0);
  CHECK(board.ends() == Ends{{1, 1'000'000}});
}

TEST_CASE("an operator without memory traffic is slowed by nobody")
{
  Board board;
  board.start(1, 1'000'000, 0.0);
  board.start(2, 1'000'000, 1.0);
  board.start(3, 1'000'000, 0.0);
  CHECK(board.ends() == Ends{{1, 1'000'000}, {2, 1'000'000}, {3, 1'000'000}});
}

TEST_CASE("two operators that fit the bandwidth keep their pace")
{
  Board board;
  board.start(1, 1'000'000, 0.6);
  board.start(2, 500'000, 0.4);
  CHECK(board.ends() == Ends{{1, 1'000'000}, {2, 500'000}});
}

TEST_CASE("two equal operators that exceed the bandwidth share it")
{
  Board board;
  board.start(1, 1'000'000, 1.0);
  board.start(2, 1'000'000, 1.0);
  CHECK(board.ends() == Ends{{1, 2'000'000}, {2, 2'000'000}});
}

TEST_CASE("a small demand is met and the greedy ones share what is left")
{
  Board board;
  // 0.2 is met; 0.8 is left for two that want 0.8 each: half pace.
  board.start(1, 1'000'000, 0.2);
  board.start(2, 1'000'000, 0.8);
  board.start(3, 1'000'000, 0.8);
  const Ends ends = board.ends();
  CHECK(ends.at(1) == 1'000'000);
  // Half done after 1 us, then half the bandwidth each, 0.5 / 0.8 of their pace, for the other half.
  CHECK(ends.at(2) == 1'800'000);
  CHECK(ends.at(3) == 1'800'000);
}

TEST_CASE("max-min gives nobody more than it asks for")
{
  Board board;
  // An equal share of a third is more than the first asks for; the second is met by a share of what is then left.
  board.start(1, 1'000'000, 0.1);
  board.start(2, 1'000'000, 0.4);
  board.start(3, 1'000'000, 1.0);
  const Ends ends = board.ends();
  CHECK(ends.at(1) == 1'000'000);
  CHECK(ends.at(2) == 1'000'000);
  CHECK(ends.at(3) == 1'500'000);
}

TEST_CASE("the pace changes when another operator comes")
{
  Board board;
  board.start(1, 1'000'000, 1.0);
  board.start(2, 1'000'000, 1.0, 500'000);
  // The first has half left, at half pace; then the second has half left, at full pace.
  CHECK(board.ends() == Ends{{1, 1'500'000}, {2, 2'000'000}});
}

TEST_CASE("an operator on another die is not disturbed")
{
  Board board;
  board.start(1, 1'000'000, 1.0, 0, 0);
  board.start(2, 1'000'000, 1.0, 0, 1);
  CHECK(board.ends() == Ends{{1, 1'000'000}, {2, 1'000'000}});
}

TEST_CASE("an operator of no length ends at once and disturbs nobody")
{
  Board board;
  board.start(1, 1'000'000, 1.0);
  board.start(2, 0, 0.0, 400'000);
  CHECK(board.ends() == Ends{{1, 1'000'000}, {2, 400'000}});
}

TEST_CASE("places of finished operators are used again without waking their old ends")
{
  Board board;
  for (std::uint64_t round = 0; round < 20; ++round) {
    const auto now = static_cast<std::int64_t>(round) * 3'000'000;
    board.start(2 * round, 1'000'000, 1.0, now);
    board.start(2 * round + 1, 1'000'000, 1.0, now + 250'000);
  }
  const Ends ends = board.ends();
  REQUIRE(ends.size() == 40);
  for (std::uint64_t round = 0; round < 20; ++round) {
    const auto now = static_cast<std::int64_t>(round) * 3'000'000;
    CHECK(ends.at(2 * round) == now + 1'750'000);
    CHECK(ends.at(2 * round + 1) == now + 2'000'000);
  }
}

TEST_CASE("a negative operator is refused")
{
  Board board;
  CHECK_THROWS_AS(board.start(1, -1, 0.0), SimulationError);
}
