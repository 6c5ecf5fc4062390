#include "sim/diagnostics/errors.h"
#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/files/output_folder.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <unistd.h>

using cm::tests::content_of;
using cm::tests::put;
using cm::tests::TemporaryFolder;
using cm::tools::OutputFolder;
using cm::tools::ResultMark;
namespace fs = std::filesystem;

namespace {

const std::vector<OutputFolder::File> Files{{"result.json", "{\"schema\": \"cmsim-result/1\"}"}, {"run.log", "log"}};

std::size_t entries(const fs::path& folder)
{
  return static_cast<std::size_t>(std::distance(fs::recursive_directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a new folder is created with its parents and stays only when it is written")
{
  const TemporaryFolder temporary;
  {
    const OutputFolder unwritten(temporary.file("a/b/c/"), "run");
  }
  CHECK(entries(temporary.path()) == 0);
  CHECK(OutputFolder(temporary.file("a/b/c/"), "run").write(Files) ==
        std::vector<std::string>{temporary.file("a/b/c/result.json"), temporary.file("a/b/c/run.log")});
  CHECK(entries(temporary.path()) == 5);
  CHECK(content_of(temporary.file("a/b/c/run.log")) == "log");
}

TEST_CASE("an earlier result is replaced and what is not ours stays")
{
  const TemporaryFolder temporary;
  put(temporary, "out/result.json", "{\"schema\": \"cmsim-result/1\", \"old\": 1}");
  put(temporary, "out/notes.txt", "mine");
  CHECK(OutputFolder(temporary.file("out"), "run").write(Files).size() == 2);
  CHECK(content_of(temporary.file("out/result.json")) == Files[0].content);
  CHECK(content_of(temporary.file("out/notes.txt")) == "mine");
  CHECK(entries(temporary.path() / "out") == 3);
}

TEST_CASE("the timeline of an earlier result does not outlive it")
{
  const TemporaryFolder temporary;
  put(temporary, "out/result.json", Files[0].content);
  put(temporary, "out/timeline.json.gz", "old");
  CHECK(OutputFolder(temporary.file("out"), "run").write(Files).size() == 2);
  CHECK(!fs::exists(temporary.file("out/timeline.json.gz")));
  std::vector<OutputFolder::File> files = Files;
  files.push_back({"timeline.json.gz", "new"});
  CHECK(OutputFolder(temporary.file("out"), "run").write(files).size() == 3);
  CHECK(content_of(temporary.file("out/timeline.json.gz")) == "new");
}

TEST_CASE("an empty folder is filled")
{
  const TemporaryFolder temporary;
  CHECK(OutputFolder(temporary.path().string(), "run").write(Files).size() == 2);
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
    CHECK_THROWS_AS(OutputFolder(temporary.file(name), "run"), cm::ConfigError);
  CHECK_THROWS_AS(OutputFolder("", "run"), cm::ConfigError);
  CHECK(entries(temporary.path()) == 9);
}

TEST_CASE("files that cannot be written leave all as it was")
{
  const TemporaryFolder temporary;
  {
    OutputFolder folder(temporary.file("a/b"), "run");
    CHECK_THROWS_AS(folder.write({{"result.json", "x"}, {"no/such/folder", "x"}}), cm::ConfigError);
  }
  CHECK(entries(temporary.path()) == 0);
  put(temporary, "out/result.json", Files[0].content);
  put(temporary, "out/requests.csv/file", "mine");
  {
    OutputFolder folder(temporary.file("out"), "run");
    CHECK_THROWS_WITH(folder.write({{"result.json", "x"}, {"requests.csv", "x"}}),
                      Catch::Contains("there is a folder of that name"));
  }
  CHECK(content_of(temporary.file("out/result.json")) == Files[0].content);
  CHECK(entries(temporary.path()) == 4);
}

TEST_CASE("a folder is taken from before the run until its files are there")
{
  const TemporaryFolder temporary;
  const std::string path = temporary.file("out");
  OutputFolder first(path, "run");
  CHECK_THROWS_WITH(OutputFolder(path, "run"), Catch::Contains("another run is writing there (process "));
  (void)first.write(Files);
  CHECK_NOTHROW(OutputFolder(path, "run"));
  CHECK(entries(path) == 2);
}

TEST_CASE("leavings of processes that are gone are removed, those of others stay")
{
  const TemporaryFolder temporary;
  // A number that no process has: the largest one is 2^22.
  put(temporary, "out/.partial-99999999/result.json", Files[0].content);
  put(temporary, "out/report.html.partial-99999999-0", "<html>");
  const std::string alive = fmt::format("report.html.partial-{}-0", ::getpid());
  put(temporary, "out/" + alive, "<html>");
  put(temporary, "out/.lock", "run is writing there (process 99999999 on a host)");
  CHECK(OutputFolder(temporary.file("out"), "run").write(Files).size() == 2);
  CHECK(entries(temporary.path() / "out") == 3);
  CHECK(fs::exists(temporary.file("out/" + alive)));
}

TEST_CASE("a result whose files were taking their places when its run was killed is completed")
{
  const TemporaryFolder temporary;
  SECTION("before the first of them moved")
  {
    put(temporary, "out/result.json", "{\"schema\": \"cmsim-result/1\", \"old\": 1}");
    put(temporary, "out/timeline.json.gz", "old");
    put(temporary, "out/.complete/requests.csv", "new");
  }
  SECTION("before the last of them moved")
  {
    put(temporary, "out/requests.csv", "new");
  }
  put(temporary, "out/.complete/result.json", Files[0].content);
  {
    const OutputFolder folder(temporary.file("out"), "run");
  }
  CHECK(content_of(temporary.file("out/result.json")) == Files[0].content);
  CHECK(content_of(temporary.file("out/requests.csv")) == "new");
  CHECK(entries(temporary.path() / "out") == 2);
}

TEST_CASE("a folder with a result of another kind is refused")
{
  const TemporaryFolder temporary;
  put(temporary, "out/result.json", Files[0].content);
  CHECK_THROWS_WITH(OutputFolder(temporary.file("out"), "comparison", ResultMark::Comparison),
                    Catch::Contains("expected a new or empty folder or one with a comparison, found a result "
                                    "(result.json)"));
  put(temporary, "other/comparison.json", "{\"schema\": \"cmsim-comparison/1\"}");
  CHECK_THROWS_WITH(OutputFolder(temporary.file("other"), "run"), Catch::Contains("found a comparison"));
  CHECK(OutputFolder(temporary.file("other"), "comparison", ResultMark::Comparison)
            .write({{"comparison.json", "{\"schema\": \"cmsim-comparison/1\"}"}})
            .size() == 1);
}

TEST_CASE("finished runs of a command that was stopped are no other files, and no result keeps those of an earlier one")
{
  const TemporaryFolder temporary;
  put(temporary, "out/finished-runs.jsonl", "{}");
  OutputFolder(temporary.file("out"), "run").write(Files);
  OutputFolder(temporary.file("out"), "run").write(Files);
  CHECK_FALSE(fs::exists(temporary.file("out/finished-runs.jsonl")));
}
