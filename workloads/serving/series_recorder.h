// How busy planes, instances and pool are over time: means over equal steps of simulated time.
#pragma once

#include "workloads/serving/service.h"

namespace cm::workloads {

class SeriesRecorder {
 public:
  // Borrowed; outlives the run.
  SeriesRecorder(const Service& service, const ServingSpec& spec);

  // The actor that looks at the service until it is done.
  void watch(sim::engine::Control& control);

  void report(sim::metrics::Result& result) const;

 private:
  struct Counters {
    double prefill_busy = 0;  // seconds, of all instances
    double decode_busy = 0;
    std::array<std::int64_t, PlaneCount> bytes{};
  };

  [[nodiscard]] Counters counters() const;
  void sample(Seconds now, Seconds step);

  const Service& service_;
  const ServingSpec& spec_;
  Counters before_;
  std::vector<std::pair<std::string, sim::metrics::Series>> series_;
};

}  // namespace cm::workloads
