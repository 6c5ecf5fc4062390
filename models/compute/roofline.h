// Time of an operator on a share of a die's cores.
//
//   compute(c) = FLOPs / (efficiency * peak) * (s + (1 - s) * C / c)        on c of the die's C cores
//   elements(v) = elements / vector_rate * V / v                            on v of the die's V vector cores
//   memory     = bytes / (efficiency * HBM bandwidth)
//   time       = (compute^p + memory^p)^(1/p) + static cost                 elements in place of compute on vector
//   cores
//
// s (serial_share) is the part that does not shrink with more cores; p (overlap_exponent) says how well compute and
// memory overlap: 1 not at all, infinite perfectly. Source of the efficiencies: arXiv:2506.12708v2 Tables 8-10.
#pragma once

#include "models/parts/die_spec.h"

#include <string_view>

namespace cm::models {

enum class Unit { Int8Gemm, Fp8Gemm, Bf16Gemm, Attention, PrefillAttention, Vector };

struct Operator {
  std::string_view name;
  Unit unit = Unit::Vector;
  Flops work{};
  Bytes traffic{};
  int static_costs = 1;     // kernels that it is launched as
  double elements = 0;      // that vector cores work through: of rows that they place, of small kernels
  bool is_grouped = false;  // products of several experts in one kernel, which reach less of the peak
};

// A part of a die's cores.
struct CoreShare {
  int aic = 0;
  int aiv = 0;

  friend bool operator==(const CoreShare&, const CoreShare&) = default;
};

// Requires at least one core of the kind that the operator runs on, and a die with FP8 for FP8 products.
Seconds operator_time(const Operator& op, const DieSpec& die, const CoreShare& cores);

}  // namespace cm::models
