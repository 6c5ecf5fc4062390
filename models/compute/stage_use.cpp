#include "models/compute/stage_use.h"

namespace cm::models {
namespace {

FlopsPerSecond peak_of(Unit unit, const DieSpec& die)
{
  switch (unit) {
  case Unit::Int8Gemm: return die.peak_int8;
  case Unit::Fp8Gemm: return die.peak_fp8;
  case Unit::Bf16Gemm:
  case Unit::Attention:
  case Unit::PrefillAttention: return die.peak_bf16;
  case Unit::Vector: break;
  }
  return FlopsPerSecond(0);
}

sim::metrics::Table::Row row_of(const StageUse& use, const DieSpec& die, BytesPerSecond lanes)
{
  const double time = use.time.count();
  const auto percent = [&](double part, double whole) { return 100 * part / (whole * time); };
  return {use.stage,
          {microseconds(use.time), percent(use.work.cube_at_peak.count(), 1),
           percent(use.work.cube_core_seconds, die.aic_cores), percent(use.work.vector_core_seconds, die.aiv_cores),
           percent(use.work.memory_bytes, die.hbm_bandwidth.count()), percent(use.work.sent_bytes, lanes.count()),
           percent(use.work.received_bytes, lanes.count())}};
}

}  // namespace

StageWork& StageWork::operator+=(const StageWork& more)
{
  cube_at_peak += more.cube_at_peak;
  cube_core_seconds += more.cube_core_seconds;
  vector_core_seconds += more.vector_core_seconds;
  memory_bytes += more.memory_bytes;
  sent_bytes += more.sent_bytes;
  received_bytes += more.received_bytes;
  return *this;
}

StageWork StageWork::operator*(double factor) const
{
  return {.cube_at_peak = cube_at_peak * factor,
          .cube_core_seconds = cube_core_seconds * factor,
          .vector_core_seconds = vector_core_seconds * factor,
          .memory_bytes = memory_bytes * factor,
          .sent_bytes = sent_bytes * factor,
          .received_bytes = received_bytes * factor};
}

StageWork work_of(const Operator& op, const DieSpec& die, const CoreShare& cores)
{
  const double time = operator_time(op, die, cores).count();
  StageWork work{.memory_bytes = static_cast<double>(op.traffic.count())};
  if (op.unit == Unit::Vector) {
    work.vector_core_seconds = cores.aiv * time;
    return work;
  }
  work.cube_at_peak = op.work / peak_of(op.unit, die);
  work.cube_core_seconds = cores.aic * time;
  return work;
}

sim::metrics::Table use_per_stage(const std::vector<StageUse>& stages, Seconds layer, int microbatches,
                                  const DieSpec& die, BytesPerSecond lanes)
{
  sim::metrics::Table table{
      .name = UsePerStage,
      .sentence =
          "use of a die over the time of a stage of a layer, in %, mean of all dies: FLOPs of the peak of the "
          "cube cores; cube cores (AIC) and vector cores (AIV) that are held; bytes of the peak bandwidth of the "
          "HBM; bytes of the rate of all lanes, out and in",
      .columns = {"stage", "time (us)", "FLOPs", "AIC", "AIV", "HBM", "lanes out", "lanes in"},
      .rows = {}};
  StageUse whole{.stage = "whole layer", .time = layer, .work = {}};
  for (const StageUse& use : stages) {
    if (use.time.count() <= 0)
      continue;
    table.rows.push_back(row_of(use, die, lanes));
    whole.work += use.work * microbatches;
  }
  if (layer.count() > 0)
    table.rows.push_back(row_of(whole, die, lanes));
  return table;
}

}  // namespace cm::models
