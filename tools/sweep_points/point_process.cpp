#include "tools/sweep_points/point_process.h"

#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/runner/run.h"
#include "tools/sweep_points/point_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cm::tools {
namespace {

constexpr int Written = 0;
constexpr int NotWritten = 1;
constexpr int NotKept = 0xff00;  // as waitpid() tells status 255

std::string simulated(const SweepPoint& point)
{
  sim::metrics::NoProgress silent;
  // The child's main: what a scenario throws becomes the point's record here.
  try {
    return done_point(point, run_scenario(point.request, silent).result);
  } catch (const RefusedByModel& refusal) {
    return undone_point(point, PointStatus::Refused, refusal.what());
  } catch (const ConfigError& error) {
    return undone_point(point, PointStatus::Failed, error.what());
  } catch (const std::exception& error) {
    return undone_point(point, PointStatus::Failed, fmt::format("internal error: {}", error.what()));
  }
}

void close_descriptors(int words)
{
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(words, STDERR_FILENO);
  // The lock of the sweep's folder among them: it must go with the parent.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
}

[[noreturn]] void be_child(const SweepPoint& point, const std::string& path, const SignalWatch& signals, pid_t parent,
                           int words)
{
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have ended before the line above.
  if (::getppid() != parent)
    ::_exit(NotWritten);
  close_descriptors(words);
  signals.restore_in_child();
  int status = NotWritten;
  try {
    sim::metrics::write_whole(path, simulated(point));
    status = Written;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    std::fflush(stderr);
  }
  // Not exit: what was registered to run then belongs to the parent.
  ::_exit(status);
}

}  // namespace

PointProcess::PointProcess(const SweepPoint& point, const std::string& path, const SignalWatch& signals)
    : words_(::memfd_create("cmsim-point", MFD_CLOEXEC))
{
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0)
    be_child(point, path, signals, parent, words_);
  if (process_ < 0) {
    process_ = 0;
    throw ConfigError(fmt::format("cannot start a process for a point: {}", std::generic_category().message(errno)));
  }
}

PointProcess::PointProcess(PointProcess&& other) noexcept
    : process_(std::exchange(other.process_, 0)), status_(other.status_), words_(std::exchange(other.words_, -1))
{
}

PointProcess& PointProcess::operator=(PointProcess&& other) noexcept
{
  if (this != &other) {
    end();
    process_ = std::exchange(other.process_, 0);
    status_ = other.status_;
    words_ = std::exchange(other.words_, -1);
  }
  return *this;
}

PointProcess::~PointProcess()
{
  end();
}

bool PointProcess::has_ended()
{
  if (process_ == 0)
    return true;
  const pid_t ended = ::waitpid(process_, &status_, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR))
    return false;
  // Where the system did not keep its end nobody knows whether the point is there.
  if (ended < 0)
    status_ = NotKept;
  process_ = 0;
  return true;
}

std::string PointProcess::trouble() const
{
  if (WIFEXITED(status_) && WEXITSTATUS(status_) == Written)
    return {};
  const std::string how =
      WIFSIGNALED(status_) ? fmt::format("ended by signal {} ({})", WTERMSIG(status_), ::strsignal(WTERMSIG(status_)))
                           : fmt::format("ended with status {}", WEXITSTATUS(status_));
  const std::string words = last_words();
  return words.empty() ? how : fmt::format("{}: {}", how, words);
}

std::string PointProcess::last_words() const
{
  std::array<char, 4096> buffer{};
  const off_t size = ::lseek(words_, 0, SEEK_END);
  const off_t start = std::max<off_t>(0, size - static_cast<off_t>(buffer.size()));
  const ssize_t count = ::pread(words_, buffer.data(), buffer.size(), start);
  std::string text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  while (text.ends_with('\n'))
    text.pop_back();
  const std::size_t line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

void PointProcess::end()
{
  if (process_ != 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, &status_, 0);
    process_ = 0;
  }
  if (words_ >= 0)
    ::close(std::exchange(words_, -1));
}

}  // namespace cm::tools
