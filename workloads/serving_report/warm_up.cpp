#include "workloads/serving_report/warm_up.h"

#include "workloads/serving_report/steady_part.h"
#include "workloads/serving_report/tokens_in_flight.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace cm::workloads {
namespace {

// When no steady part was found.
constexpr double ShareWithout = 0.1;
// Requests must arrive for so many times as long as one stays: the first such time fills the service, the second shows
// that it stays as it is.
constexpr double StaysShown = 2;

// The first settles with queues and the context cache, the second with the decode batch. Times from end to end would
// tell less: most of what they vary by is the length of answers.
struct Times {
  BatchMeans ttft;
  BatchMeans tpot;
};

Times times_of(const ServingSpec& spec, std::span<const RequestRecord> records, std::size_t begin)
{
  Times times;
  for (std::size_t number = begin; number < records.size(); ++number) {
    const RequestRecord& record = records[number];
    if (!record.is_finished())
      continue;
    times.ttft.add(number, ttft_ms(spec.first_token, record));
    if (has_tpot(spec.first_token, record))
      times.tpot.add(number, tpot_ms(spec.first_token, record));
  }
  return times;
}

void note(WarmUp& warm_up, const std::string& reason)
{
  warm_up.unsteady += (warm_up.unsteady.empty() ? "" : "; ") + reason;
}

void note_drift(WarmUp& warm_up, std::string_view what, const Drift& drift)
{
  if (drift.is_significant)
    note(warm_up, fmt::format("{} {} by {:.0f} % of its mean", what, drift.rise > 0 ? "rises" : "falls",
                              100 * std::abs(drift.rise)));
}

// Queues and the decode batch fill for as long as a request stays.
void note_length(WarmUp& warm_up, std::span<const RequestRecord> records)
{
  double stay = 0;
  double finished = 0;
  for (const RequestRecord& record : records.subspan(warm_up.requests))
    if (record.is_finished()) {
      stay += milliseconds(record.last_token - record.when(Milestone::Arrived)) * 1e-3;
      ++finished;
    }
  const double arriving =
      records.empty() ? 0 : milliseconds(records.back().at.front() - records.front().at.front()) * 1e-3;
  if (finished > 0 && arriving < StaysShown * stay / finished)
    note(warm_up, fmt::format("requests arrive for {:.3g} s and stay for {:.3g} s: the run is too short", arriving,
                              stay / finished));
}

WarmUp share_of(const ServingSpec& spec, std::span<const RequestRecord> records, double share)
{
  WarmUp warm_up{.requests = static_cast<std::size_t>(share * static_cast<double>(records.size())),
                 .rule = "the share that warm_up says",
                 .unsteady = {},
                 .ttft_rises = false};
  const Times times = times_of(spec, records, warm_up.requests);
  const auto drift = [](const BatchMeans& means) {
    return means.means().size() < FewestMeans ? Drift{} : drift_of(means.means());
  };
  note_drift(warm_up, "time to first token", drift(times.ttft));
  note_drift(warm_up, "time per output token", drift(times.tpot));
  warm_up.ttft_rises = drift(times.ttft).is_significant && drift(times.ttft).rise > 0;
  return warm_up;
}

// First request of a batch; 0 for the first batch of all, since nothing before it is warm-up.
std::size_t first_of(const BatchMeans& series, std::size_t batch)
{
  return batch == 0 ? 0 : static_cast<std::size_t>(series.first_number(batch));
}

WarmUp found_in(const ServingSpec& spec, std::span<const RequestRecord> records)
{
  WarmUp warm_up{
      .requests = 0, .rule = "MSER-5 on TTFT and TPOT, the later of the two", .unsteady = {}, .ttft_rises = false};
  const Times times = times_of(spec, records, 0);
  if (times.ttft.means().size() < FewestMeans)
    note(warm_up, fmt::format("{} finished requests are too few to find the end of the warm-up, which takes {}",
                              std::ranges::count_if(records, &RequestRecord::is_finished),
                              FewestMeans * BatchMeans::BatchLength));
  for (const BatchMeans* series : {&times.ttft, &times.tpot})
    if (series->means().size() >= FewestMeans)
      warm_up.requests = std::max(warm_up.requests, first_of(*series, steady_part_of(series->means()).begin));
  // Drift is sought in the part that both series leave: one may show a transient that noise hides in the other.
  const auto drift = [&](const BatchMeans& series) {
    return series.means().size() < FewestMeans
               ? Drift{}
               : steady_part_of(series.means(), series.batch_from(warm_up.requests)).drift;
  };
  const Drift ttft = drift(times.ttft);
  note_drift(warm_up, "time to first token", ttft);
  note_drift(warm_up, "time per output token", drift(times.tpot));
  warm_up.ttft_rises = ttft.is_significant && ttft.rise > 0;
  if (!warm_up.unsteady.empty()) {
    warm_up.requests = static_cast<std::size_t>(ShareWithout * static_cast<double>(records.size()));
    warm_up.rule = "a tenth: MSER-5 on TTFT and TPOT found no steady part";
  }
  return warm_up;
}

}  // namespace

WarmUp warm_up_of(const ServingSpec& spec, std::span<const RequestRecord> records)
{
  WarmUp warm_up = spec.warm_up ? share_of(spec, records, *spec.warm_up) : found_in(spec, records);
  note_length(warm_up, records);
  return warm_up;
}

void leave_out_filling(const ServingSpec& spec, std::span<const RequestRecord> records, WarmUp& warm_up)
{
  if (spec.warm_up || !warm_up.unsteady.empty())
    return;
  const std::size_t full = full_from(spec.first_token, records, warm_up.requests);
  if (full == warm_up.requests)
    return;
  warm_up.requests = full;
  warm_up.rule = full == records.size() / 2 ? "half of all, before as many tokens are in flight as in the long run"
                                            : "until 95 % of the tokens of the long run are in flight, which is later "
                                              "than MSER-5 on TTFT and TPOT says";
}

}  // namespace cm::workloads
