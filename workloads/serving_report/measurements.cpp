#include "workloads/serving_report/measurements.h"

#include "sim/diagnostics/ensure.h"
#include "workloads/serving_report/serving_metric_table.h"

namespace cm::workloads {

Measurements::Measurements(const ServingSpec& spec, std::span<const RequestRecord> records)
{
  for (const RequestRecord& record : records)
    if (record.is_finished())
      add(spec, record);
    else
      ++refused_;
}

void Measurements::add(const ServingSpec& spec, const RequestRecord& record)
{
  ++finished_;
  prompt_tokens_ += record.input_tokens;
  cached_tokens_ += record.cached_tokens;
  add_parts(spec, record);
  ttft_.record(ttft_ms(spec.first_token, record));
  e2e_.record(milliseconds(record.last_token - record.when(Milestone::Arrived)));
  // Levels are compared in whole picoseconds: as doubles 60 ms become 60.00000000000001, and a level that is just held
  // would count as missed. A mean is rounded up: a fraction beyond the level misses it.
  const std::int64_t first = record.when(first_token_at(spec.first_token));
  bool holds_tpot = true;
  if (has_tpot(spec.first_token, record)) {
    tpot_.record(tpot_ms(spec.first_token, record));
    const std::int64_t pauses = record.output_tokens - 1;
    holds_tpot = (record.last_token - first + pauses - 1) / pauses <= to_picoseconds(spec.slo_tpot).count();
  }
  const bool holds_ttft = first - record.when(Milestone::Arrived) <= to_picoseconds(spec.slo_ttft).count();
  held_ttft_ += holds_ttft ? 1 : 0;
  held_tpot_ += holds_tpot ? 1 : 0;
  good_ += holds_ttft && holds_tpot ? 1 : 0;
}

void Measurements::add_parts(const ServingSpec& spec, const RequestRecord& record)
{
  const auto last = static_cast<std::size_t>(first_token_at(spec.first_token));
  std::array<double, Milestones> parts{};
  for (std::size_t part = 1; part <= last; ++part) {
    const std::int64_t took = record.at[part] - record.at[part - 1];
    ensure(took >= 0, "a request that arrived at {} ps: {} took {} ps", record.at.front(), FirstTokenParts[part], took);
    parts[part] = milliseconds(took);
    parts_[part] += parts[part];
  }
  const auto part_ms = [&](Milestone end) { return parts[static_cast<std::size_t>(end)]; };
  // Also when the first token has left before that.
  const double for_decode = record.when(Milestone::Admitted) > 0
                                ? milliseconds(record.when(Milestone::Admitted) - record.when(Milestone::Prefilled))
                                : 0;
  queue_.record(part_ms(Milestone::Started) + for_decode);
  kv_load_.record(part_ms(Milestone::Loaded));
  if (record.when(Milestone::HandedOver) > 0)
    handover_.record(milliseconds(record.when(Milestone::HandedOver) - record.when(Milestone::Admitted)));
}

void Measurements::report(sim::metrics::Result& result) const
{
  result.breakdown_of = "the time to first token";
  for (std::size_t part = 1; part < Milestones && finished_ > 0; ++part)
    result.breakdown.push_back(
        {std::string(FirstTokenParts[part]), parts_[part] / static_cast<double>(finished_), "ms"});
  result.add(ServingMetrics["ttft_ms"], ttft_);
  result.add(ServingMetrics["tpot_ms"], tpot_);
  result.add(ServingMetrics["e2e_ms"], e2e_);
  result.add(ServingMetrics["queue_ms"], queue_);
  result.add(ServingMetrics["kv_load_ms"], kv_load_);
  result.add(ServingMetrics["handover_ms"], handover_);
}

}  // namespace cm::workloads
