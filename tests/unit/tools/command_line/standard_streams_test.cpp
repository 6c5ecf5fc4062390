#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/command_line/standard_streams.h"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace cm::tools;

namespace {

// Status with which a child ends that has standard output there instead.
int status_of_child(const std::string& output, const std::function<int()>& work)
{
  std::fflush(stdout);
  const pid_t process = ::fork();
  if (process == 0) {
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    int status = 1;
    try {
      status = work();
    } catch (const cm::ConfigError&) {
      status = 2;
    }
    ::_exit(status);
  }
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

int print_text()
{
  print("a \x1b[2J text\n");
  return 0;
}

}  // namespace

TEST_CASE("a file gets the text as it is")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(status_of_child(folder.file("out"), print_text) == 0);
  CHECK(cm::tests::content_of(folder.file("out")) == "a \x1b[2J text\n");
}

TEST_CASE("text that does not get out is an error of the user")
{
  CHECK(status_of_child("/dev/full", print_text) == 2);
}

TEST_CASE("output that was closed is told and reaches no file that is opened later")
{
  const cm::tests::TemporaryFolder folder;
  const auto work = [&folder] {
    ::close(STDOUT_FILENO);
    open_standard_streams();
    const int opened = ::open(folder.file("ours").c_str(), O_WRONLY | O_CREAT, 0600);
    return opened == STDOUT_FILENO ? 3 : print_text();
  };
  CHECK(status_of_child(folder.file("out"), work) == 2);
  CHECK(cm::tests::content_of(folder.file("ours")).empty());
}

TEST_CASE("COLUMNS sets the width of output within what is readable")
{
  ::setenv("COLUMNS", "120", 1);
  CHECK(output_width() == 120);
  ::setenv("COLUMNS", "3", 1);
  CHECK(output_width() == 40);
  ::setenv("COLUMNS", "100000", 1);
  CHECK(output_width() == 400);
}

TEST_CASE("a width that is no number is none, and output to a file has no colour")
{
  const cm::tests::TemporaryFolder folder;
  const auto work = [] {
    ::setenv("COLUMNS", "wide", 1);
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
    return output_width() == 80 && !output_takes_colour() ? 0 : 1;
  };
  CHECK(status_of_child(folder.file("out"), work) == 0);
}
