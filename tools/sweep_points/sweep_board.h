// State of a running sweep: a record for each finished point, results.csv, and a line for who watches.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/sweep_plan/sweep_plan.h"
#include "tools/sweep_points/point_record.h"
#include "tools/sweep_points/sweep_folder.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct PointCounts {
  std::size_t done = 0;
  std::size_t refused = 0;
  std::size_t failed = 0;
  std::size_t unsteady = 0;       // of those done
  std::size_t missed_levels = 0;  // of those done: too few of their requests held the service levels
  std::size_t warned = 0;         // of those done: with at least one warning

  [[nodiscard]] std::size_t all() const { return done + refused + failed; }
};

class SweepBoard {
 public:
  enum class Table { Written, Left };  // whether results.csv is this board's business

  // All borrowed; they outlive the board. `records` are those of points that were finished earlier.
  SweepBoard(const SweepPlan& plan, const SweepFolder& folder, std::vector<std::optional<PointRecord>> records,
             sim::metrics::Progress& progress, Table table = Table::Written);

  [[nodiscard]] const SweepPoint& point(std::size_t index) const { return plan_.points[index]; }
  [[nodiscard]] const SweepFolder& folder() const { return folder_; }
  [[nodiscard]] std::string path(std::size_t index) const;
  [[nodiscard]] const std::vector<std::optional<PointRecord>>& records() const { return records_; }
  [[nodiscard]] PointCounts counts() const;
  [[nodiscard]] std::vector<std::size_t> missing() const;  // indices of points without a record

  // Reads the file of a point that is through. False when there is none, or one of another configuration.
  bool take(std::size_t index);

  // Tells the progress; results.csv follows at most once a second. `what` runs now: "2 running".
  void show(std::string_view what);

  void write_results() const;

 private:
  using Clock = std::chrono::steady_clock;

  const SweepPlan& plan_;
  const SweepFolder& folder_;
  std::vector<std::optional<PointRecord>> records_;
  sim::metrics::Progress& progress_;
  Table table_;
  bool is_written_ = false;
  Clock::time_point next_write_ = Clock::now();
};

}  // namespace cm::tools
