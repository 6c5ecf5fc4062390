#include "sim/diagnostics/errors.h"
#include "tests/support/packed_file.h"
#include "tests/support/tar_entry.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/tar_file.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;
using tests::tar_end;
using tests::tar_entry;

TEST_CASE("files of a tar archive come one after the other, plain or packed, without its folders")
{
  const tests::TemporaryFolder folder;
  const std::string long_content(1000, 'x');
  const std::string content =
      tar_entry("a/", "", '5') + tar_entry("a/one.txt", "hello") + tar_entry("two", long_content) + tar_end();
  const bool is_packed = GENERATE(false, true);
  TarFile archive(is_packed ? tests::packed(folder.file("a.tar.gz"), content) : folder.with("a.tar", content), 4096);
  TarEntry entry;
  REQUIRE(archive.next(entry));
  CHECK(entry.name == "a/one.txt");
  CHECK(entry.content == "hello");
  REQUIRE(archive.next(entry));
  CHECK(entry.name == "two");
  CHECK(entry.content == long_content);
  CHECK_FALSE(archive.next(entry));
}

TEST_CASE("512 bytes decide whether a file begins like a tar archive")
{
  const std::string archive = tar_entry("a", "b");
  CHECK(begins_like_tar(archive.substr(0, 512)));
  CHECK_FALSE(begins_like_tar(archive.substr(0, 511)));
  CHECK_FALSE(begins_like_tar(std::string(512, 'a')));
}

TEST_CASE("a tar archive that is cut off, or too large, is refused with its place")
{
  const tests::TemporaryFolder folder;
  TarEntry entry;
  const auto refusal = [&](const std::string& content, std::size_t limit) -> std::string {
    TarFile archive(folder.with("a.tar", content), limit);
    try {
      while (archive.next(entry)) {
      }
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  const std::string one = tar_entry("a", std::string(600, 'x'));
  CHECK(refusal(one + tar_end(), 600).empty());
  CHECK(refusal(one + tar_end(), 599).find("byte 0: expected files of at most") != std::string::npos);
  CHECK(refusal(one + one + one + one + tar_end(), 600).find("byte 3072: expected files") != std::string::npos);
  CHECK(refusal(one.substr(0, 1000), 600).find("byte 0: expected a whole file") != std::string::npos);
  CHECK(refusal(one, 600).find("byte 1536: expected a file of a tar archive") != std::string::npos);
}
