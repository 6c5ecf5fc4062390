#include "sim/diagnostics/errors.h"
#include "tests/unit/tools/config_folder.h"
#include "tools/runner/output_folder.h"

#include <catch2/catch.hpp>

using cm::tests::content_of;
using cm::tests::put;
using cm::tests::TemporaryFolder;
using cm::tools::OutputFolder;
namespace fs = std::filesystem;

namespace {

const std::vector<OutputFolder::File> Files{{"result.json", "{\"schema\": \"cmsim-result/1\"}"}, {"run.log", "log"}};

std::size_t entries(const fs::path& folder)
{
  return static_cast<std::size_t>(std::distance(fs::recursive_directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a new folder is created with its parents only when it is written")
{
  const TemporaryFolder temporary;
  const OutputFolder folder(temporary.file("a/b/c/"));
  CHECK(entries(temporary.path()) == 0);
  CHECK(folder.write(Files) ==
        std::vector<std::string>{temporary.file("a/b/c/result.json"), temporary.file("a/b/c/run.log")});
  CHECK(entries(temporary.path()) == 5);
  CHECK(content_of(temporary.file("a/b/c/run.log")) == "log");
}

TEST_CASE("an earlier result is replaced and what is not ours stays")
{
  const TemporaryFolder temporary;
  put(temporary, "out/result.json", "{\"schema\": \"cmsim-result/1\", \"old\": 1}");
  put(temporary, "out/notes.txt", "mine");
  CHECK(OutputFolder(temporary.file("out")).write(Files).size() == 2);
  CHECK(content_of(temporary.file("out/result.json")) == Files[0].content);
  CHECK(content_of(temporary.file("out/notes.txt")) == "mine");
  CHECK(entries(temporary.path() / "out") == 3);
}

TEST_CASE("the timeline of an earlier result does not outlive it")
{
  const TemporaryFolder temporary;
  put(temporary, "out/result.json", Files[0].content);
  put(temporary, "out/timeline.json.gz", "old");
  CHECK(OutputFolder(temporary.file("out")).write(Files).size() == 2);
  CHECK(!fs::exists(temporary.file("out/timeline.json.gz")));
  std::vector<OutputFolder::File> files = Files;
  files.push_back({"timeline.json.gz", "new"});
  CHECK(OutputFolder(temporary.file("out")).write(files).size() == 3);
  CHECK(content_of(temporary.file("out/timeline.json.gz")) == "new");
}

TEST_CASE("an empty folder is filled")
{
  const TemporaryFolder temporary;
  CHECK(OutputFolder(temporary.path().string()).write(Files).size() == 2);
  CHECK(entries(temporary.path()) == 2);
}

TEST_CASE("what holds no result of ours is refused and left alone")
{
  const TemporaryFolder temporary;
  put(temporary, "other/file", "x");
  put(temporary, "foreign/result.json", "{\"schema\": \"theirs/1\"}");
  put(temporary, "broken/result.json", "{");
  put(temporary, "number/result.json", "{\"schema\": 1}");
  fs::create_symlink("nowhere", temporary.path() / "dangling");
  for (const char* name : {"other", "foreign", "broken", "number", "dangling", "other/file", "other/file/below"})
    CHECK_THROWS_AS(OutputFolder(temporary.file(name)), cm::ConfigError);
  CHECK_THROWS_AS(OutputFolder(""), cm::ConfigError);
  CHECK(entries(temporary.path()) == 9);
}

TEST_CASE("a folder that cannot be completed leaves nothing behind")
{
  const TemporaryFolder temporary;
  const OutputFolder folder(temporary.file("a/b"));
  CHECK_THROWS_AS(folder.write({{"result.json", "x"}, {"no/such/folder", "x"}}), cm::ConfigError);
  CHECK(entries(temporary.path()) == 0);
}
