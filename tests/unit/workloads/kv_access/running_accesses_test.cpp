#include "workloads/kv_access/running_accesses.h"

#include <catch2/catch.hpp>

using namespace cm::workloads;

TEST_CASE("an access keeps its tag until it ends, and the tag is then used again")
{
  RunningAccesses running;
  CHECK(running.empty());
  CHECK(running.begin({.die = 4, .block = 40}) == 0);
  CHECK(running.begin({.die = 5, .block = 50, .is_write = true}) == 1);
  CHECK(running.end(0).block == 40);
  CHECK_FALSE(running.empty());
  CHECK(running.begin({.die = 6, .block = 60}) == 0);
  CHECK(running.begin({.die = 7, .block = 70}) == 2);
  CHECK(running.end(1).is_write);
  CHECK(running.end(2).die == 7);
  CHECK(running.end(0).block == 60);
  CHECK(running.empty());
}
