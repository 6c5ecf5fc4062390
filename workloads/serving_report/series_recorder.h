// How busy planes, instances and pool are over time: shares and rates are means over a step of simulated time, numbers
// of requests and blocks are those at its end. Bytes count when their transfer is complete.
#pragma once

#include "workloads/serving/service.h"

namespace cm::workloads {

// A two-hundredth of the time in which requests arrive, rounded up to 1, 2 or 5 times a power of ten; a second counts
// as the shortest such time.
Seconds series_step(Seconds arriving);

class SeriesRecorder {
 public:
  // Borrowed; outlives the run. Steps get ten times longer whenever there are a thousand.
  SeriesRecorder(const Service& service, const ServingSpec& spec, Seconds step);

  // The actor that looks at the service until it is done, or nothing goes on any more.
  void watch(sim::engine::Control& control);

  // When the run is over.
  void report(sim::metrics::Result& result) const;

 private:
  struct Sample {
    Seconds time;
    std::array<std::int64_t, PlaneCount> bytes{};  // since the beginning
    double decode_batch = 0;
    double waiting_for_prefill = 0;
    double waiting_for_decode = 0;
    double dram_blocks = 0;
    double volume_blocks = 0;
  };

  [[nodiscard]] Sample sample(Seconds now) const;
  void thin();

  const Service& service_;
  const ServingSpec& spec_;
  Seconds step_;
  std::vector<Sample> samples_;
};

}  // namespace cm::workloads
