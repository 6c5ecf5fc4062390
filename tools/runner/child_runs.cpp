#include "tools/runner/child_runs.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace cm::tools {
namespace {

constexpr int Refused = 2;

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
  std::size_t run = 0;
  Capture output;
  Capture errors;
};

std::vector<std::string> words_of(const ChildRun& run)
{
  std::vector<std::string> words{"cmsim", "run", "--configs=" + run.config_root, "--format=json"};
  if (run.seed)
    words.push_back(fmt::format("--seed={}", *run.seed));
  for (const PlacedSetting& setting : run.settings)
    words.push_back("--set-at=" + to_argument(setting));
  for (const std::string& set : run.sets)
    words.push_back("--set=" + set);
  // Behind it nothing is an option, whatever the file is called.
  words.insert(words.end(), {"--", run.scenario});
  return words;
}

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, int output, int errors)
{
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

pid_t start(const ChildRun& run, const Child& child)
{
  std::vector<std::string> words = words_of(run);
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

std::string without_last_newlines(std::string text)
{
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

void end_all(const std::map<pid_t, Child>& running)
{
  for (const auto& [process, child] : running)
    ::kill(process, SIGKILL);
  for (const auto& [process, child] : running)
    ::waitpid(process, nullptr, 0);
}

// Signals by which people, limits of resources and the system end a run. Any other one is a crash, and a mistake of
// ours.
bool is_sent_from_outside(int signal)
{
  constexpr std::array<int, 4> FromOutside{SIGKILL, SIGTERM, SIGINT, SIGXCPU};
  return std::ranges::find(FromOutside, signal) != FromOutside.end();
}

[[noreturn]] void throw_failure(const ChildRun& run, int status, const std::string& words)
{
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const std::string text = fmt::format("{}: the run of {} was ended by signal {} ({}){}{}", run.origin, run.scenario,
                                         signal, ::strsignal(signal), words.empty() ? "" : "\n", words);
    if (is_sent_from_outside(signal))
      throw ConfigError(text);
    throw SimulationError(text);
  }
  if (WEXITSTATUS(status) == Refused)
    throw ConfigError(fmt::format("{}: {} is refused\n{}", run.origin, run.scenario, words));
  throw SimulationError(
      fmt::format("{}: the run of {} ended with status {}\n{}", run.origin, run.scenario, WEXITSTATUS(status), words));
}

}  // namespace

std::vector<std::string> run_children(const std::vector<ChildRun>& runs, int jobs,
                                      const std::function<void(std::size_t ended)>& watch)
{
  std::vector<std::string> outputs(runs.size());
  std::map<pid_t, Child> running;
  std::size_t next = 0;
  while (next < runs.size() || !running.empty()) {
    if (next < runs.size() && running.size() < static_cast<std::size_t>(jobs)) {
      Child child{.run = next, .output = {}, .errors = {}};
      const pid_t process = start(runs[next], child);
      running.emplace(process, std::move(child));
      ++next;
      continue;
    }
    int status = 0;
    const auto found = running.find(::waitpid(-1, &status, 0));
    if (found == running.end())
      continue;
    const Child child = std::move(found->second);
    running.erase(found);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      end_all(running);
      throw_failure(runs[child.run], status, without_last_newlines(child.errors.text()));
    }
    outputs[child.run] = child.output.text();
    if (watch)
      watch(next - running.size());
  }
  return outputs;
}

double metric_of(const std::string& output, const std::string& metric, const std::string& origin)
{
  const auto result = nlohmann::json::parse(output);
  const auto& metrics = result.at("metrics");
  if (metrics.contains(metric))
    return metrics.at(metric).at("value").get<double>();
  std::vector<std::string> names;
  for (const auto& [name, value] : metrics.items())
    names.push_back(name);
  throw ConfigError(fmt::format("{}: expected a metric of the run, found \"{}\"{}", origin, metric,
                                sim::config::suggestion(metric, names, "metrics")));
}

}  // namespace cm::tools
