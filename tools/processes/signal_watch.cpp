#include "tools/processes/signal_watch.h"

#include <array>
#include <ctime>

namespace cm::tools {
namespace {

constexpr std::array<int, 3> StopSignals{SIGINT, SIGTERM, SIGHUP};

}  // namespace

SignalWatch::SignalWatch()
{
  sigemptyset(&watched_);
  for (const int signal : StopSignals) {
    struct sigaction action{};
    ::sigaction(signal, nullptr, &action);
    // A signal that is ignored, as under nohup, stays so.
    if (action.sa_handler != SIG_IGN)
      sigaddset(&watched_, signal);
  }
  sigaddset(&watched_, SIGCHLD);
  sigprocmask(SIG_BLOCK, &watched_, &before_);
}

SignalWatch::~SignalWatch()
{
  // Who was asked to stop is about to: a second Ctrl-C must not keep it from saying what is left.
  const timespec none{};
  while (stop_signal_ != 0 && sigtimedwait(&watched_, nullptr, &none) > 0) {
  }
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void SignalWatch::wait(std::chrono::milliseconds limit)
{
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const std::chrono::nanoseconds rest = limit - seconds;
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = rest.count()};
  const int signal = sigtimedwait(&watched_, nullptr, &time);
  if (signal > 0 && signal != SIGCHLD)
    stop_signal_ = signal;
}

void SignalWatch::restore_in_child() const
{
  // A terminal sends Ctrl-C to all processes of its foreground, Slurm ends all processes of a cancelled task; the
  // parent decides what it means for its points.
  for (const int signal : StopSignals)
    std::signal(signal, SIG_IGN);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace cm::tools
