// SimGrid is process-global: every test case runs in a process of its own and makes one engine.
#include "sim/engine/actor_pool.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <sys/resource.h>
#include <vector>

using namespace cm;
using namespace cm::sim::engine;

namespace {

// Limits the address space, as `ulimit -v` does, until the end of the test's process.
void allow_at_most(std::size_t bytes)
{
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_AS, &limit) == 0);
  limit.rlim_cur = bytes;
  REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
}

}  // namespace

TEST_CASE("a pool runs so many tasks at a time, and the others in the order in which they came")
{
  Engine engine;
  ActorPool pool(engine, "task", 3);
  std::vector<int> order;
  std::vector<Seconds> begins;
  std::size_t most = 0;
  engine.spawn("all", [&](Control&) {
    for (int task = 0; task < 7; ++task)
      pool.run([&, task](Control& control) {
        order.push_back(task);
        begins.push_back(control.now());
        most = std::max(most, pool.running());
        control.sleep(2_us);
      });
    CHECK(pool.running() == 3);
    CHECK(pool.waiting() == 4);
  });
  engine.run();
  CHECK(most == 3);
  CHECK(pool.running() == 0);
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
  CHECK(begins[2].count() == Approx(0));
  CHECK(begins[5].count() == Approx(2e-6));
  CHECK(begins[6].count() == Approx(4e-6));
}

TEST_CASE("a task that comes later finds the places that earlier ones have left")
{
  Engine engine;
  ActorPool pool(engine, "task", 1);
  int ended = 0;
  const auto task = [&](Control& control) {
    control.sleep(1_us);
    ++ended;
  };
  engine.spawn("all", [&](Control& control) {
    pool.run(task);
    control.sleep(5_us);
    CHECK(pool.running() == 0);
    pool.run(task);
  });
  engine.run();
  CHECK(ended == 2);
}

TEST_CASE("an exception in a task is thrown again after the run")
{
  Engine engine;
  ActorPool pool(engine, "task", 2);
  pool.run([](Control&) { throw std::runtime_error("the task's own words"); });
  CHECK_THROWS_WITH(engine.run(), "the task's own words");
}

// The other context factories are not for the address sanitizer, which takes more memory than this anyway.
#if !defined(__SANITIZE_ADDRESS__)
TEST_CASE("a hundred thousand tasks at one moment take the stacks of those that run")
{
  Engine engine;
  ActorPool pool(engine, "task", 64);
  allow_at_most(std::size_t{1} << 30U);
  int ended = 0;
  engine.spawn("all", [&](Control&) {
    for (int task = 0; task < 100'000; ++task)
      pool.run([&](Control& control) {
        control.sleep(1_us);
        ++ended;
      });
  });
  engine.run();
  CHECK(ended == 100'000);
}

TEST_CASE("a thousand actors at one moment fit an address space of 2 GiB")
{
  Engine engine;
  allow_at_most(std::size_t{2} << 30U);
  int ended = 0;
  for (int actor = 0; actor < 1000; ++actor)
    engine.spawn("actor", [&](Control& control) {
      control.sleep(1_us);
      ++ended;
    });
  engine.run();
  CHECK(ended == 1000);
}
#endif
