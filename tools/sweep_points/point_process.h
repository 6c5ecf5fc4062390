// One point in a process of its own: the engine is global to a process, and a crash takes one point with it.
#pragma once

#include "tools/processes/signal_watch.h"
#include "tools/sweep_plan/sweep_plan.h"

#include <cstddef>
#include <string>
#include <sys/types.h>

namespace cm::tools {

class PointProcess {
 public:
  // Forks. The child simulates the point, writes its file whole to `path`, refusals and mistakes included, and ends. It
  // does not outlive its parent. Throws ConfigError when the system has no room for another process.
  PointProcess(const SweepPoint& point, const std::string& path, const SignalWatch& signals);
  PointProcess(PointProcess&& other) noexcept;
  PointProcess& operator=(PointProcess&& other) noexcept;
  PointProcess(const PointProcess&) = delete;
  PointProcess& operator=(const PointProcess&) = delete;
  ~PointProcess();  // kills what still runs, and waits for its end

  // Whether it has ended; does not wait.
  bool has_ended();

  // Trouble of an ended process. Empty when the child wrote its file; otherwise why it could not, like "ended by signal
  // 11 (Segmentation fault)" with the last line that it said.
  [[nodiscard]] std::string trouble() const;

 private:
  [[nodiscard]] std::string last_words() const;
  void end();

  pid_t process_ = 0;  // 0 when ended
  int status_ = 0;
  int words_ = -1;  // an unnamed file that takes the child's standard error
};

}  // namespace cm::tools
