#include "tests/unit/sim/temporary_folder.h"
#include "tools/files/json_file.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::ReadingLog;
using cm::tests::TemporaryFolder;

using Texts = std::vector<std::string>;

TEST_CASE("a value of another type is told with line, column and key")
{
  const TemporaryFolder folder;
  const std::string path = folder.with("r.json", "{\n  \"run\": {\"seed\": -1,\n    \"files\": [7]}\n}\n");
  ReadingLog log;
  const JsonFile file(path, log);
  CHECK(file.count({"run", "seed"}) == 0);
  CHECK(file.text({"run", "files", "0"}).empty());
  CHECK(log.problems == Texts{path + ":2:19: run.seed: expected a whole number of at least 0, found -1",
                              path + ":3:15: run.files.0: expected a text, found 7"});
}

TEST_CASE("a missing value is told at what is around it, and is zero, empty or an empty object")
{
  const TemporaryFolder folder;
  const std::string path = folder.with("r.json", "{\n  \"run\": {}}\n");
  ReadingLog log;
  const JsonFile file(path, log);
  CHECK(file.number({"run", "seed"}) == 0);
  CHECK(file.object({"run", "inputs"}).empty());
  CHECK(file.list({"metrics"}).empty());
  REQUIRE(log.problems.size() == 3);
  CHECK(log.problems[0] == path + ":2:10: run.seed: expected a number, found no such key");
  CHECK_FALSE(file.has({"run", "seed"}));
}

TEST_CASE("an index of a list is a key, within the list only")
{
  const TemporaryFolder folder;
  ReadingLog log;
  const JsonFile file(folder.with("r.json", R"({"rows": [{"x": 1}, {"x": 2.5}]})"), log);
  CHECK(file.number({"rows", "1", "x"}) == 2.5);
  CHECK_FALSE(file.has({"rows", "2"}));
  CHECK_FALSE(file.has({"rows", "1x"}));
  CHECK(log.problems.empty());
}

TEST_CASE("a file that is no JSON object has no root and is reported once")
{
  const TemporaryFolder folder;
  const std::string text = GENERATE("[1, 2]", "{\"a\": 1", "");
  ReadingLog log;
  const JsonFile file(folder.with("r.json", text), log);
  CHECK(file.root().is_null());
  CHECK(log.problems.size() == 1);
}

TEST_CASE("after twenty problems of a file one line stands for the rest")
{
  const TemporaryFolder folder;
  ReadingLog log;
  const JsonFile file(folder.with("r.json", "{}"), log);
  for (int i = 0; i < 30; ++i)
    static_cast<void>(file.number({"a"}));
  REQUIRE(log.problems.size() == 21);
  CHECK_THAT(log.problems.back(), Catch::EndsWith("further problems in this file are not listed"));
}
