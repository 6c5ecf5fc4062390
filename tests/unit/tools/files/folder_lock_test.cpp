#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/files/folder_lock.h"

#include <catch2/catch.hpp>

#include <optional>

using cm::tools::FolderLock;

TEST_CASE("a folder has one lock at a time, and who asks for it is told who has it")
{
  const cm::tests::TemporaryFolder folder;
  std::optional<FolderLock> lock(std::in_place, folder.path().string(), "sweep");
  CHECK_THROWS_WITH(FolderLock(folder.path().string(), "run"),
                    Catch::Contains("another sweep is writing there (process "));
  lock.reset();
  CHECK_NOTHROW(FolderLock(folder.path().string(), "run"));
}

TEST_CASE("a lock whose file goes with its folder excludes nobody, and another file may follow it")
{
  const cm::tests::TemporaryFolder folder;
  const FolderLock first(folder.path().string(), "run");
  first.remove_file();
  const FolderLock second(folder.path().string(), "run");
  CHECK_THROWS(FolderLock(folder.path().string(), "run"));
}

TEST_CASE("a folder that cannot be written cannot be locked")
{
  CHECK_THROWS_AS(FolderLock("/proc/no-such", "run"), cm::ConfigError);
}
