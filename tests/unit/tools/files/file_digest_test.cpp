#include "tests/unit/sim/temporary_folder.h"
#include "tools/files/file_digest.h"

#include <catch2/catch.hpp>

using cm::tools::file_digest;

TEST_CASE("a digest tells the contents of a file and nothing else of it")
{
  const cm::tests::TemporaryFolder folder;
  const std::string digest = file_digest(folder.with("a", "text"));
  CHECK(digest.size() == 32);
  CHECK(digest.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(file_digest(folder.with("b", "text")) == digest);
  CHECK(file_digest(folder.with("c", "Text")) != digest);
}

TEST_CASE("all of a large file counts, to its last byte")
{
  const cm::tests::TemporaryFolder folder;
  std::string text(600'000, 'x');
  const std::string digest = file_digest(folder.with("a", text));
  CHECK(file_digest(folder.with("b", text)) == digest);
  text.back() = 'y';
  CHECK(file_digest(folder.with("b", text)) != digest);
  text.back() = 'x';
  text.pop_back();
  CHECK(file_digest(folder.with("b", text)) != digest);
}

TEST_CASE("a folder and a file that is not there have no digest")
{
  const cm::tests::TemporaryFolder folder;
  CHECK(file_digest(folder.path().string()).empty());
  CHECK(file_digest(folder.file("nowhere")).empty());
}
