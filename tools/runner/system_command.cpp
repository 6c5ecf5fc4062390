#include "tools/runner/system_command.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/signals/signal_relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

constexpr int EndedBySignal = 128;
constexpr std::size_t MostLinesOfReason = 4;

// A file without a name: unlike a pipe it takes any amount while nobody reads.
class Catcher {
 public:
  Catcher() : descriptor_(::memfd_create("cmsim-command", MFD_CLOEXEC)) {}

  Catcher(const Catcher&) = delete;
  Catcher& operator=(const Catcher&) = delete;
  ~Catcher() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  [[nodiscard]] std::string text() const
  {
    std::string text;
    std::array<char, 65536> chunk{};
    for (ssize_t count = 1; count > 0;) {
      count = ::pread(descriptor_, chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
      if (count > 0)
        text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int descriptor_;
};

// How a process starts: with our files as its output, leading a group, so that what it starts can be ended with it.
class SpawnSettings {
 public:
  SpawnSettings(const Catcher& output, const Catcher& complaint)
  {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, output.descriptor(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, complaint.descriptor(), STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
  }

  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  ~SpawnSettings()
  {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&files_);
  }

  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

// Whether the process has ended before the limit.
bool ends_within(pid_t process, std::chrono::milliseconds limit)
{
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  // A kernel without such descriptors: we can only wait.
  if (descriptor < 0)
    return true;
  const auto until = std::chrono::steady_clock::now() + limit;
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
    ready = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
  } while (ready < 0 && errno == EINTR);
  ::close(descriptor);
  return ready != 0;
}

// "sbatch: error: Invalid partition" is "Invalid partition".
std::string without_speaker(std::string_view line)
{
  for (const std::string_view word : {"error: ", "fatal: ", "ERR! "})
    if (const std::size_t at = line.find(word); at != std::string_view::npos)
      return std::string(line.substr(at + word.size()));
  return std::string(line);
}

bool is_error(const std::string& line)
{
  return without_speaker(line) != line;
}

// Without a limit it waits as long as it takes, and requests to stop reach the command.
CommandOutcome run(const std::vector<std::string>& arguments, std::optional<std::chrono::milliseconds> limit)
{
  std::optional<SignalRelay> relay;
  if (!limit)
    relay.emplace();
  const Catcher output;
  const Catcher complaint;
  const SpawnSettings settings(output, complaint);
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  pid_t process = 0;
  const int error =
      ::posix_spawnp(&process, pointers.front(), settings.files(), settings.attributes(), pointers.data(), ::environ);
  if (error != 0)
    throw ConfigError(fmt::format("cannot run {}: {}", arguments.front(), std::generic_category().message(error)));
  const bool is_cut_short = limit && !ends_within(process, *limit);
  // It leads a group of its own: what it called ends with it.
  if (is_cut_short)
    ::kill(-process, SIGKILL);
  int status = relay ? relay->wait(process) : 0;
  while (!relay && ::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return {.status = WIFSIGNALED(status) ? EndedBySignal + WTERMSIG(status) : WEXITSTATUS(status),
          .output = output.text(),
          .complaint = complaint.text(),
          .is_cut_short = is_cut_short};
}

}  // namespace

CommandOutcome run_command(const std::vector<std::string>& arguments)
{
  return run(arguments, std::nullopt);
}

CommandOutcome run_command(const std::vector<std::string>& arguments, std::chrono::milliseconds limit)
{
  return run(arguments, limit);
}

std::string reason_of(const CommandOutcome& outcome)
{
  std::vector<std::string> lines;
  std::istringstream text(outcome.complaint);
  for (std::string line; std::getline(text, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      lines.push_back(line);
  if (std::ranges::any_of(lines, is_error)) {
    std::erase_if(lines, [](const std::string& line) { return !is_error(line); });
    std::ranges::transform(lines, lines.begin(), without_speaker);
  }
  if (lines.size() > MostLinesOfReason)
    lines.erase(lines.begin(), lines.end() - MostLinesOfReason);
  if (outcome.is_cut_short)
    lines.emplace_back("it did not end in time and was killed");
  return lines.empty() ? fmt::format("it ended with status {} and said nothing", outcome.status)
                       : sim::config::joined(lines, "; ");
}

}  // namespace cm::tools
