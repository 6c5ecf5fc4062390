// SimGrid is process-global: every test case runs in a process of its own and makes one engine.
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <functional>
#include <stdexcept>
#include <vector>

using namespace cm;
using namespace cm::sim;
using engine::Control;
using engine::Engine;
using engine::StarPlaneSpec;

namespace {

StarPlaneSpec star(std::size_t endpoints, Seconds latency)
{
  StarPlaneSpec spec{.name = "rdma", .endpoints = {}, .latency = latency};
  for (std::size_t i = 0; i < endpoints; ++i)
    spec.endpoints.push_back({"nic" + std::to_string(i), 25_GBps, 25_GBps});
  return spec;
}

streams::DataPlaneSpec small_plane()
{
  return {.network = tests::small_clos({}), .policy = {}, .dies = 8, .memory_bandwidth = BytesPerSecond(1e12)};
}

class Owner final : public streams::NoticeOwner {
 public:
  explicit Owner(std::function<void(std::uint32_t)> react) : react_(std::move(react)) {}
  void on_notice(const streams::Notice& notice, Picoseconds /*now*/) override { react_(notice.member); }

 private:
  std::function<void(std::uint32_t)> react_;
};

Approx exactly(double seconds)
{
  return Approx(seconds).epsilon(1e-9);
}

}  // namespace

TEST_CASE("one flow takes bytes over bandwidth and latency")
{
  Engine engine;
  const std::size_t plane = engine.add_plane(star(2, 3_us));
  std::vector<double> times;
  engine.spawn("actor", [&](Control& control) {
    for (const Bytes amount : {1_MiB, 1_GiB}) {
      const Seconds start = control.now();
      control.transfer(plane, 0, 1, amount);
      times.push_back((control.now() - start).count());
    }
  });
  engine.run();
  CHECK(times.at(0) == exactly(1048576 / 25e9 + 3e-6));
  CHECK(times.at(1) == exactly(1073741824 / 25e9 + 3e-6));
}

TEST_CASE("two equal flows share the link that they have in common")
{
  Engine engine;
  const std::size_t plane = engine.add_plane(star(3, 1_us));
  std::vector<Seconds> ends;
  engine.spawn("actor",
               [&](Control& control) { ends = control.transfer_all(plane, {{0, 2, 100_MiB}, {1, 2, 100_MiB}}); });
  engine.run();
  REQUIRE(ends.size() == 2);
  for (const Seconds end : ends)
    CHECK(end.count() == exactly(2 * 104857600 / 25e9 + 1e-6));
}

TEST_CASE("the two directions of an endpoint do not disturb each other")
{
  Engine engine;
  const std::size_t plane = engine.add_plane(star(2, 1_us));
  std::vector<Seconds> ends;
  engine.spawn("actor",
               [&](Control& control) { ends = control.transfer_all(plane, {{0, 1, 100_MiB}, {1, 0, 100_MiB}}); });
  engine.run();
  REQUIRE(ends.size() == 2);
  for (const Seconds end : ends)
    CHECK(end.count() == exactly(104857600 / 25e9 + 1e-6));
}

TEST_CASE("a flow under way goes on at the rate that its endpoint is set to")
{
  Engine engine;
  const std::size_t plane = engine.add_plane(star(2, 1_us));
  Seconds end;
  engine.spawn("actor", [&](Control& control) {
    control.transfer(plane, 0, 1, 100_MiB);
    end = control.now();
  });
  // After half of the bytes.
  const double half = 52428800 / 25e9;
  engine.spawn("other", [&](Control& control) {
    control.sleep(Seconds(half + 1e-6));
    engine.set_rate(plane, 1, 5_GBps, 5_GBps);
  });
  engine.run();
  CHECK(end.count() == exactly(half + 5 * half + 1e-6));
}

TEST_CASE("two events one nanosecond apart stay in order")
{
  Engine engine;
  std::vector<int> order;
  std::vector<double> times;
  const auto sleeper = [&](int number, Seconds until) {
    engine.spawn("sleeper", [&order, &times, number, until](Control& control) {
      control.sleep(until);
      order.push_back(number);
      times.push_back(control.now().count());
    });
  };
  // Also after a second, where a nanosecond is little beside the clock.
  sleeper(3, Seconds(1 + 2e-9));
  sleeper(2, Seconds(1 + 1e-9));
  sleeper(1, 2_ns);
  sleeper(0, 1_ns);
  engine.run();
  CHECK(order == std::vector<int>{0, 1, 2, 3});
  CHECK(times.at(0) == exactly(1e-9));
  CHECK(times.at(1) == exactly(2e-9));
  CHECK(times.at(3) - times.at(2) == Approx(1e-9).epsilon(1e-6));
}

TEST_CASE("an actor waits for a signal of the data plane and goes on at its time")
{
  streams::DataPlane plane(small_plane());
  Engine engine;
  engine.carry(plane);
  const streams::Signal signal = engine.new_signal();
  Owner owner([&](std::uint32_t) { plane.raise(signal); });
  const streams::NoticeRange notice = plane.add_owner(owner);
  std::vector<double> woken;
  engine.spawn("actor", [&](Control& control) {
    for (int round = 0; round < 3; ++round) {
      control.sleep(10_us);
      control.synchronise();
      plane.start(tests::flow(0, {{1, 1000}}, notice(0)));
      control.wait(signal);
      woken.push_back(control.now().count());
    }
  });
  engine.run();
  // 1,000 B at 1 GB/s and 200 ns there and back.
  REQUIRE(woken.size() == 3);
  for (int round = 0; round < 3; ++round)
    CHECK(woken.at(static_cast<std::size_t>(round)) == exactly((round + 1) * (10e-6 + 1.4e-6)));
}

TEST_CASE("actors wait for signals of their own")
{
  streams::DataPlane plane(small_plane());
  Engine engine;
  engine.carry(plane);
  const streams::Signal early = engine.new_signal();
  const streams::Signal late = engine.new_signal();
  Owner owner([&](std::uint32_t member) { plane.raise(member); });
  const streams::NoticeRange notice = plane.add_owner(owner);
  std::vector<double> woken(2);
  engine.spawn("late", [&](Control& control) {
    control.wait(late);
    woken[1] = control.now().count();
  });
  engine.spawn("early", [&](Control& control) {
    plane.remind(to_picoseconds(5_us), notice(0, late));
    plane.remind(to_picoseconds(2_us), notice(0, early));
    control.wait(early);
    woken[0] = control.now().count();
  });
  engine.run();
  CHECK(woken[0] == exactly(2e-6));
  CHECK(woken[1] == exactly(5e-6));
}

TEST_CASE("signals raised at one moment wake everyone at that moment")
{
  streams::DataPlane plane(small_plane());
  Engine engine;
  engine.carry(plane);
  const streams::Signal first = engine.new_signal();
  const streams::Signal second = engine.new_signal();
  Owner owner([&](std::uint32_t member) { plane.raise(member); });
  const streams::NoticeRange notice = plane.add_owner(owner);
  std::vector<double> woken(2);
  plane.remind(to_picoseconds(3_us), notice(0, first));
  plane.remind(to_picoseconds(3_us), notice(0, second));
  for (const streams::Signal signal : {first, second})
    engine.spawn("actor", [&woken, signal](Control& control) {
      control.wait(signal);
      woken.at(signal) = control.now().count();
    });
  engine.run();
  CHECK(woken[0] == exactly(3e-6));
  CHECK(woken[1] == exactly(3e-6));
}

TEST_CASE("flows of a star plane stay exact beside a running data plane")
{
  streams::DataPlane plane(small_plane());
  Engine engine;
  const std::size_t rdma = engine.add_plane(star(3, 2_us));
  engine.carry(plane);
  const streams::Signal signal = engine.new_signal();
  // A tick every 700 ns that nobody hears of, and a signal every 7 us.
  int ticks = 0;
  int signals = 0;
  std::uint64_t tick = 0;
  Owner owner([&](std::uint32_t) {
    if (++ticks % 10 == 0)
      plane.raise(signal);
    if (ticks < 2000)
      plane.remind(to_picoseconds(700_ns), tick);
  });
  tick = plane.add_owner(owner)(0);
  std::vector<double> woken;
  engine.spawn("listener", [&](Control& control) {
    control.synchronise();
    plane.remind(to_picoseconds(700_ns), tick);
    for (; signals < 200; ++signals) {
      control.wait(signal);
      woken.push_back(control.now().count());
    }
  });
  std::vector<Seconds> ends;
  std::vector<double> sleeps;
  engine.spawn("sender", [&](Control& control) {
    ends = control.transfer_all(rdma, {{0, 2, 10_MiB}, {1, 2, 10_MiB}, {2, 0, 10_MiB}});
  });
  engine.spawn("sleeper", [&](Control& control) {
    for (int i = 0; i < 100; ++i) {
      control.sleep(1_us);
      sleeps.push_back(control.now().count());
    }
  });
  engine.run();
  CHECK(ends.at(0).count() == exactly(2 * 10485760 / 25e9 + 2e-6));
  CHECK(ends.at(1).count() == exactly(2 * 10485760 / 25e9 + 2e-6));
  CHECK(ends.at(2).count() == exactly(10485760 / 25e9 + 2e-6));
  REQUIRE(woken.size() == 200);
  for (std::size_t i = 0; i < woken.size(); ++i)
    REQUIRE(woken[i] == exactly(static_cast<double>(i + 1) * 7e-6));
  for (std::size_t i = 0; i < sleeps.size(); ++i)
    REQUIRE(sleeps[i] == exactly(static_cast<double>(i + 1) * 1e-6));
}

TEST_CASE("the data plane runs to its end even when no actor waits for it")
{
  streams::DataPlane plane(small_plane());
  Engine engine;
  engine.carry(plane);
  int notices = 0;
  Owner owner([&](std::uint32_t) { ++notices; });
  const streams::NoticeRange notice = plane.add_owner(owner);
  plane.remind(to_picoseconds(3_us), notice(0));
  engine.spawn("actor", [](Control& control) { control.sleep(5_us); });
  engine.run();
  CHECK(notices == 1);
}

TEST_CASE("an exception in an actor is thrown again after the run")
{
  Engine engine;
  bool other_finished = false;
  engine.spawn("bad", [](Control& control) {
    control.sleep(1_us);
    throw std::runtime_error("the actor's own words");
  });
  engine.spawn("good", [&](Control& control) {
    control.sleep(2_us);
    other_finished = true;
  });
  CHECK_THROWS_WITH(engine.run(), "the actor's own words");
  CHECK(other_finished);
}

TEST_CASE("an actor that waits for what cannot happen is our error")
{
  streams::DataPlane plane(small_plane());
  Engine engine;
  engine.carry(plane);
  const streams::Signal signal = engine.new_signal();
  engine.spawn("stuck", [&](Control& control) { control.wait(signal); });
  engine.spawn("done", [](Control& control) { control.sleep(1_us); });
  CHECK_THROWS_AS(engine.run(), SimulationError);
}

TEST_CASE("a second data plane is refused")
{
  streams::DataPlane plane(small_plane());
  streams::DataPlane other(small_plane());
  Engine engine;
  engine.carry(plane);
  CHECK_THROWS_AS(engine.carry(other), SimulationError);
}

TEST_CASE("signals without a data plane are refused")
{
  Engine engine;
  CHECK_THROWS_AS(engine.new_signal(), SimulationError);
}

TEST_CASE("the settings of the engine can be read for a manifest")
{
  const auto settings = Engine::settings();
  CHECK(settings.at("network/model") == "CM02");
  CHECK(settings.at("network/crosstraffic") == "0");
}
