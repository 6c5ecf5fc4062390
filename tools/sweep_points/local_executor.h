// Points as processes on this computer, so many at a time.
#pragma once

#include "tools/sweep_points/executor.h"

namespace cm::tools {

class LocalExecutor final : public Executor {
 public:
  explicit LocalExecutor(std::int64_t jobs) : jobs_(static_cast<std::size_t>(jobs)) {}

  int run(std::span<const std::size_t> points, SweepBoard& board) override;

 private:
  std::size_t jobs_;
};

// Cores that this process may use.
std::int64_t usable_cores();

}  // namespace cm::tools
