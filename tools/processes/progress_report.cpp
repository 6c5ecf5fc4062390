#include "tools/processes/progress_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

constexpr auto Interval = std::chrono::milliseconds(100);

}  // namespace

void ProgressReport::update(double share, std::string_view /*what*/)
{
  const auto now = std::chrono::steady_clock::now();
  if (now < next_)
    return;
  next_ = now + Interval;
  // Always as long: nothing of an earlier one stays behind it.
  const std::string text = fmt::format("{:.6f}\n", std::clamp(share, 0.0, 1.0));
  static_cast<void>(!::pwrite(descriptor_, text.data(), text.size(), 0));
}

double reported_share(const std::string& report)
{
  double share = 0;
  const auto [end, error] = std::from_chars(report.data(), report.data() + report.size(), share);
  return error == std::errc() ? std::clamp(share, 0.0, 1.0) : 0;
}

}  // namespace cm::tools
