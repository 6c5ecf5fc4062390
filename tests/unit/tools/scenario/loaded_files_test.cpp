#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/scenario/loaded_files.h"

#include <catch2/catch.hpp>

using cm::tools::LoadedFiles;

TEST_CASE("a file is parsed once and stays as it was")
{
  const cm::tests::TemporaryFolder folder;
  const std::string path = folder.with("a.yaml", "x: 1\n");
  LoadedFiles files;
  const auto& first = files.load(path);
  folder.put("a.yaml", "x: 2\n");
  folder.put("b.yaml", "x: 3\n");
  CHECK(files.load(folder.file("b.yaml")).find("x")->text == "3");
  CHECK(&files.load(path) == &first);
  CHECK(first.find("x")->text == "1");
}

TEST_CASE("a file that could not be read is tried again")
{
  const cm::tests::TemporaryFolder folder;
  LoadedFiles files;
  CHECK_THROWS_AS(files.load(folder.file("a.yaml")), cm::ConfigError);
  folder.put("a.yaml", "x: 1\n");
  CHECK(files.load(folder.file("a.yaml")).find("x")->text == "1");
}
