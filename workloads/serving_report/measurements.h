// Measurements of requests. The first requests, while queues and caches fill, are left out. A refused request has no
// measurements, and holds no level.
#pragma once

#include "sim/metrics/histogram.h"
#include "sim/metrics/result.h"
#include "workloads/serving/requests/request_record.h"

#include <array>
#include <span>

namespace cm::workloads {

class Measurements {
 public:
  // `records` are those past the warm-up.
  Measurements(const ServingSpec& spec, std::span<const RequestRecord> records);

  [[nodiscard]] std::uint64_t asked() const { return finished_ + refused_; }
  [[nodiscard]] std::uint64_t good() const { return good_; }  // those that held both levels
  [[nodiscard]] std::uint64_t held_ttft() const { return held_ttft_; }
  // A request without a time per output token holds every level of it.
  [[nodiscard]] std::uint64_t held_tpot() const { return held_tpot_; }
  [[nodiscard]] const sim::metrics::Histogram& ttft() const { return ttft_; }
  [[nodiscard]] const sim::metrics::Histogram& tpot() const { return tpot_; }
  [[nodiscard]] std::int64_t prompt_tokens() const { return prompt_tokens_; }
  [[nodiscard]] std::int64_t cached_tokens() const { return cached_tokens_; }
  // Histograms, and the mean time to first token in its parts, which add up to it, when a request has one.
  void report(sim::metrics::Result& result) const;

 private:
  void add(const ServingSpec& spec, const RequestRecord& record);
  void add_parts(const ServingSpec& spec, const RequestRecord& record);

  std::uint64_t finished_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t good_ = 0;
  std::uint64_t held_ttft_ = 0;
  std::uint64_t held_tpot_ = 0;
  std::int64_t prompt_tokens_ = 0;
  std::int64_t cached_tokens_ = 0;
  std::array<double, Milestones> parts_{};  // milliseconds, sums
  sim::metrics::Histogram ttft_{"ms"};
  sim::metrics::Histogram tpot_{"ms"};
  sim::metrics::Histogram e2e_{"ms"};
  sim::metrics::Histogram queue_{"ms"};
  sim::metrics::Histogram kv_load_{"ms"};
  sim::metrics::Histogram handover_{"ms"};
};

}  // namespace cm::workloads
