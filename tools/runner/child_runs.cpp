#include "tools/runner/child_runs.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace cm::tools {
namespace {

// A shell says 128 + N of a program that signal N has ended.
constexpr int SignalsFrom = 128;

// An output in memory: unlike a pipe it never makes the child wait for us.
class Capture {
 public:
  Capture() : descriptor_(::memfd_create("cmsim", MFD_CLOEXEC))
  {
    ensure(descriptor_ >= 0, "no memory for a child's output: error {}", errno);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  Capture(Capture&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Capture& operator=(Capture&&) = delete;
  ~Capture()
  {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  [[nodiscard]] std::string text() const
  {
    std::string text;
    std::array<char, 1U << 16U> chunk{};
    for (off_t at = 0;;) {
      const ssize_t count = ::pread(descriptor_, chunk.data(), chunk.size(), at);
      if (count <= 0)
        return text;
      text.append(chunk.data(), static_cast<std::size_t>(count));
      at += count;
    }
  }

 private:
  int descriptor_;
};

struct Child {
  std::size_t call = 0;
  Capture output;
  Capture errors;
};

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, int output, int errors)
{
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

pid_t start(const std::vector<std::string>& call, const Child& child)
{
  std::vector<std::string> words{"cmsim"};
  words.insert(words.end(), call.begin(), call.end());
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t process = ::fork();
  ensure(process >= 0, "no process for a run: error {}", errno);
  if (process == 0)
    become(arguments.data(), child.output.descriptor(), child.errors.descriptor());
  return process;
}

}  // namespace

std::vector<std::string> run_children(const std::vector<std::vector<std::string>>& calls, int jobs,
                                      const std::function<void(std::size_t ended)>& watch)
{
  std::vector<std::string> outputs(calls.size());
  std::map<pid_t, Child> running;
  std::size_t next = 0;
  while (next < calls.size() || !running.empty()) {
    if (next < calls.size() && running.size() < static_cast<std::size_t>(jobs)) {
      Child child{.call = next, .output = {}, .errors = {}};
      const pid_t process = start(calls[next], child);
      running.emplace(process, std::move(child));
      ++next;
      continue;
    }
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    const auto found = running.find(ended);
    if (found == running.end())
      continue;
    const Child& child = found->second;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      const int code = WIFEXITED(status) ? WEXITSTATUS(status) : SignalsFrom + WTERMSIG(status);
      throw ConfigError(fmt::format("cmsim {}\nended with {}:\n{}", sim::config::joined(calls[child.call], " "), code,
                                    child.errors.text()));
    }
    outputs[child.call] = child.output.text();
    running.erase(found);
    if (watch)
      watch(next - running.size());
  }
  return outputs;
}

}  // namespace cm::tools
