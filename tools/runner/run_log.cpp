#include "tools/runner/run_log.h"

#include "tools/runner/version.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <unistd.h>

namespace cm::tools {
namespace {

std::string host_name()
{
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string utc(std::chrono::system_clock::time_point moment)
{
  const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::string run_log(std::chrono::system_clock::time_point started, const std::string& scenario)
{
  const auto now = std::chrono::system_clock::now();
  const double wall_time_s = std::chrono::duration<double>(now - started).count();
  return fmt::format("version: cmsim {}\nscenario: {}\nhost: {}\nstarted: {}\nended: {}\nwall_time_s: {:.3f}\n",
                     version_and_commit(), scenario, host_name(), utc(started), utc(now), wall_time_s);
}

}  // namespace cm::tools
