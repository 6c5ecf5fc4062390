// Accesses along plans made here, of waits and servers alone: what a window, several places and the critical path make
// of them, to the picosecond.
#include "sim/diagnostics/errors.h"
#include "tests/support/round_memory.h"
#include "workloads/kv_access/access_runner.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::AccessPath;
using models::Share;
using models::Step;

namespace {

Step wait(Seconds time, Share share)
{
  return {.share = share, .time = time};
}

// 100 ns once, 50 ns for each piece of 1000 bytes, 10 ns at the end.
AccessPath waits(int window)
{
  return {.before = {wait(100_ns, Share::Network)},
          .each = {wait(50_ns, Share::Memory)},
          .after = {wait(10_ns, Share::Translation)},
          .chunk = 1000_B,
          .window = window};
}

class Runs final : public AccessListener {
 public:
  Runs() : machine_(tests::small_machine_with_memory()), supernode_(machine_.topology), live_(machine_, supernode_, 1)
  {
    runner_.tell(*this);
  }

  AccessTimes run(const std::vector<models::Place>& places, const std::vector<const AccessPath*>& paths)
  {
    runner_.start({.die = 0, .places = places, .paths = paths, .tag = 7});
    live_.plane().run(sim::calendar::Calendar::Never - 1);
    return times_;
  }

  AccessTimes run(const AccessPath& path, Bytes bytes) { return run({{1, 0, bytes}}, {&path}); }

  void on_access(std::uint64_t tag, const AccessTimes& times) override
  {
    CHECK(tag == 7);
    ++ended;
    times_ = times;
  }

  [[nodiscard]] AccessRunner& runner() { return runner_; }

  int ended = 0;

 private:
  models::MachineSpec machine_;
  topology::Supernode supernode_;
  LiveMachine live_;
  AccessRunner runner_{machine_, live_.plane(), live_.engines()};
  AccessTimes times_;
};

std::int64_t ns(Picoseconds time)
{
  CHECK(time.count() % 1000 == 0);
  return time.count() / 1000;
}

std::int64_t share_ns(const AccessTimes& times, Share share)
{
  return ns(times.shares.at(static_cast<std::size_t>(share)));
}

}  // namespace

TEST_CASE("an access takes what comes before once, its pieces a window at a time, and what comes after once")
{
  Runs runs;
  // Five pieces two by two: three rounds.
  const AccessTimes times = runs.run(waits(2), 5000_B);
  CHECK(ns(times.total) == 100 + 3 * 50 + 10);
  CHECK(share_ns(times, Share::Network) == 100);
  CHECK(share_ns(times, Share::Memory) == 150);
  CHECK(share_ns(times, Share::Translation) == 10);
  CHECK(runs.ended == 1);
}

TEST_CASE("a window wider than the block asks for no pieces that it does not have")
{
  Runs runs;
  CHECK(ns(runs.run(waits(8), 5000_B).total) == 100 + 50 + 10);
  CHECK(ns(runs.run(waits(8), 1_B).total) == 100 + 50 + 10);
  CHECK(runs.ended == 2);
}

TEST_CASE("a last piece that is not whole is a piece all the same")
{
  Runs runs;
  CHECK(ns(runs.run(waits(1), 2000_B).total) == 100 + 2 * 50 + 10);
  CHECK(ns(runs.run(waits(1), 2001_B).total) == 100 + 3 * 50 + 10);
}

TEST_CASE("places take turns, each along its own path, and the strand that ends last tells the shares")
{
  Runs runs;
  const AccessPath near = waits(2);
  AccessPath far = near;
  far.each = {wait(70_ns, Share::Network)};
  // Two strands: near, near and far, far (two pieces each): 70 ns a piece for the strand that has the far ones. At
  // 50 ns the first takes the third piece in turn, which is near's second; at 70 ns the other takes far's second.
  const AccessTimes times = runs.run({{1, 0, 2000_B}, {2, 0, 2000_B}}, {&near, &far});
  CHECK(ns(times.total) == 100 + 2 * 70 + 10);
  CHECK(share_ns(times, Share::Network) == 100 + 140);
  CHECK(share_ns(times, Share::Memory) == 0);
}

TEST_CASE("a server works on one piece after the other, and time of waiting for it is that step's")
{
  Runs runs;
  AccessPath path = waits(2);
  path.before.clear();
  path.after.clear();
  // A host that copies 40 GB/s: 25 ns a piece, in turn.
  path.each = {{.kind = models::StepKind::Serve, .share = Share::Memory, .station = models::Station::HostCopy}};
  const AccessTimes times = runs.run(path, 4000_B);
  CHECK(ns(times.total) == 4 * 25);
  CHECK(share_ns(times, Share::Memory) == 100);
  const auto station = static_cast<sim::streams::ServerKind>(models::Station::HostCopy);
  CHECK(ns(runs.runner().resources().busiest(station)) == 100);
  runs.runner().forget_load();
  CHECK(runs.runner().resources().busiest(station) == Picoseconds(0));
}

TEST_CASE("the first translation of a page walks the table, of three reads of HBM, and later ones find it")
{
  Runs runs;
  AccessPath path = waits(1);
  path.before.clear();
  path.after.clear();
  path.each = {{.kind = models::StepKind::Translate, .share = Share::Translation}};
  CHECK(ns(runs.run(path, 1000_B).total) == 10 + 3 * 60);
  CHECK(runs.runner().translation_misses() == 1);
  CHECK(ns(runs.run(path, 1000_B).total) == 10);
  // The next page of 2 MiB, and the same page of another memory.
  CHECK(ns(runs.run({{1, 2097152, 1000_B}}, {&path}).total) == 190);
  CHECK(ns(runs.run({{3, 0, 1000_B}}, {&path}).total) == 190);
  CHECK(runs.runner().translation_misses() == 3);
}

TEST_CASE("every place needs its path")
{
  Runs runs;
  const AccessPath path = waits(1);
  CHECK_THROWS_AS(runs.run({{1, 0, 1000_B}, {2, 0, 1000_B}}, {&path}), SimulationError);
  CHECK_THROWS_AS(runs.run(std::vector<models::Place>{}, {}), SimulationError);
}
