#include "tools/terminal/terminal_progress.h"

#include "sim/diagnostics/printable.h"
#include "tools/terminal/terminal_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <unistd.h>

namespace cm::tools {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr auto TerminalInterval = std::chrono::milliseconds(100);
constexpr auto LogInterval = std::chrono::minutes(1);
constexpr const char* EraseLine = "\r\x1b[K";

// Before them an estimate would jump.
constexpr auto FirstEstimate = seconds(3);
constexpr double LeastShare = 0.01;
constexpr auto SampleInterval = std::chrono::milliseconds(500);

double rounded_to(double value, double step)
{
  return std::max(step, std::round(value / step) * step);
}

}  // namespace

std::optional<std::chrono::duration<double>> TimeLeft::at(Time now, double share)
{
  if (share < samples_.back().share)
    samples_ = {{now, share}};
  if (now - samples_.back().time >= SampleInterval)
    samples_.push_back({now, share});
  const Time start = samples_.front().time;
  const double begun = samples_.front().share;
  if (now - start < FirstEstimate || share - begun < LeastShare)
    return std::nullopt;
  // The last sample of the earlier half. Those between it and the start are never looked at again.
  const Time half = start + (now - start) / 2;
  const auto later = std::ranges::upper_bound(samples_, half, {}, &Sample::time);
  const Sample from = *std::prev(later);
  if (later - samples_.begin() > 2)
    samples_.erase(samples_.begin() + 1, later - 1);
  const double done = share - from.share;
  if (!(done > 0))
    return std::nullopt;
  return (now - from.time) * ((1 - share) / done);
}

std::string time_left_text(std::chrono::duration<double> left)
{
  constexpr double Minute = 60;
  constexpr double Hour = 3600;
  const double count = left.count();
  if (count < 10)
    return fmt::format("{:.0f} s left", std::max(1.0, std::ceil(count)));
  if (count < 1.5 * Minute)
    return fmt::format("{:.0f} s left", rounded_to(count, 5));
  if (count < Hour)
    return fmt::format("{:.0f} min left", rounded_to(count / Minute, 1));
  const auto minutes = static_cast<int>(rounded_to(count / Minute, 10));
  return fmt::format("{} h {} min left", minutes / 60, minutes % 60);
}

ProgressLine::ProgressLine(bool is_terminal, Time start, std::size_t width)
    : width_(width), interval_(is_terminal ? Time::duration(TerminalInterval) : Time::duration(LogInterval)),
      next_(is_terminal ? start : start + interval_), left_(start)
{
}

std::optional<std::string> ProgressLine::at(Time now, double share, std::string_view what)
{
  const double done = std::clamp(share, 0.0, 1.0);
  const auto left = left_.at(now, done);
  if (now < next_)
    return std::nullopt;
  next_ = now + interval_;
  const std::string begin = fmt::format("{:3.0f} %  ", 100 * done);
  const std::string end = left ? ", " + time_left_text(*left) : std::string();
  const std::size_t room = width_ - std::min(width_, begin.size() + end.size());
  return begin + printable_on_one_line(what).substr(0, room) + end;
}

TerminalProgress::TerminalProgress()
    : is_terminal_(::isatty(STDERR_FILENO) == 1),
      // A line that fills the terminal would scroll it.
      line_(is_terminal_, Clock::now(), is_terminal_ ? terminal_width(STDERR_FILENO) - 1 : ProgressLine::AnyWidth)
{
}

TerminalProgress::~TerminalProgress()
{
  if (is_shown_)
    std::fputs(EraseLine, stderr);
}

void TerminalProgress::update(double share, std::string_view what)
{
  const auto line = line_.at(Clock::now(), share, what);
  if (!line)
    return;
  if (is_terminal_) {
    is_shown_ = true;
    std::fprintf(stderr, "%s%s", EraseLine, line->c_str());
  } else {
    std::fprintf(stderr, "cmsim: %s\n", line->c_str());
  }
  std::fflush(stderr);
}

}  // namespace cm::tools
