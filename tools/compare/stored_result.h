// Parts that a comparison needs of a result that a run or a point of a sweep has left behind.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/metrics/better.h"
#include "tools/results/run_health.h"
#include "tools/results/stored_inputs.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

struct StoredMetric {
  std::string name;
  double value = 0;
  std::string unit;
  sim::metrics::Better better = sim::metrics::Better::Neither;
};

struct StoredBucket {
  double low = 0;
  double high = 0;
  double count = 0;
};

// Without values it has no statistics.
struct StoredHistogram {
  std::string name;
  std::string unit;
  sim::metrics::Better better = sim::metrics::Better::Neither;
  std::optional<double> mean{};
  std::optional<double> median{};
  std::optional<double> p99{};
  std::vector<StoredBucket> buckets;  // ascending
};

// One of several that add up to something: a part of a layer, or the share of a lane.
struct StoredPart {
  std::string name;
  double value = 0;
  std::string unit;
};

struct StoredResult {
  std::string file;
  std::string label;            // of a point: "decode, workload.ep=32, seed 1"; empty for a run
  std::string status = "done";  // of a point: done, refused or failed
  std::string reason;           // why it is not done
  std::string configuration_digest;
  std::optional<StoredInputs> inputs;  // empty: of a version before results told them
  std::vector<std::string> assumed;    // "path = value: why"
  std::vector<StoredMetric> metrics;
  std::vector<StoredHistogram> histograms;
  std::string breakdown_of;  // "the time of a layer"
  std::vector<StoredPart> breakdown;
  std::vector<StoredPart> lanes;
  RunHealth health;

  [[nodiscard]] bool is_done() const { return status == "done"; }
};

// Reads a result.json (cmsim-result/1) or a point of a sweep (cmsim-point/1). What is wrong goes to the log, with line
// and column; the result is empty then.
std::optional<StoredResult> read_stored_result(const std::string& path, sim::config::ReadingLog& log);

}  // namespace cm::tools
