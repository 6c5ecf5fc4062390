#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/placement_file.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

std::string numpy(const std::string& header, const std::string& numbers)
{
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  return bytes + header + numbers;
}

std::string header(const std::string& shape, const std::string& type = "<i4")
{
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

std::string integers(const std::vector<int>& values)
{
  std::string bytes;
  for (const int value : values)
    bytes += std::string{static_cast<char>(value), 0, 0, 0};
  return bytes;
}

// Two ranks, two layers, three experts: expert 1 of the second layer on both ranks.
const std::vector<int> Good{1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1};

std::vector<std::string> problems_of(const tests::TemporaryFolder& folder, const std::string& content)
{
  auto read = read_placement(folder.with("a.npy", content));
  REQUIRE(std::holds_alternative<std::vector<std::string>>(read));
  return std::get<std::vector<std::string>>(read);
}

}  // namespace

TEST_CASE("a placement with differently full ranks in a layer is refused")
{
  const tests::TemporaryFolder folder;
  CHECK_THAT(problems_of(folder, numpy(header("(2, 2, 3)"), integers(Good))).at(0),
             Catch::EndsWith("layer 0: expected as many experts on every rank, found 2 on rank 0 and 1 on rank 1"));
}

TEST_CASE("a placement is read, packed or not, and layers may differ in redundancy")
{
  const tests::TemporaryFolder folder;
  // Two ranks, two layers, two experts.
  const std::vector<int> values{1, 0, 1, 1, 0, 1, 1, 1};
  const std::string four_bytes = numpy(header("(2, 2, 2)"), integers(values));
  const std::string one_byte = numpy(header("(2, 2, 2)", "|b1"), {1, 0, 1, 1, 0, 1, 1, 1});
  for (const std::string& path : {folder.with("a.npy", four_bytes), tests::packed(folder.file("a.npy.gz"), four_bytes),
                                  folder.with("b.npy", one_byte)}) {
    auto read = read_placement(path);
    REQUIRE(std::holds_alternative<models::PlacementTable>(read));
    const auto& table = std::get<models::PlacementTable>(read);
    CHECK(table.ranks == 2);
    CHECK(table.holders(0, 1) == std::vector<std::uint32_t>{1});
    CHECK(table.holders(1, 0) == std::vector<std::uint32_t>{0, 1});
    CHECK(table.redundant(0) == 0);
    CHECK(table.redundant(1) == 2);
  }
}

TEST_CASE("an expert that no rank holds and numbers that are neither 0 nor 1 are told")
{
  const tests::TemporaryFolder folder;
  CHECK_THAT(problems_of(folder, numpy(header("(2, 1, 2)"), integers({1, 0, 1, 0}))).at(0),
             Catch::EndsWith("layer 0: expected expert 1 on at least one rank, found it on none"));
  const auto problems = problems_of(folder, numpy(header("(2, 1, 2)"), integers({1, 2, 3, 1})));
  REQUIRE(problems.size() == 2);
  CHECK_THAT(problems[0], Catch::EndsWith("rank 0, layer 0, expert 1: expected 0 or 1, found 2"));
}

TEST_CASE("what is no NumPy array of ranks, layers and experts is refused")
{
  const tests::TemporaryFolder folder;
  CHECK_THAT(problems_of(folder, "rank,layer").at(0),
             Catch::EndsWith("expected a NumPy file (.npy) or an expert map ({\"layer_list\": ...}), found neither"));
  CHECK_THAT(problems_of(folder, numpy(header("(2, 2)"), integers(Good))).at(0),
             Catch::Contains("expected the shape (ranks, layers, experts)"));
  CHECK_THAT(problems_of(folder, numpy(header("(2, 2, 3)", "<f8"), integers(Good))).at(0),
             Catch::Contains("expected integers such as '<i4'"));
  CHECK_THAT(problems_of(folder, numpy(header("(2, 2, 3)"), integers({1, 0}))).at(0),
             Catch::EndsWith("expected 48 bytes behind the header, found 8"));
}

TEST_CASE("extents that no file can hold are refused before a number is read")
{
  const tests::TemporaryFolder folder;
  // Their product is 2^64 bytes, which 64 bits hold as 0; then 3 bytes.
  CHECK_THAT(
      problems_of(folder, numpy(header("(4294967296, 2, 536870912)"), "")).at(0),
      Catch::Contains("a.npy:1:1: byte 8: expected at most 1000000000 bytes of numbers, found the shape (42949"));
  CHECK_THAT(problems_of(folder, numpy(header("(6148914691236517205, 3, 1)", "|u1"), "111")).at(0),
             Catch::Contains("expected at most 1000000000 bytes of numbers"));
  CHECK_THAT(problems_of(folder, numpy(header("(1, 1, 99999999999999999999)"), "")).at(0),
             Catch::Contains("expected the shape (ranks, layers, experts)"));
  CHECK_THAT(problems_of(folder, numpy(header("(1, 2000, 1)", "|u1"), std::string(2000, '\1'))).at(0),
             Catch::Contains("expected at most 1000 layers, found 2000"));
}

TEST_CASE("a header that was cut off, or says that it is longer than the file, is refused")
{
  const tests::TemporaryFolder folder;
  CHECK_THAT(problems_of(folder, std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14)).at(0),
             Catch::Contains("expected at most 65536 bytes of header, found 4294967295"));
  CHECK_THAT(problems_of(folder, std::string("\x93NUMPY\x01\x00\x70\x00{}", 12)).at(0),
             Catch::Contains("expected 112 bytes of header, found the end of the file"));
  CHECK_THAT(problems_of(folder, numpy(header("(2, 2, 2)", "\x1b[2J"), "")).at(0), Catch::Contains("\\x1b[2J"));
}
