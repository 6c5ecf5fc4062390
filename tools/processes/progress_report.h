// How far a child run has come: it writes its share to a descriptor that its parent reads.
#pragma once

#include "sim/metrics/progress.h"

#include <chrono>
#include <string>
#include <string_view>

namespace cm::tools {

// On which Process gives it to the program.
inline constexpr int ReportDescriptor = 3;

// In the child: each share in place of the one before, at most ten times a second.
class ProgressReport final : public sim::metrics::Progress {
 public:
  explicit ProgressReport(int descriptor) : descriptor_(descriptor) {}

  void update(double share, std::string_view what) override;

 private:
  int descriptor_;
  std::chrono::steady_clock::time_point next_;
};

// In the parent: the share that a report holds; 0 for none yet.
double reported_share(const std::string& report);

}  // namespace cm::tools
