#include "models/compute/roofline.h"
#include "sim/diagnostics/errors.h"
#include "tests/support/round_die.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace cm;
using namespace cm::models;
using cm::tests::round_die;

namespace {

double us(const Operator& op, const CoreShare& cores = {20, 40}, const DieSpec& die = round_die())
{
  return microseconds(operator_time(op, die, cores));
}

Operator op(Unit unit, double flops, std::int64_t bytes, int static_costs = 0)
{
  return {.name = "op", .unit = unit, .work = Flops(flops), .traffic = Bytes(bytes), .static_costs = static_costs};
}

}  // namespace

TEST_CASE("compute takes its work over the achieved rate of its unit")
{
  CHECK(us(op(Unit::Int8Gemm, 160e6, 0)) == Approx(1));
  CHECK(us(op(Unit::Bf16Gemm, 50e6, 0)) == Approx(1));
  CHECK(us(op(Unit::Attention, 60e6, 0)) == Approx(1));
}

TEST_CASE("traffic takes its bytes over the achieved bandwidth")
{
  CHECK(us(op(Unit::Vector, 0, 1'000'000)) == Approx(1));
  CHECK(us(op(Unit::Int8Gemm, 0, 1'000'000)) == Approx(1));
}

TEST_CASE("compute and memory overlap as the soft maximum says")
{
  CHECK(us(op(Unit::Int8Gemm, 3 * 160e6, 4'000'000)) == Approx(5));
  DieSpec die = round_die();
  die.compute.overlap_exponent = 1;
  CHECK(us(op(Unit::Int8Gemm, 3 * 160e6, 4'000'000), {20, 40}, die) == Approx(7));
  die.compute.overlap_exponent = 100;
  CHECK(us(op(Unit::Int8Gemm, 3 * 160e6, 4'000'000), {20, 40}, die) == Approx(4).epsilon(0.001));
}

TEST_CASE("every kernel adds the static cost of its kind of core")
{
  CHECK(us(op(Unit::Int8Gemm, 160e6, 0, 2)) == Approx(1 + 2 * 3));
  CHECK(us(op(Unit::Vector, 0, 1'000'000, 2)) == Approx(1 + 2 * 2));
  CHECK(us(op(Unit::Vector, 0, 0, 1)) == Approx(2));
}

TEST_CASE("half of the cores slow compute by less than two")
{
  // A fifth does not scale: 0.2 + 0.8 x 2.
  CHECK(us(op(Unit::Int8Gemm, 160e6, 0), {10, 40}) == Approx(1.8));
  // Memory-bound work does not care.
  CHECK(us(op(Unit::Int8Gemm, 0, 1'000'000), {10, 40}) == Approx(1));
}

TEST_CASE("attention has no part that more cores do not make shorter")
{
  CHECK(us(op(Unit::Attention, 60e6, 0), {10, 40}) == Approx(2));
  CHECK(us(op(Unit::PrefillAttention, 50e6, 0), {10, 40}) == Approx(2));
}

TEST_CASE("cube cores below those that fill the HBM get their part of it")
{
  DieSpec die = round_die();
  die.compute.memory_cores = 15;
  CHECK(us(op(Unit::Int8Gemm, 0, 1'000'000), {20, 40}, die) == Approx(1));
  CHECK(us(op(Unit::Int8Gemm, 0, 1'000'000), {15, 40}, die) == Approx(1));
  CHECK(us(op(Unit::Int8Gemm, 0, 1'000'000), {10, 40}, die) == Approx(1.5));
}

TEST_CASE("vector cores work through their elements at the die's rate, each its part of them and of the memory")
{
  DieSpec die = round_die();
  die.compute.vector_rate = 1e12;
  Operator rows = op(Unit::Vector, 0, 4'000'000);
  rows.elements = 3e6;
  CHECK(us(rows, {20, 40}, die) == Approx(5));
  CHECK(us(rows, {20, 20}, die) == Approx(10));
  // No rate is known: memory alone.
  CHECK(us(rows) == Approx(4));
}

TEST_CASE("cube operators need cube cores and vector operators vector cores")
{
  CHECK(us(op(Unit::Int8Gemm, 160e6, 0), {20, 0}) == Approx(1));
  CHECK(us(op(Unit::Vector, 0, 1'000'000), {0, 40}) == Approx(1));
  CHECK_THROWS_AS(us(op(Unit::Int8Gemm, 160e6, 0), {0, 40}), SimulationError);
  CHECK_THROWS_AS(us(op(Unit::Vector, 0, 1), {20, 0}), SimulationError);
  CHECK_THROWS_AS(us(op(Unit::Int8Gemm, 160e6, 0), {21, 40}), SimulationError);
}
