// One line on standard error that rewrites itself, for a person who waits. Silent when nobody can see it.
#pragma once

#include "sim/metrics/progress.h"

#include <chrono>

namespace cm::tools {

class TerminalProgress final : public sim::metrics::Progress {
 public:
  TerminalProgress();
  ~TerminalProgress() override;  // erases the line

  void update(double share, std::string_view what) override;

 private:
  bool is_terminal_ = false;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace cm::tools
