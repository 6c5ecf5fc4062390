#include "sim/diagnostics/errors.h"
#include "tools/processes/process.h"
#include "tools/processes/progress_report.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

using namespace cm::tools;
using namespace std::chrono_literals;

namespace {

ProcessSpec shell(const std::string& text)
{
  return {.program = "sh", .arguments = {"sh", "-c", text}};
}

}  // namespace

TEST_CASE("a process is at work until it has ended")
{
  Process process(shell("exec sleep 60"));
  CHECK_FALSE(process.has_ended());
  CHECK_FALSE(process.wait(10ms));
  process.end();
  CHECK(process.has_ended());
  CHECK(process.signal() == SIGKILL);
  CHECK(process.status() == 128 + SIGKILL);
}

TEST_CASE("a program that is not there is told and leaves no process")
{
  CHECK_THROWS_WITH(Process({.program = "no-such-program", .arguments = {"no-such-program"}}),
                    Catch::StartsWith("cannot run no-such-program: "));
}

TEST_CASE("requests to stop that are ours do not end the process")
{
  ProcessSpec spec = shell("kill -s INT $$; kill -s HUP $$; kill -s TERM $$; echo alive");
  spec.stops = StopRequests::AreOurs;
  Process ignoring(spec);
  ignoring.wait();
  CHECK(ignoring.output() == "alive\n");
  spec.stops = StopRequests::ReachIt;
  Process stopped(spec);
  stopped.wait();
  CHECK(stopped.signal() == SIGINT);
}

TEST_CASE("a process whose end the system does not keep has ended, and failed")
{
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  Process seen(shell("exit 0"));
  for (int look = 0; look < 500 && !seen.has_ended(); ++look)
    std::this_thread::sleep_for(10ms);
  CHECK(seen.has_ended());
  CHECK(seen.status() == 255);
  Process waited(shell("exit 0"));
  waited.wait();
  CHECK(waited.status() == 255);
  std::signal(SIGCHLD, before);
}

TEST_CASE("a process tells how far it has come")
{
  ProcessSpec spec = shell("printf '0.250000\\n' >&3");
  spec.reports_progress = true;
  Process process(spec);
  process.wait();
  CHECK(reported_share(process.report()) == 0.25);
  CHECK(reported_share("") == 0);
  CHECK(reported_share("7") == 1);
}

TEST_CASE("a report holds the last share and nothing of the one before")
{
  const MemoryFile file;
  ProgressReport report(file.descriptor());
  report.update(0.5, "half");
  CHECK(reported_share(file.text()) == 0.5);
}
