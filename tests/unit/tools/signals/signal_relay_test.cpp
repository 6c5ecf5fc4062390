#include "tools/signals/awaited_children.h"
#include "tools/signals/signal_relay.h"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace cm::tools;
using namespace std::chrono_literals;

namespace {

// A child that leads a group, and sleeps.
pid_t sleeper()
{
  const pid_t process = ::fork();
  if (process == 0) {
    ::setpgid(0, 0);
    sigset_t none{};
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(127);
  }
  ::setpgid(process, process);
  return process;
}

bool is_gone(pid_t process)
{
  for (int look = 0; look < 100; ++look) {
    if (::kill(process, 0) != 0)
      return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

}  // namespace

TEST_CASE("the status of a child that ends by itself is its own")
{
  SignalRelay relay;
  const pid_t process = ::fork();
  if (process == 0)
    ::_exit(7);
  const int status = relay.wait(process);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("the end of a child is kept while somebody awaits it, and then forgotten as before")
{
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  {
    const AwaitedChildren awaited;
    const pid_t process = ::fork();
    if (process == 0)
      ::_exit(7);
    int status = 0;
    CHECK(::waitpid(process, &status, 0) == process);
    CHECK(WEXITSTATUS(status) == 7);
  }
  CHECK(std::signal(SIGCHLD, before) == SIG_IGN);
}

TEST_CASE("a child that somebody else took has failed")
{
  SignalRelay relay;
  const pid_t process = ::fork();
  if (process == 0)
    ::_exit(0);
  int taken = 0;
  REQUIRE(::waitpid(process, &taken, 0) == process);
  CHECK(relay.wait(process) == UnknownEnd);
  CHECK(WEXITSTATUS(UnknownEnd) == 255);
}

TEST_CASE("a signal to this process alone ends the child first and this process then")
{
  // The parent of the sleeper is a child of the test, which survives.
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    // Not the test's own handler, which would call it a failure.
    std::signal(SIGTERM, SIG_DFL);
    SignalRelay relay;
    const pid_t process = sleeper();
    static_cast<void>(!::write(pipe[1], &process, sizeof process));
    relay.wait(process);
  }
  if (parent == 0) {
    // The relay is gone: the signal has ended this process before it comes here.
    ::_exit(0);
  }
  pid_t process = 0;
  REQUIRE(::read(pipe[0], &process, sizeof process) == sizeof process);
  ::kill(parent, SIGTERM);
  int status = 0;
  REQUIRE(::waitpid(parent, &status, 0) == parent);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
  CHECK(is_gone(process));
}

TEST_CASE("a signal that this process ignores stays ignored")
{
  const auto before = std::signal(SIGHUP, SIG_IGN);
  {
    SignalRelay relay;
    const pid_t process = ::fork();
    if (process == 0) {
      ::usleep(200'000);
      ::_exit(3);
    }
    ::kill(::getpid(), SIGHUP);
    const int status = relay.wait(process);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
  }
  std::signal(SIGHUP, before);
}
