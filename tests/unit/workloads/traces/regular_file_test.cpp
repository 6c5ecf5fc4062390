#include "sim/diagnostics/errors.h"
#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/regular_file.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::string Text = "first\nsecond\r\n\nlast without an end";

std::vector<std::string> lines_of(const std::string& path)
{
  RegularFile file(path);
  std::vector<std::string> lines;
  for (std::string line; file.next_line(line);)
    lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a plain and a gzip file give the same lines")
{
  const tests::TemporaryFolder folder;
  const std::vector<std::string> expected{"first", "second", "", "last without an end"};
  CHECK(lines_of(folder.with("plain.txt", Text)) == expected);
  CHECK(lines_of(tests::packed(folder.file("packed.txt.gz"), Text)) == expected);
  // The first bytes of a file decide, not its name.
  CHECK(lines_of(tests::packed(folder.file("packed.txt"), Text)) == expected);
}

TEST_CASE("lines longer than the buffer stay whole and have positions")
{
  const tests::TemporaryFolder folder;
  const std::string is_long(200'000, 'x');
  RegularFile file(folder.with("long.txt", is_long + "\nshort\n"));
  std::string line;
  REQUIRE(file.next_line(line));
  CHECK(line == is_long);
  REQUIRE(file.next_line(line));
  CHECK(line == "short");
  CHECK(to_text(file.position(3)) == folder.file("long.txt") + ":2:3");
  CHECK_FALSE(file.next_line(line));
}

TEST_CASE("the rest of a file follows the lines that were read")
{
  const tests::TemporaryFolder folder;
  RegularFile file(tests::packed(folder.file("a.gz"), "one\ntwo\nthree"));
  std::string line;
  file.next_line(line);
  CHECK(file.rest(100) == "two\nthree");
  CHECK(file.rest(100).empty());
  CHECK_THROWS_WITH(read_input(folder.file("a.gz"), 5), Catch::Contains("expected at most 5 bytes"));
}

TEST_CASE("the beginning of a file is looked at and read again")
{
  const tests::TemporaryFolder folder;
  RegularFile file(tests::packed(folder.file("a.gz"), "one\ntwo\nthree"));
  CHECK(file.beginning(3) == "one");
  std::string line;
  REQUIRE(file.next_line(line));
  CHECK(line == "one");
  CHECK(file.take(5) == "two\nt");
  CHECK(file.take(100) == "hree");
}

TEST_CASE("what is packed is not unpacked beyond its limits")
{
  const tests::TemporaryFolder folder;
  std::string line;
  // 40 KiB of file for 40 MiB of text.
  RegularFile endless(tests::packed(folder.file("line.gz"), "{}\n" + std::string(std::size_t{40} << 20U, 'x')));
  REQUIRE(endless.next_line(line));
  CHECK_THROWS_WITH(endless.next_line(line),
                    folder.file("line.gz") + ":2:1: expected a line of at most 16 MiB, found a longer one");
  RegularFile empty(tests::packed(folder.file("empty.gz"), std::string(MostEmptyLines + 2, '\n')));
  const auto read_all = [&] {
    while (empty.next_line(line)) {
    }
  };
  CHECK_THROWS_WITH(read_all(), Catch::Contains("expected text, found 1000001 empty lines"));
}

TEST_CASE("a file that cannot be read is named")
{
  const tests::TemporaryFolder folder;
  CHECK_THROWS_WITH(RegularFile(folder.file("none.gz")), Catch::Contains("none.gz:1:1: expected a readable file"));
  CHECK_THROWS_WITH(RegularFile("/dev/zero"), "/dev/zero:1:1: expected a file, found a device");
  CHECK_THROWS_AS(read_input(folder.path().string(), 10), ConfigError);
}

TEST_CASE("a gzip file that was cut off is not taken for a shorter one")
{
  const tests::TemporaryFolder folder;
  std::string content;
  for (int i = 0; i < 10'000; ++i)
    content += std::to_string(i * 7919);
  const std::string whole = tests::content_of(tests::packed(folder.file("whole.gz"), content));
  const std::string cut = folder.with("cut.gz", whole.substr(0, whole.size() / 2));
  CHECK_THROWS_WITH(read_input(cut, 1'000'000), Catch::Contains("cut.gz:1:1: cannot be read"));
  const auto lines = tests::content_of(tests::packed(folder.file("lines.gz"), "one\ntwo\n" + content));
  std::string line;
  RegularFile file(folder.with("short.gz", lines.substr(0, lines.size() / 2)));
  CHECK(file.next_line(line));
  CHECK(file.next_line(line));
  CHECK_THROWS_WITH(file.next_line(line), Catch::Contains("short.gz:3:1: cannot be read: the compressed data end"));
}
