#include "sim/diagnostics/errors.h"
#include "sim/streams/data_plane.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <functional>
#include <utility>
#include <vector>

using namespace cm;
using namespace cm::sim;
using calendar::Calendar;
using streams::DataPlane;

namespace {

using Notices = std::vector<std::pair<std::uint64_t, std::int64_t>>;

class Owner final : public streams::NoticeOwner {
 public:
  void on_notice(const streams::Notice& notice, Picoseconds now) override
  {
    notices.emplace_back(notice.member, now.count());
    if (react)
      react(notice.member);
  }

  Notices notices;
  std::function<void(std::uint32_t)> react;
};

struct Bench {
  DataPlane plane{
      {.network = tests::small_clos({}), .policy = {}, .dies = 8, .memory_bandwidth = BytesPerSecond(1e12)}};
  Owner owner;
  streams::NoticeRange range = plane.add_owner(owner);

  [[nodiscard]] std::uint64_t number(std::uint32_t member) const { return range(0, member); }
};

}  // namespace

TEST_CASE("reminders come at their time and in the order of their setting")
{
  Bench bench;
  bench.plane.remind(300_ps, bench.number(3));
  bench.plane.remind(100_ps, bench.number(1));
  bench.plane.remind(300_ps, bench.number(4));
  bench.plane.remind(0_ps, bench.number(0));
  CHECK(bench.plane.run(Calendar::Never - 1) == Calendar::Never);
  CHECK(bench.owner.notices == Notices{{0, 0}, {1, 100}, {3, 300}, {4, 300}});
}

TEST_CASE("a reminder in the past is refused")
{
  Bench bench;
  CHECK_THROWS_AS(bench.plane.remind(Picoseconds(-1), bench.number(0)), SimulationError);
}

TEST_CASE("packets and operators and reminders share one clock")
{
  Bench bench;
  bench.plane.start(tests::flow(0, {{1, 1000}}, bench.number(1)));  // 1,000 B x 1,000 ps + 2 x 200,000 ps
  bench.plane.start(
      {.die = 0, .alone = Picoseconds(1'399'999), .memory_traffic = Bytes(0), .end_notice = bench.number(2)});
  bench.plane.remind(Picoseconds(1'400'001), bench.number(3));
  bench.plane.run(Calendar::Never - 1);
  CHECK(bench.owner.notices == Notices{{2, 1'399'999}, {1, 1'400'000}, {3, 1'400'001}});
}

TEST_CASE("what an owner starts in a notice starts at that moment")
{
  Bench bench;
  bench.owner.react = [&](std::uint32_t notice) {
    if (notice < 3)
      bench.plane.start(
          {.die = 0, .alone = Picoseconds(50), .memory_traffic = Bytes(0), .end_notice = bench.number(notice + 1)});
  };
  bench.plane.remind(100_ps, bench.number(0));
  bench.plane.run(Calendar::Never - 1);
  CHECK(bench.owner.notices == Notices{{0, 100}, {1, 150}, {2, 200}, {3, 250}});
  CHECK(bench.plane.now() == 250_ps);
}

TEST_CASE("a run works up to its limit and including it")
{
  Bench bench;
  bench.plane.remind(100_ps, bench.number(1));
  bench.plane.remind(101_ps, bench.number(2));
  CHECK(bench.plane.run(100) == Calendar::Never);
  CHECK(bench.owner.notices == Notices{{1, 100}});
  bench.plane.run(101);
  CHECK(bench.owner.notices.size() == 2);
}

TEST_CASE("a signal ends the run at its moment and the rest waits")
{
  Bench bench;
  bench.owner.react = [&](std::uint32_t notice) {
    if (notice == 1)
      bench.plane.raise(7);
  };
  bench.plane.remind(100_ps, bench.number(1));
  bench.plane.remind(100_ps, bench.number(2));
  bench.plane.remind(200_ps, bench.number(3));
  CHECK(bench.plane.run(Calendar::Never - 1) == 100);
  CHECK(bench.owner.notices == Notices{{1, 100}});
  CHECK(bench.plane.now() == 100_ps);
  REQUIRE(bench.plane.raised().size() == 1);
  CHECK(bench.plane.raised().front() == 7);
  bench.plane.raised().clear();
  CHECK(bench.plane.run(Calendar::Never - 1) == Calendar::Never);
  CHECK(bench.owner.notices == Notices{{1, 100}, {2, 100}, {3, 200}});
}

TEST_CASE("what is started after a limit was reached may come before what was looked at")
{
  Bench bench;
  bench.plane.remind(Picoseconds(1'000'000'000'000), bench.number(9));  // a second ahead
  CHECK(bench.plane.run(1000) == Calendar::Never);
  bench.plane.catch_up(1000_ps);
  bench.plane.remind(5_ps, bench.number(1));
  bench.plane.run(Calendar::Never - 1);
  CHECK(bench.owner.notices == Notices{{1, 1005}, {9, 1'000'000'000'000}});
}

TEST_CASE("catching up never turns the clock back")
{
  Bench bench;
  bench.plane.catch_up(500_ps);
  bench.plane.catch_up(400_ps);
  CHECK(bench.plane.now() == 500_ps);
}

TEST_CASE("each owner is told of its notices, and of nothing else")
{
  Bench bench;
  Owner other;
  const streams::NoticeRange others = bench.plane.add_owner(other);
  bench.plane.remind(10_ps, others(0, 5));
  bench.plane.start(tests::flow(0, {{1, 1000}}, bench.number(6)));
  bench.plane.start({.die = 0, .alone = Picoseconds(30), .memory_traffic = Bytes(0), .end_notice = others(0, 7)});
  bench.plane.run(Calendar::Never - 1);
  CHECK(bench.owner.notices == Notices{{6, 1'400'000}});
  CHECK(other.notices == Notices{{5, 10}, {7, 30}});
}
