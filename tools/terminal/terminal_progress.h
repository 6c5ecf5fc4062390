// Progress on standard error, for whoever waits. On a terminal it is one line that rewrites itself; elsewhere, in a
// log, nothing for the first minute and then a line a minute.
#pragma once

#include "sim/metrics/progress.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace cm::tools {

// Time until the end, from the pace of the later half of what has passed: the first part of a run often has another.
class TimeLeft {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit TimeLeft(Time start) : samples_{{start, 0}} {}

  // Share in [0, 1]; one that falls begins anew. Empty for the first seconds, and while too little is done to tell.
  std::optional<std::chrono::duration<double>> at(Time now, double share);

 private:
  struct Sample {
    Time time;
    double share = 0;
  };

  std::deque<Sample> samples_;  // the first one is the start
};

// "40 s left", "12 min left", "2 h 10 min left": no more exact than the estimate is.
std::string time_left_text(std::chrono::duration<double> left);

// The lines of progress and when one is due: on a terminal ten times a second, elsewhere once a minute from the first
// minute on.
class ProgressLine {
 public:
  using Time = TimeLeft::Time;
  static constexpr std::size_t AnyWidth = std::numeric_limits<std::size_t>::max();

  // `width`: columns that a line has.
  ProgressLine(bool is_terminal, Time start, std::size_t width = AnyWidth);

  // " 43 %  decoding, 2 min left" when a line is due, else empty; what is being done is cut to the width, and the time
  // left stays whole. To be told every share, for the time left.
  std::optional<std::string> at(Time now, double share, std::string_view what);

 private:
  std::size_t width_;
  Time::duration interval_;
  Time next_;
  TimeLeft left_;
};

class TerminalProgress final : public sim::metrics::Progress {
 public:
  TerminalProgress();
  ~TerminalProgress() override;  // erases the line

  void update(double share, std::string_view what) override;

 private:
  bool is_terminal_ = false;
  bool is_shown_ = false;
  ProgressLine line_;
};

}  // namespace cm::tools
