// Where the program's own configurations are, and where it may leave what makes later runs faster.
#include "tools/command_line/cache_folder.h"
#include "tools/command_line/config_root.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

using namespace cm::tools;

TEST_CASE("the cache is where XDG says, or below the home folder")
{
  ::setenv("HOME", "/home/me", 1);
  ::setenv("XDG_CACHE_HOME", "/var/cache", 1);
  CHECK(cache_folder() == "/var/cache/cmsim");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  CHECK(cache_folder() == "/home/me/.cache/cmsim");
  ::unsetenv("XDG_CACHE_HOME");
  CHECK(cache_folder() == "/home/me/.cache/cmsim");
}

TEST_CASE("without an absolute folder in the environment there is no cache")
{
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", "", 1);
  CHECK(cache_folder().empty());
  ::unsetenv("HOME");
  CHECK(cache_folder().empty());
}

TEST_CASE("a program that is not installed has the configurations of its source tree")
{
  CHECK(std::filesystem::equivalent(config_root(), CM_SOURCE_DIR "/configs"));
}
