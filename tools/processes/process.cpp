#include "tools/processes/process.h"

#include "sim/diagnostics/errors.h"
#include "tools/processes/progress_report.h"
#include "tools/signals/awaited_children.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace cm::tools {
namespace {

constexpr int EndedBySignal = 128;
constexpr int NotStarted = 127;

// Terminals send the first two to all processes of their foreground, job schedulers the last to all of a job.
constexpr std::array<int, 3> SentToGroups{SIGINT, SIGHUP, SIGTERM};

// Both ends of a pipe that a started program does not inherit: what comes through it is why it was not started.
class StartPipe {
 public:
  StartPipe()
  {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw ConfigError(fmt::format("cannot call another program: {}", std::generic_category().message(errno)));
  }
  StartPipe(const StartPipe&) = delete;
  StartPipe& operator=(const StartPipe&) = delete;
  ~StartPipe()
  {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  void tell_failure(int error) const { static_cast<void>(!::write(ends_[1], &error, sizeof error)); }

  // Waits until the program is started; 0: it is.
  [[nodiscard]] int failure()
  {
    ::close(ends_[1]);
    ends_[1] = -1;
    int error = 0;
    while (::read(ends_[0], &error, sizeof error) < 0 && errno == EINTR) {
    }
    return error;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// Descriptors that the program finds in place of ours; the last one -1: none.
struct Streams {
  int output = -1;
  int complaint = -1;
  int report = -1;
};

void take_streams(const Streams& streams)
{
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(streams.output, STDOUT_FILENO);
  ::dup2(streams.complaint, STDERR_FILENO);
  if (streams.report == ReportDescriptor)
    ::fcntl(ReportDescriptor, F_SETFD, 0);
  else if (streams.report >= 0)
    ::dup2(streams.report, ReportDescriptor);
}

// Between fork and exec: system calls only. Signals that this program holds back reach the other one.
void take_signals(StopRequests stops, pid_t parent)
{
  if (stops == StopRequests::PassByGroup)
    ::setpgid(0, 0);
  if (stops == StopRequests::AreOurs) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have ended before the line above.
    if (::getppid() != parent)
      ::_exit(NotStarted);
    for (const int signal : SentToGroups)
      std::signal(signal, SIG_IGN);
  }
  sigset_t none{};
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

MemoryFile::MemoryFile() : descriptor_(::memfd_create("cmsim", MFD_CLOEXEC))
{
  if (descriptor_ < 0)
    throw ConfigError(fmt::format("cannot call another program: {}", std::generic_category().message(errno)));
}

MemoryFile::~MemoryFile()
{
  ::close(descriptor_);
}

std::string MemoryFile::text() const
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

Process::Process(const ProcessSpec& spec) : stops_(spec.stops)
{
  if (spec.reports_progress)
    report_ = std::make_unique<MemoryFile>();
  std::vector<std::string> texts = spec.arguments;
  std::vector<char*> arguments;
  for (std::string& text : texts)
    arguments.push_back(text.data());
  arguments.push_back(nullptr);
  const Streams streams{output_.descriptor(), complaint_.descriptor(), report_ ? report_->descriptor() : -1};
  StartPipe start;
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) {
    take_signals(stops_, parent);
    take_streams(streams);
    ::execvp(spec.program.c_str(), arguments.data());
    start.tell_failure(errno);
    ::_exit(NotStarted);
  }
  const int failure = process_ < 0 ? errno : start.failure();
  if (failure == 0)
    return;
  if (process_ > 0)
    wait();
  process_ = 0;
  throw ConfigError(fmt::format("cannot run {}: {}", spec.program, std::generic_category().message(failure)));
}

Process::~Process()
{
  end();
}

bool Process::has_ended()
{
  wait_with(WNOHANG);
  return process_ == 0;
}

void Process::wait_with(int options)
{
  if (process_ == 0)
    return;
  pid_t ended = 0;
  do {
    ended = ::waitpid(process_, &ended_, options);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0)
    return;
  // Where ends of children are not kept there is nothing left to wait for.
  if (ended < 0)
    ended_ = UnknownEnd;
  process_ = 0;
}

void Process::wait()
{
  wait_with(0);
}

void Process::wait(SignalRelay& relay, const std::function<void()>& look)
{
  if (process_ != 0)
    ended_ = relay.wait(process_, look);
  process_ = 0;
}

bool Process::wait(std::chrono::milliseconds limit)
{
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
  // A kernel without such descriptors: we can only wait.
  int ready = 1;
  if (descriptor >= 0) {
    const auto until = std::chrono::steady_clock::now() + limit;
    do {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      pollfd watched{.fd = descriptor, .events = POLLIN, .revents = 0};
      ready = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    } while (ready < 0 && errno == EINTR);
    ::close(descriptor);
  }
  if (ready == 0)
    return false;
  // Not taken yet, its number is still that of its group.
  siginfo_t ended{};
  if (stops_ == StopRequests::PassByGroup && process_ != 0 &&
      ::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOWAIT) == 0)
    ::kill(-process_, SIGKILL);
  wait();
  return true;
}

void Process::end()
{
  if (process_ == 0)
    return;
  ::kill(stops_ == StopRequests::PassByGroup ? -process_ : process_, SIGKILL);
  wait();
}

int Process::status() const
{
  return WIFSIGNALED(ended_) ? EndedBySignal + WTERMSIG(ended_) : WEXITSTATUS(ended_);
}

int Process::signal() const
{
  return WIFSIGNALED(ended_) ? WTERMSIG(ended_) : 0;
}

std::string Process::report() const
{
  return report_ ? report_->text() : std::string();
}

}  // namespace cm::tools
