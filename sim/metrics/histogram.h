// A log-scaled histogram: bins of 0.5 % relative width from 1e-3 to 1e11 of its unit, exact count, mean, minimum and
// maximum; quantiles within half a bin (0.25 %). Merging two gives what filling one would have given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::sim::metrics {

class Histogram {
 public:
  explicit Histogram(std::string unit);

  // Values outside the bins are counted in the first or the last one, zero and below in the first; `value` must be
  // finite.
  void record(double value, std::uint64_t times = 1);
  void merge(const Histogram& other);  // same unit

  struct Bucket {
    double low = 0;
    double high = 0;
    std::uint64_t count = 0;
  };

  [[nodiscard]] const std::string& unit() const { return unit_; }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  // Statistics need at least one value: without any, these four are empty.
  [[nodiscard]] std::optional<double> mean() const;
  [[nodiscard]] std::optional<double> minimum() const;
  [[nodiscard]] std::optional<double> maximum() const;
  [[nodiscard]] std::optional<double> quantile(double share) const;  // share in [0, 1]; within [minimum, maximum]
  [[nodiscard]] std::vector<Bucket> buckets() const;                 // the non-empty bins, ascending

 private:
  void count_in(std::int64_t bin, std::uint64_t times);

  std::string unit_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double minimum_ = 0;
  double maximum_ = 0;
  std::vector<std::uint64_t> bins_;  // grown on demand from lowest_bin_
  std::int64_t lowest_bin_ = 0;
};

}  // namespace cm::sim::metrics
