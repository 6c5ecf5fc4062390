#include "models/collectives/collective_table.h"

#include <catch2/catch.hpp>

#include <set>

using namespace cm;
using namespace cm::models;

namespace {

CollectiveQuestion all_reduce(std::uint32_t ranks, Bytes bytes)
{
  return {.operation = Operation::AllReduce, .ranks = ranks, .ranks_per_group = 16, .bytes = bytes};
}

}  // namespace

TEST_CASE("every operation and every algorithm has a name of its own and a sentence")
{
  std::set<std::string_view> names;
  for (const OperationRow& row : operation_table()) {
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.sentence.empty());
    CHECK(find_operation(row.name) == row.operation);
  }
  for (const Algorithm& row : collective_table()) {
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.sentence.empty());
    CHECK(find_algorithm(row.name) == &row);
  }
  CHECK(find_operation("all-too-all") == std::nullopt);
  CHECK(find_algorithm("rung") == nullptr);
}

TEST_CASE("every operation has an algorithm and patterns have one only")
{
  for (const OperationRow& row : operation_table()) {
    int answers = 0;
    for (const Algorithm& algorithm : collective_table())
      answers += algorithm.problem({.operation = row.operation, .ranks = 32, .ranks_per_group = 16}) ? 0 : 1;
    const bool is_pattern = row.operation == Operation::Permutation || row.operation == Operation::Incast ||
                            row.operation == Operation::FanOut;
    CHECK(answers == (is_pattern ? 1 : row.operation == Operation::Broadcast ? 3 : 4));
  }
}

TEST_CASE("hierarchical wants whole nodes and more than one")
{
  const Algorithm& hierarchical = *find_algorithm("hierarchical");
  CHECK_FALSE(hierarchical.problem(all_reduce(32, 1_MiB)));
  CHECK_THAT(hierarchical.problem(all_reduce(16, 1_MiB)).value_or(""), Catch::Contains("found 16 ranks"));
  CHECK_THAT(hierarchical.problem(all_reduce(33, 1_MiB)).value_or(""), Catch::Contains("found 33 ranks"));
}

TEST_CASE("the best algorithm is the one with the fewest bytes or the fewest steps")
{
  const std::vector<ProtocolSpec> one{{"only", Seconds(2e-6), Seconds(1e-6), Seconds(0), 100_GBps}};
  const CollectiveMachine machine{one, 196_GBps, BytesPerSecond(1e12)};
  CHECK(best_algorithm(all_reduce(16, 1_KiB), machine).name == "direct");
  // A broadcast straight from rank 0 sends the vector n-1 times; around a ring it is sent twice.
  CHECK(best_algorithm({.operation = Operation::Broadcast, .ranks = 16, .ranks_per_group = 16, .bytes = 1_GiB}, machine)
            .name == "ring");
  CHECK(best_algorithm({.operation = Operation::Broadcast, .ranks = 16, .ranks_per_group = 16, .bytes = 1_KiB}, machine)
            .name == "direct");
}
