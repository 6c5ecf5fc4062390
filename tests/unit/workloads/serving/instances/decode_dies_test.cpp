#include "sim/diagnostics/errors.h"
#include "tests/support/small_service.h"
#include "workloads/serving/instances/decode_dies.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

TEST_CASE("dies of decode know what is reserved on them, and the most that ever was")
{
  DecodeDies dies(2, {.places = 2, .memory = Bytes(100)});
  CHECK(dies.places() == 4);
  CHECK(dies.most_requests() == 0);
  dies.reserve(1, Bytes(60));
  dies.reserve(1, Bytes(40));
  dies.reserve(0, Bytes(90));
  CHECK(dies.loads()[0] == DieLoad{1, Bytes(90)});
  CHECK(dies.loads()[1] == DieLoad{2, Bytes(100)});
  CHECK(dies.most_requests() == 2);
  CHECK(dies.has_place());
  dies.release(1, Bytes(60));
  CHECK(dies.loads()[1] == DieLoad{1, Bytes(40)});
  CHECK(dies.reserved_most() == Bytes(100));
  dies.reserve(1, Bytes(1));
  dies.reserve(0, Bytes(10));
  CHECK_FALSE(dies.has_place());
  CHECK_THROWS_AS(dies.reserve(0, Bytes(0)), SimulationError);
}

TEST_CASE("a die never gives more memory than it has, nor takes back what nobody holds")
{
  DecodeDies dies(1, {.places = 9, .memory = Bytes(100)});
  dies.reserve(0, Bytes(60));
  CHECK_THROWS_AS(dies.reserve(0, Bytes(41)), SimulationError);
  DecodeDies empty(1, {.places = 9, .memory = Bytes(100)});
  CHECK_THROWS_AS(empty.release(0, Bytes(0)), SimulationError);
}

TEST_CASE("room of a decode die is its share of the batch and what weights and buffers leave of its memory")
{
  tests::SmallService service;
  service.spec.decode.batch_per_npu = 7;
  models::HbmBudget budget = decode_budget(service.spec.decode, service.model, service.machine);
  budget.kv_cache = Bytes(0);
  const DieRoom room = room_of_decode_die(service.spec, service.model, service.machine);
  CHECK(room.places == 3);
  CHECK(room.memory == service.machine.die.hbm_capacity - budget.total());
  service.spec.decode.batch_per_npu = 1;
  CHECK(room_of_decode_die(service.spec, service.model, service.machine).places == 1);
  service.machine.die.hbm_capacity = Bytes(1000);
  CHECK_THROWS_AS(room_of_decode_die(service.spec, service.model, service.machine), RefusedByModel);
}
