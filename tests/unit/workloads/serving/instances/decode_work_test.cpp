#include "workloads/serving/instances/decode_work.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

TEST_CASE("work of decode adds up iterations, their time, what delayed them their requests and tokens")
{
  DecodeWork work;
  work.add({Seconds(1), Seconds(3)}, Seconds(0), 3, 4);
  work.add({Seconds(5), Seconds(6)}, Seconds(0.25), 5, 7);
  CHECK(work.iterations == 2);
  CHECK(work.busy.total() == Seconds(3));
  CHECK(work.delayed == Seconds(0.25));
  CHECK(work.outputs.within({Seconds(0), Seconds(5)}).tokens == 4);
  CHECK(work.outputs.within({Seconds(3), Seconds(6)}).tokens == 11);
  CHECK(work.outputs.within({Seconds(3), Seconds(6)}).requests == 8);
}
