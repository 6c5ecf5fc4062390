#include "tests/unit/sim/temporary_folder.h"
#include "tools/slurm/slurm_log.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("a log is called by job and task")
{
  CHECK(task_log("12-foo", 3) == "slurm/12-foo_3.log");
}

TEST_CASE("the last words of a log are its last line that holds something")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(last_words_of_log(folder.with("log", "first\nslurmstepd: out of memory\n \t\r\n\n")) ==
        "slurmstepd: out of memory");
  CHECK(last_words_of_log(folder.with("log", "no end of line")) == "no end of line");
}

TEST_CASE("of a log without end the last lines are read, and a long line is cut")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(last_words_of_log(folder.with("log", std::string(100'000, 'x') + "\nkilled\n")) == "killed");
  CHECK(last_words_of_log(folder.with("log", std::string(1'000, 'x'))).size() == 400);
}

TEST_CASE("a log that is empty or not there has no last words")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(last_words_of_log(folder.with("log", "")).empty());
  CHECK(last_words_of_log(folder.with("log", "\n \n")).empty());
  CHECK(last_words_of_log(folder.file("nowhere")).empty());
  CHECK(last_words_of_log(folder.path().string()).empty());
}
