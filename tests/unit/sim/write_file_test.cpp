#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tests/unit/sim/temporary_folder.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using cm::ConfigError;
using cm::sim::metrics::write_whole;
using cm::tests::content_of;
using cm::tests::TemporaryFolder;

namespace {

auto files_in(const std::filesystem::path& folder)
{
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

}  // namespace

TEST_CASE("a file is written whole and replaces an older one")
{
  const TemporaryFolder folder;
  const std::string path = folder.file("result.json");
  write_whole(path, "first, and longer");
  write_whole(path, "second");
  CHECK(content_of(path) == "second");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a written file can be read by whom the user allows")
{
  const TemporaryFolder folder;
  const mode_t old_mask = ::umask(022);
  write_whole(folder.file("a"), "x");
  ::umask(old_mask);
  CHECK((std::filesystem::status(folder.file("a")).permissions() & std::filesystem::perms::others_read) !=
        std::filesystem::perms::none);
}

TEST_CASE("a file that cannot be written is reported and nothing is left behind")
{
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(write_whole(folder.file("absent/a"), "x"),
                    folder.file("absent/a") + ": cannot write: No such file or directory");
  CHECK_THROWS_AS(write_whole(folder.path().string(), "x"), ConfigError);
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("partial files of others are left alone")
{
  const TemporaryFolder folder;
  const std::string other = folder.with("a.partial-" + std::to_string(::getpid()) + "-0", "theirs");
  write_whole(folder.file("a"), "ours");
  CHECK(content_of(folder.file("a")) == "ours");
  CHECK(content_of(other) == "theirs");
}

TEST_CASE("a partial file tells whose it is, and whether its process is gone")
{
  const std::string ours = cm::sim::metrics::partial_name("a");
  CHECK(cm::sim::metrics::is_partial(ours));
  CHECK(!cm::sim::metrics::is_left_behind(ours));
  // No process has such a number.
  CHECK(cm::sim::metrics::is_left_behind("a.partial-99999999-0"));
  CHECK(!cm::sim::metrics::is_left_behind("a.partial-x"));
  CHECK(!cm::sim::metrics::is_left_behind("a.partial-99999999999999999999"));
  CHECK(!cm::sim::metrics::is_partial("partial"));
}
