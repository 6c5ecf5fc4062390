#include "sim/diagnostics/errors.h"
#include "tools/processes/system_command.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <unistd.h>

using namespace cm::tools;
using namespace std::chrono_literals;

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
