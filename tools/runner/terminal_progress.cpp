#include "tools/runner/terminal_progress.h"

#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace cm::tools {
namespace {

constexpr auto Interval = std::chrono::milliseconds(100);
constexpr std::size_t Width = 79;  // a line that fills the terminal would scroll it
constexpr const char* EraseLine = "\r\x1b[K";

}  // namespace

TerminalProgress::TerminalProgress() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

TerminalProgress::~TerminalProgress()
{
  if (is_shown_)
    std::fputs(EraseLine, stderr);
}

void TerminalProgress::update(double share, std::string_view what)
{
  if (!is_terminal_)
    return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_)
    return;
  next_ = now + Interval;
  is_shown_ = true;
  std::string line = fmt::format("{:3.0f} %  {}", 100 * std::clamp(share, 0.0, 1.0), printable_on_one_line(what));
  line.resize(std::min(line.size(), Width));
  std::fprintf(stderr, "%s%s", EraseLine, line.c_str());
  std::fflush(stderr);
}

}  // namespace cm::tools
