// Tries that fail: each waits longer than the one before, and after some time there is no next one.
#pragma once

#include "tools/sweep_points/executor.h"

#include <chrono>
#include <optional>

namespace cm::tools {

class SlurmRetry {
 public:
  explicit SlurmRetry(const SlurmPace& pace) : pace_(pace) {}

  // Whether the time for the next try has come.
  [[nodiscard]] bool is_due() const { return Clock::now() >= next_; }

  // Whether tries have failed for so long that there is no next one.
  [[nodiscard]] bool is_hopeless() const { return failing_since_ && Clock::now() - *failing_since_ >= pace_.patience; }

  void succeed();
  void fail();
  // Waits as after a failure, for as often as it takes: something of ours is at work meanwhile.
  void wait();

 private:
  using Clock = std::chrono::steady_clock;

  SlurmPace pace_;
  std::chrono::milliseconds pause_{0};
  Clock::time_point next_;
  std::optional<Clock::time_point> failing_since_;
};

}  // namespace cm::tools
