#include "models/collectives/tensor_operation.h"

#include <catch2/catch.hpp>

#include <numeric>
#include <vector>

using namespace cm;
using namespace cm::models;

TEST_CASE("tokens are dealt as evenly as they go")
{
  const auto shares = [](std::int64_t tokens, std::int64_t members) {
    std::vector<std::int64_t> all;
    for (std::int64_t member = 0; member < members; ++member)
      all.push_back(token_share(tokens, members, member));
    return all;
  };
  CHECK(shares(10, 4) == std::vector<std::int64_t>{3, 3, 2, 2});
  CHECK(shares(8, 4) == std::vector<std::int64_t>{2, 2, 2, 2});
  CHECK(shares(1, 3) == std::vector<std::int64_t>{1, 0, 0});
}

TEST_CASE("pieces add up to the rows")
{
  for (const auto operation : {TensorOperation::AllReduce, TensorOperation::ReduceScatter, TensorOperation::AllGather})
    for (const std::int64_t tokens : {0, 1, 7, 96}) {
      const TensorTask task{operation, tokens, 14336_B, 6};
      Bytes sum;
      for (std::int64_t member = 0; member < task.members; ++member)
        sum += piece_of(task, member);
      CHECK(sum == 14336_B * tokens);
    }
}

TEST_CASE("an all-reduce cuts a single row, a reduce-scatter does not")
{
  CHECK(piece_of({TensorOperation::AllReduce, 1, 8192_B, 8}, 7) == 1024_B);
  CHECK(piece_of({TensorOperation::ReduceScatter, 1, 8192_B, 8}, 0) == 8192_B);
  CHECK(piece_of({TensorOperation::ReduceScatter, 1, 8192_B, 8}, 7) == 0_B);
}

TEST_CASE("a reduction reads a piece of every member and writes one")
{
  const Operator op = reduction_operator(1000_B, 8);
  CHECK(op.traffic == 9000_B);
  CHECK(op.unit == Unit::Vector);
}
