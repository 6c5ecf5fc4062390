#include "workloads/gemm/gemm.h"

#include "sim/units/parse_quantity.h"
#include "workloads/gemm/gemm_metric_table.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

FlopsPerSecond peak_rate(models::NumberFormat format, const models::DieSpec& die)
{
  switch (format) {
  case models::NumberFormat::Fp8: return die.peak_fp8;
  case models::NumberFormat::Int8: return die.peak_int8;
  case models::NumberFormat::Bf16: break;
  }
  return die.peak_bf16;
}

}  // namespace

using models::NumberFormat;
using sim::config::Reader;

GemmSpec read_gemm(Reader& workload, const models::MachineSpec& machine)
{
  constexpr double MostElements = 1 << 24;
  GemmSpec spec{.m = 1, .n = 1, .k = 1};
  enum class Kind { Gemm } kind = Kind::Gemm;
  workload.choice({"kind", "kind of the workload"}, kind, {{"gemm", Kind::Gemm}}, true);
  workload.required({"m", "rows of the first factor and of the result: tokens", 1.0, MostElements}, spec.m);
  workload.required({"n", "columns of the second factor and of the result", 1.0, MostElements}, spec.n);
  workload.required({"k", "columns of the first factor, rows of the second", 1.0, MostElements}, spec.k);
  workload.choice({"format", "number format of both factors; the result has 16 bits"}, spec.format,
                  {{"bf16", NumberFormat::Bf16}, {"fp8", NumberFormat::Fp8}, {"int8", NumberFormat::Int8}});
  if (!machine.die.tiles.known())
    workload.complain("kind", "the machine's die does not say how it cuts products (machine.die.tiles)");
  if (spec.format == NumberFormat::Fp8 && !machine.die.has_fp8())
    workload.complain("format", "expected bf16 or int8: the machine's die has no FP8 (machine.die.peak_fp8)");
  const double factor_bytes = spec.format == NumberFormat::Bf16 ? 2 : 1;
  const auto m = static_cast<double>(spec.m);
  const auto n = static_cast<double>(spec.n);
  const double bytes = factor_bytes * static_cast<double>(spec.k) * (m + n) + 2 * m * n;
  if (const Bytes room = machine.die.hbm_capacity; room > Bytes(0) && bytes > static_cast<double>(room.count()))
    workload.complain("m", fmt::format("expected factors and a result that fit the HBM of a die ({}), found {:.4g} GB",
                                       to_text(room), bytes * 1e-9));
  workload.finish();
  return spec;
}

std::vector<sim::config::UnusedKey> unused_keys(const GemmSpec& spec)
{
  std::vector<sim::config::UnusedKey> unused;
  for (const auto& [format, word] : {std::pair{NumberFormat::Bf16, "bf16"}, std::pair{NumberFormat::Fp8, "fp8"},
                                     std::pair{NumberFormat::Int8, "int8"}})
    if (format != spec.format)
      for (const char* key : {"machine.die.peak_{}", "machine.die.compute.{}_gemm", "machine.die.tiles.half_{}"})
        unused.push_back({fmt::format(fmt::runtime(key), word), "workload.format is another one"});
  return unused;
}

void run_gemm(const GemmSpec& spec, const models::MachineSpec& machine, sim::metrics::Result& result)
{
  const models::TiledTime product = models::matrix_product_time(spec, machine.die);
  result.add(GemmMetrics["time_us"], microseconds(product.time));
  result.add(GemmMetrics["tflops"], spec.work().count() / product.time.count() * 1e-12);
  result.add(GemmMetrics["waves"], static_cast<double>(product.waves));
  result.notes.push_back(fmt::format("tiles of {} x {}, limited by {}", product.tile_rows, product.tile_columns,
                                     product.memory_limits ? "memory" : "compute"));
  const double share = spec.work().count() / product.time.count() / peak_rate(spec.format, machine.die).count();
  result.answer.limit =
      fmt::format("{} limits: the product runs at {:.1f} % of the die's peak rate, in {} rounds of tiles.",
                  product.memory_limits ? "Memory" : "Arithmetic", 100 * share, product.waves);
}

}  // namespace cm::workloads
