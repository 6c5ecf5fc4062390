#include "workloads/serving/routers/decode_routers.h"

#include <catch2/catch.hpp>

#include <set>
#include <vector>

using namespace cm::workloads;

namespace {

std::uint32_t chosen(std::string_view router, const std::vector<DecodeLoad>& loads, std::uint64_t routed = 0)
{
  return find_decode_router(router)->choose({.loads = loads, .routed = routed});
}

}  // namespace

TEST_CASE("round-robin takes the decode instances in turn, however loaded")
{
  const std::vector<DecodeLoad> loads{{9, 9000}, {0, 0}, {1, 10}};
  std::vector<std::uint32_t> instances;
  for (std::uint64_t routed = 0; routed < 5; ++routed)
    instances.push_back(chosen("round-robin", loads, routed));
  CHECK(instances == std::vector<std::uint32_t>{0, 1, 2, 0, 1});
}

TEST_CASE("least-loaded takes the decode instance with the fewest requests, then tokens, then the first")
{
  CHECK(chosen("least-loaded", {{3, 10}, {2, 9000}, {3, 0}}, 5) == 1);
  CHECK(chosen("least-loaded", {{2, 900}, {2, 800}, {2, 801}}) == 1);
  CHECK(chosen("least-loaded", {{2, 900}, {2, 800}, {2, 800}}) == 1);
}

TEST_CASE("every row of decode routers has a name of its own, a sentence and a rule")
{
  std::set<std::string_view> names;
  for (const DecodeRouter& row : decode_routers()) {
    CHECK(names.insert(row.name).second);
    CHECK(row.sentence.size() > 10);
    CHECK(row.choose != nullptr);
    CHECK(find_decode_router(row.name) == &row);
  }
  CHECK(find_decode_router("nearest") == nullptr);
}
