#include "tools/signals/signal_relay.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <sys/wait.h>

namespace cm::tools {
namespace {

constexpr std::array<int, 3> StopSignals{SIGINT, SIGTERM, SIGHUP};
constexpr std::chrono::seconds Grace{2};
// SIGCHLD ends a wait at once; a look now and then costs nothing where it went to another thread.
constexpr long LookAfterNanoseconds = 100'000'000;

bool is_ignored(int signal)
{
  struct sigaction action{};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

bool has_ended(pid_t process, int& status)
{
  pid_t ended = 0;
  do {
    ended = ::waitpid(process, &status, WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended < 0)
    status = UnknownEnd;
  return ended != 0;
}

void kill_and_wait(pid_t leader, int& status)
{
  ::kill(-leader, SIGKILL);
  pid_t ended = 0;
  do {
    ended = ::waitpid(leader, &status, 0);
  } while (ended < 0 && errno == EINTR);
  if (ended < 0)
    status = UnknownEnd;
}

}  // namespace

SignalRelay::SignalRelay()
{
  sigemptyset(&watched_);
  for (const int signal : StopSignals)
    if (!is_ignored(signal))
      sigaddset(&watched_, signal);
  sigaddset(&watched_, SIGCHLD);
  sigprocmask(SIG_BLOCK, &watched_, &before_);
}

SignalRelay::~SignalRelay()
{
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int SignalRelay::wait(pid_t leader, const std::function<void()>& look)
{
  int status = 0;
  int stop_signal = 0;
  auto limit = std::chrono::steady_clock::time_point::max();
  while (!has_ended(leader, status)) {
    if (std::chrono::steady_clock::now() > limit) {
      kill_and_wait(leader, status);
      break;
    }
    if (look)
      look();
    const timespec pause{.tv_sec = 0, .tv_nsec = LookAfterNanoseconds};
    const int signal = ::sigtimedwait(&watched_, nullptr, &pause);
    if (signal <= 0 || signal == SIGCHLD)
      continue;
    ::kill(-leader, signal);
    stop_signal = signal;
    limit = std::chrono::steady_clock::now() + Grace;
  }
  if (stop_signal != 0) {
    // Its leader may have ended before what it started.
    ::kill(-leader, SIGKILL);
    std::raise(stop_signal);
  }
  return status;
}

}  // namespace cm::tools
