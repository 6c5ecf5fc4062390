#include "sim/diagnostics/errors.h"
#include "tools/processes/system_command.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>

using namespace cm::tools;
using namespace std::chrono_literals;

namespace {

// Gone, or dead and waiting for its parent to ask.
bool has_ended(int process)
{
  for (int look = 0; look < 200; ++look) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    if (!std::getline(file, text) || text.find(") Z ") != std::string::npos)
      return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE("a command's status and words come back")
{
  const auto outcome = run_command({"sh", "-c", "echo out; echo err >&2; exit 7"});
  CHECK(outcome.status == 7);
  CHECK(outcome.output == "out\n");
  CHECK(outcome.complaint == "err\n");
  CHECK(run_command({"sh", "-c", "kill -9 $$"}).status == 137);
}

TEST_CASE("no shell reads arguments")
{
  CHECK(run_command({"printf", "%s", "$HOME; `id` \"*\""}).output == "$HOME; `id` \"*\"");
}

TEST_CASE("a command may say more than a pipe holds")
{
  CHECK(run_command({"head", "-c", "1000000", "/dev/zero"}).output.size() == 1000000);
}

TEST_CASE("a program that is not there is told")
{
  CHECK_THROWS_WITH(run_command({"no-such-program"}), Catch::StartsWith("cannot run no-such-program: "));
}

TEST_CASE("a command that does not end in time is killed with all that it started")
{
  const auto started = std::chrono::steady_clock::now();
  const CommandOutcome outcome = run_command({"sh", "-c", "echo begun; sleep 60; echo never"}, 200ms);
  CHECK(std::chrono::steady_clock::now() - started < 30s);
  CHECK(outcome.is_cut_short);
  CHECK(outcome.output == "begun\n");
  CHECK_THAT(reason_of(outcome), Catch::Contains("did not end in time"));
  CHECK_FALSE(run_command({"true"}, 60s).is_cut_short);
}

TEST_CASE("what a command with a limit leaves behind ends with it")
{
  const CommandOutcome outcome = run_command({"sh", "-c", "sleep 60 & echo $!"}, 60s);
  CHECK(outcome.status == 0);
  CHECK_FALSE(outcome.is_cut_short);
  CHECK(has_ended(std::stoi(outcome.output)));
}

TEST_CASE("a status comes back where the program that started this one ignores the ends of children")
{
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  CHECK(run_command({"sh", "-c", "exit 7"}).status == 7);
  CHECK(run_command({"sh", "-c", "exit 7"}, 60s).status == 7);
  const auto after = std::signal(SIGCHLD, before);
  CHECK(after == SIG_IGN);
}

TEST_CASE("a command leads a group of its own, so that a request to stop reaches all that it started")
{
  const auto group_of = [](const CommandOutcome& outcome) { return std::stoi(outcome.output); };
  const std::vector<std::string> group{"cut", "-d ", "-f5", "/proc/self/stat"};
  CHECK(group_of(run_command(group)) != ::getpgrp());
  CHECK(group_of(run_command(group, 60s)) != ::getpgrp());
}

TEST_CASE("the reason of a failure is all of its errors and nothing before them")
{
  CHECK(reason_of({.status = 1,
                   .output = "",
                   .complaint = "Welcome to the cluster\nsbatch: error: QOSMaxSubmitJobPerUserLimit\n"
                                "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy\n"}) ==
        "QOSMaxSubmitJobPerUserLimit; Batch job submission failed: Job violates accounting/QOS policy");
  CHECK(reason_of({.status = 128, .output = "", .complaint = "fatal: not a git repository\n"}) ==
        "not a git repository");
  CHECK(reason_of({.status = 1, .output = "", .complaint = "one\n\ntwo"}) == "one; two");
  CHECK(reason_of({.status = 7, .output = "x", .complaint = "\n"}) == "it ended with status 7 and said nothing");
}
