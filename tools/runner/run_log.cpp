#include "tools/runner/run_log.h"

#include "tools/shipped/version.h"
#include "tools/terminal/shell_words.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>
#include <vector>

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

// Command line of this process. The program's name is replaced: it is not the typed one when a script found the
// program.
std::string typed_command()
{
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(in, word, '\0');)
    words.push_back(word);
  if (!words.empty())
    words.front() = "cmsim";
  return shell_text(words);
}

std::string current_folder()
{
  std::error_code unknown;
  return std::filesystem::current_path(unknown).string();
}

}  // namespace

std::string run_log(std::chrono::system_clock::time_point started, const std::string& scenario)
{
  const auto now = std::chrono::system_clock::now();
  const double wall_time_s = std::chrono::duration<double>(now - started).count();
  return fmt::format("version: cmsim {}\ncommand: {}\nfolder: {}\nscenario: {}\nhost: {}\nstarted: {}\nended: "
                     "{}\nwall_time_s: {:.3f}\n",
                     version_and_commit(), typed_command(), current_folder(), scenario, host_name(), utc(started),
                     utc(now), wall_time_s);
}

}  // namespace cm::tools
