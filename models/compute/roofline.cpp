#include "models/compute/roofline.h"

#include "sim/diagnostics/ensure.h"

#include <cmath>

namespace cm::models {
namespace {

FlopsPerSecond full_rate(const Operator& op, const DieSpec& die)
{
  const auto product = [&](double share) { return op.is_grouped ? die.compute.grouped_gemm : share; };
  switch (op.unit) {
  case Unit::Int8Gemm: return die.peak_int8 * product(die.compute.int8_gemm);
  case Unit::Fp8Gemm: return die.peak_fp8 * product(die.compute.fp8_gemm);
  case Unit::Bf16Gemm: return die.peak_bf16 * product(die.compute.bf16_gemm);
  case Unit::Attention: return die.peak_bf16 * die.compute.attention;
  case Unit::PrefillAttention: return die.peak_bf16 * die.compute.prefill_attention;
  case Unit::Vector: break;
  }
  return FlopsPerSecond(0);
}

Seconds vector_time(const Operator& op, const DieSpec& die)
{
  return Seconds(die.compute.vector_rate > 0 ? op.elements / die.compute.vector_rate : 0.0);
}

}  // namespace

Seconds operator_time(const Operator& op, const DieSpec& die, const CoreShare& cores)
{
  const bool on_cube = op.unit != Unit::Vector;
  const int all = on_cube ? die.aic_cores : die.aiv_cores;
  const int given = on_cube ? cores.aic : cores.aiv;
  ensure(given > 0 && given <= all, "operator {} on {} of {} cores", op.name, given, all);
  ensure(op.unit != Unit::Fp8Gemm || die.has_fp8(), "operator {} in FP8 on a die that has none", op.name);
  // Attention goes over requests, heads and blocks, which share nothing.
  const bool is_attention = op.unit == Unit::Attention || op.unit == Unit::PrefillAttention;
  const double serial = is_attention ? 0.0 : die.compute.serial_share;
  const double slowdown = on_cube ? serial + (1 - serial) * all / given : static_cast<double>(all) / given;
  const Seconds on_all = on_cube ? op.work / full_rate(op, die) : vector_time(op, die);
  const double compute = on_all.count() * slowdown;
  const double memory = (op.traffic / die.usable_hbm_bandwidth()).count() *
                        (on_cube ? std::max(1.0, die.compute.memory_cores / given) : slowdown);
  const double p = die.compute.overlap_exponent;
  const double larger = std::max(compute, memory);
  const double overlapped =
      larger > 0 ? larger * std::pow(std::pow(compute / larger, p) + std::pow(memory / larger, p), 1 / p) : 0.0;
  const Seconds fixed = (on_cube ? die.compute.cube_operator : die.compute.vector_operator) * op.static_costs;
  return Seconds(overlapped) + fixed;
}

}  // namespace cm::models
