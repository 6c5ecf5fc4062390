#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/files/held_folder.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

using namespace cm::tools;
using cm::tests::TemporaryFolder;
using std::filesystem::exists;

TEST_CASE("a folder that nobody keeps goes with its parents, and what was there before stays")
{
  const TemporaryFolder temporary;
  std::filesystem::create_directory(temporary.file("old"));
  {
    const HeldFolder held(temporary.file("old/new/out"), "run");
    CHECK(exists(temporary.file("old/new/out/.lock")));
  }
  CHECK(exists(temporary.file("old")));
  CHECK_FALSE(exists(temporary.file("old/new")));
}

TEST_CASE("a kept folder stays without its lock")
{
  const TemporaryFolder temporary;
  {
    HeldFolder held(temporary.file("out"), "run");
    held.keep();
  }
  CHECK(exists(temporary.file("out")));
  CHECK_FALSE(exists(temporary.file("out/.lock")));
}

TEST_CASE("a folder that holds something is never removed")
{
  const TemporaryFolder temporary;
  {
    const HeldFolder held(temporary.file("new/out"), "run");
    temporary.put("new/out/theirs", "text");
  }
  CHECK(exists(temporary.file("new/out/theirs")));
}

TEST_CASE("a held folder is refused to a second one, which leaves it as it is")
{
  const TemporaryFolder temporary;
  const HeldFolder first(temporary.file("out"), "run");
  CHECK_THROWS_AS(HeldFolder(temporary.file("out"), "sweep"), cm::ConfigError);
  CHECK(exists(temporary.file("out/.lock")));
}

TEST_CASE("a folder below a file cannot be created, and no parent of it is left")
{
  const TemporaryFolder temporary;
  temporary.put("file", "text");
  CHECK_THROWS_WITH(HeldFolder(temporary.file("file/out"), "run"), Catch::Contains("cannot write"));
}

TEST_CASE("a signal that ends the process leaves no trace of the folder")
{
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  const TemporaryFolder temporary;
  const pid_t process = ::fork();
  if (process == 0) {
    // Catch2 has a handler of its own for some.
    std::signal(signal, SIG_DFL);
    const HeldFolder held(temporary.file("new/out"), "run");
    if (exists(temporary.file("new/out/.lock")))
      std::raise(signal);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == signal);
  CHECK_FALSE(exists(temporary.file("new")));
}
