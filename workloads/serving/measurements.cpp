#include "workloads/serving/measurements.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::workloads {
namespace {

double milliseconds(std::int64_t picoseconds)
{
  return static_cast<double>(picoseconds) * 1e-9;
}

}  // namespace

void Measurements::finished(const InFlight& request, bool counts)
{
  if (!counts)
    return;
  ++counted_;
  output_tokens_ += request.request.output_tokens;
  const std::int64_t ttft = request.first_token - request.when(Milestone::Arrived);
  const auto last =
      static_cast<std::size_t>(spec_.first_token == FirstToken::Decode ? Milestone::Decoded : Milestone::Prefilled);
  std::int64_t sum = 0;
  std::array<std::int64_t, Milestones> parts{};
  for (std::size_t part = 1; part <= last; ++part) {
    parts[part] = request.at[part] - request.at[part - 1];
    ensure(parts[part] >= 0, "request {}: {} took {} ps", request.number, FirstTokenParts[part], parts[part]);
    sum += parts[part];
    parts_[part] += milliseconds(parts[part]);
  }
  ensure(sum == ttft, "request {}: parts of {} ps and a time to first token of {} ps", request.number, sum, ttft);
  const auto part_ms = [&](Milestone end) { return milliseconds(parts[static_cast<std::size_t>(end)]); };
  ttft_.record(milliseconds(ttft));
  e2e_.record(milliseconds(request.last_token - request.when(Milestone::Arrived)));
  queue_.record(part_ms(Milestone::Started) + part_ms(Milestone::Admitted));
  kv_load_.record(part_ms(Milestone::Loaded));
  if (request.when(Milestone::HandedOver) > 0)
    handover_.record(milliseconds(request.when(Milestone::HandedOver) - request.when(Milestone::Admitted)));
  double tpot = 0;
  if (request.request.output_tokens > 1) {
    tpot =
        milliseconds(request.last_token - request.first_token) / static_cast<double>(request.request.output_tokens - 1);
    tpot_.record(tpot);
  }
  const bool holds_ttft = milliseconds(ttft) <= spec_.slo_ttft.count() * 1e3;
  const bool holds_tpot = tpot <= spec_.slo_tpot.count() * 1e3;
  held_ttft_ += holds_ttft ? 1 : 0;
  held_tpot_ += holds_tpot ? 1 : 0;
  good_ += holds_ttft && holds_tpot ? 1 : 0;
}

void Measurements::report(sim::metrics::Result& result) const
{
  for (std::size_t part = 1; part < Milestones; ++part)
    result.breakdown.push_back({std::string(FirstTokenParts[part]),
                                parts_[part] / static_cast<double>(std::max<std::uint64_t>(1, counted_)), "ms"});
  result.histograms.emplace_back("ttft_ms", ttft_);
  result.histograms.emplace_back("tpot_ms", tpot_);
  result.histograms.emplace_back("e2e_ms", e2e_);
  result.histograms.emplace_back("queue_ms", queue_);
  result.histograms.emplace_back("kv_load_ms", kv_load_);
  result.histograms.emplace_back("handover_ms", handover_);
}

}  // namespace cm::workloads
