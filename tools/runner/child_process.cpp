#include "tools/runner/child_process.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

constexpr int EndedBySignal = 128;

class Pipe {
 public:
  Pipe()
  {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw ConfigError(fmt::format("cannot call another program: {}", std::generic_category().message(errno)));
  }

  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  ~Pipe()
  {
    ::close(ends_[0]);
    close_writing();
  }

  [[nodiscard]] int writing() const { return ends_[1]; }

  void close_writing()
  {
    if (ends_[1] >= 0)
      ::close(ends_[1]);
    ends_[1] = -1;
  }

  [[nodiscard]] std::string read_all() const
  {
    std::string text;
    std::array<char, 65536> chunk{};
    for (;;) {
      const ssize_t count = ::read(ends_[0], chunk.data(), chunk.size());
      if (count > 0)
        text.append(chunk.data(), static_cast<std::size_t>(count));
      else if (count == 0 || errno != EINTR)
        return text;
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

pid_t start(const std::vector<std::string>& arguments, const Pipe& output)
{
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, output.writing(), STDOUT_FILENO);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, pointers.front(), &files, nullptr, pointers.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0)
    throw ConfigError(fmt::format("cannot run {}: {}", arguments.front(), std::generic_category().message(error)));
  return process;
}

}  // namespace

ChildOutcome run_child(const std::vector<std::string>& arguments)
{
  Pipe output;
  const pid_t process = start(arguments, output);
  output.close_writing();
  ChildOutcome outcome;
  outcome.output = output.read_all();
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFSIGNALED(status) ? EndedBySignal + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome;
}

}  // namespace cm::tools
