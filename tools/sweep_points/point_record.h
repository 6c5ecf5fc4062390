// Outcome of one point, as its JSON file tells (schema cmsim-point/1).
#pragma once

#include "sim/metrics/result.h"
#include "tools/results/run_health.h"
#include "tools/sweep_plan/sweep_plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tools {

enum class PointStatus { Done, Refused, Failed };
std::string_view to_text(PointStatus status);

struct PointRecord {
  std::string digest;
  PointStatus status = PointStatus::Failed;
  std::string reason;                                   // empty when done
  std::vector<std::pair<std::string, double>> numbers;  // metrics, then mean, p50 and p99 of each histogram
  RunHealth health;                                     // of a point that is done
  std::vector<std::string> notes{};                     // of its result

  [[nodiscard]] bool is_finished() const { return status != PointStatus::Failed; }
};

// `point`, and all that result.json holds.
std::string done_point(const SweepPoint& point, const sim::metrics::Result& result);
// `point` alone, with the reason.
std::string undone_point(const SweepPoint& point, PointStatus status, const std::string& reason);

// Empty when there is no such file, it is none of ours, or it is damaged.
std::optional<PointRecord> read_point(const std::string& path);

}  // namespace cm::tools
