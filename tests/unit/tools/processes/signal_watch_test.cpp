// Signals to this very process: they are held back by the watch or would end the test.
#include "tools/processes/signal_watch.h"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace cm::tools;
using std::chrono::milliseconds;

namespace {

volatile std::sig_atomic_t arrived = 0;

void count(int /*signal*/)
{
  arrived = arrived + 1;
}

bool is_blocked(int signal)
{
  sigset_t blocked{};
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

// Status of a child that ends with what it found.
template <typename Look>
int in_child(const Look& look)
{
  const pid_t child = fork();
  if (child == 0)
    _exit(look());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a request to stop comes out of the wait and does not end the process")
{
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SignalWatch watch;
    CHECK(watch.stop_signal() == 0);
    std::raise(signal);
    watch.wait(milliseconds(10'000));
    CHECK(watch.stop_signal() == signal);
  }
}

TEST_CASE("the end of a child ends the wait and is no request to stop")
{
  SignalWatch watch;
  CHECK(in_child([] { return 7; }) == 7);
  const auto before = std::chrono::steady_clock::now();
  watch.wait(milliseconds(10'000));
  CHECK(std::chrono::steady_clock::now() - before < milliseconds(5'000));
  CHECK(watch.stop_signal() == 0);
}

TEST_CASE("a wait in which nothing happens ends at its limit")
{
  SignalWatch watch;
  const auto before = std::chrono::steady_clock::now();
  watch.wait(milliseconds(2));
  CHECK(std::chrono::steady_clock::now() - before >= milliseconds(2));
  CHECK(watch.stop_signal() == 0);
}

TEST_CASE("further requests after one that came out are dropped with the watch")
{
  {
    SignalWatch watch;
    std::raise(SIGTERM);
    watch.wait(milliseconds(10'000));
    std::raise(SIGINT);
    std::raise(SIGHUP);
  }
  // Any of them would have ended the test here.
  CHECK_FALSE(is_blocked(SIGINT));
  CHECK_FALSE(is_blocked(SIGCHLD));
}

TEST_CASE("a request that nobody waited for arrives when the watch ends")
{
  auto* const before = std::signal(SIGTERM, count);
  arrived = 0;
  {
    const SignalWatch watch;
    std::raise(SIGTERM);
    CHECK(arrived == 0);
  }
  CHECK(arrived == 1);
  std::signal(SIGTERM, before);
}

TEST_CASE("a signal that is ignored, as under nohup, stays so")
{
  auto* const before = std::signal(SIGHUP, SIG_IGN);
  {
    SignalWatch watch;
    CHECK_FALSE(is_blocked(SIGHUP));
    CHECK(is_blocked(SIGINT));
    std::raise(SIGHUP);
    watch.wait(milliseconds(1));
    CHECK(watch.stop_signal() == 0);
  }
  std::signal(SIGHUP, before);
}

TEST_CASE("a child has the signals of before the watch, and leaves Ctrl-C to its parent")
{
  const SignalWatch watch;
  const int wrong = in_child([&] {
    watch.restore_in_child();
    int found = is_blocked(SIGCHLD) || is_blocked(SIGINT) ? 1 : 0;
    for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction action{};
      sigaction(signal, nullptr, &action);
      found += action.sa_handler == SIG_IGN ? 0 : 2;
    }
    return found;
  });
  CHECK(wrong == 0);
}
