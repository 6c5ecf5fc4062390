#include "tools/sweep/system_command.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

constexpr int EndedBySignal = 128;

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

// How a process starts: with our files as its output, and away from the terminal's Ctrl-C.
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
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
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

}  // namespace

CommandOutcome run_command(const std::vector<std::string>& arguments)
{
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
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return {.status = WIFSIGNALED(status) ? EndedBySignal + WTERMSIG(status) : WEXITSTATUS(status),
          .output = output.text(),
          .complaint = complaint.text()};
}

}  // namespace cm::tools
