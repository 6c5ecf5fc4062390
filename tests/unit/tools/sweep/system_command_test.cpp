#include "sim/diagnostics/errors.h"
#include "tools/sweep/system_command.h"

#include <catch2/catch.hpp>

using cm::tools::run_command;

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
