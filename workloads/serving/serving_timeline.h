// Timeline of serving while it runs: batches of every prefill instance and iterations of every decode one; afterwards
// the series as counters.
#pragma once

#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"
#include "workloads/serving/serving_spec.h"

#include <string>
#include <utility>
#include <vector>

namespace cm::workloads {

class ServingTimeline {
 public:
  // Borrowed. Null: everything below does nothing.
  ServingTimeline(sim::timeline::Timeline* timeline, const ServingSpec& spec);

  struct Batch {
    std::size_t prompts = 0;  // or parts of one
    std::int64_t new_tokens = 0;
    std::int64_t cached_tokens = 0;
  };
  void prefilled(std::uint32_t instance, Seconds start, Seconds end, const Batch& batch);
  void decoded(std::uint32_t instance, Seconds start, Seconds end, std::size_t requests, std::int64_t kv_tokens);
  void add(const std::vector<std::pair<std::string, sim::metrics::Series>>& series);

 private:
  sim::timeline::Timeline* timeline_;
  std::vector<sim::timeline::TrackIndex> prefill_;  // [instance]
  std::vector<sim::timeline::TrackIndex> decode_;   // [instance]
};

}  // namespace cm::workloads
