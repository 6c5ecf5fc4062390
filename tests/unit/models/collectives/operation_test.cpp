// Demand of collectives: bytes of a pair, of a share and of the busiest rank, each worked out by hand.
#include "models/collectives/operation.h"

#include <catch2/catch.hpp>

#include <array>
#include <utility>

using namespace cm;
using namespace cm::models;

namespace {

CollectiveQuestion question(Operation operation, std::uint32_t ranks, Bytes bytes, double hot_factor = 1)
{
  return {.operation = operation, .ranks = ranks, .bytes = bytes, .hot_factor = hot_factor};
}

}  // namespace

TEST_CASE("a hot rank's message is rounded to whole bytes once, and only rank 0 of an all-to-all is hot")
{
  const CollectiveQuestion hot = question(Operation::AllToAll, 4, 5_B, 1.5);
  CHECK(pair_bytes(hot, 0) == 8_B);
  CHECK(pair_bytes(hot, 1) == 5_B);
  CHECK(pair_bytes(question(Operation::Incast, 4, 5_B, 1.5), 0) == 5_B);
  CHECK(pair_bytes(question(Operation::AllToAll, 4, 5_B, 0), 0) == 0_B);
}

TEST_CASE("the busiest rank moves its bytes times the other ranks, but for what an operation saves")
{
  const Bytes bytes = 70_B;
  const std::array<std::pair<Operation, Bytes>, 8> demands{{
      {Operation::AllToAll, 420_B},
      {Operation::AllGather, 420_B},
      {Operation::ReduceScatter, 420_B},
      {Operation::AllReduce, 120_B},  // all but an own seventh, out and back
      {Operation::Broadcast, 70_B},
      {Operation::Permutation, 70_B},
      {Operation::Incast, 420_B},
      {Operation::FanOut, 420_B},
  }};
  for (const auto& [operation, least] : demands) {
    INFO(row_of(operation).name);
    CHECK(least_bytes(question(operation, 7, bytes)) == least);
  }
}

TEST_CASE("an all-to-all demands what its hot rank receives, and a cold one no less than the others receive")
{
  CHECK(least_bytes(question(Operation::AllToAll, 5, 100_B, 2.5)) == 1000_B);
  CHECK(least_bytes(question(Operation::AllToAll, 5, 100_B, 0.5)) == 400_B);
}

TEST_CASE("a vector of few bytes gives late ranks the rest and no rank more than one byte above another")
{
  const CollectiveQuestion asked = question(Operation::AllReduce, 4, 6_B);
  CHECK(share_of(asked, 0) == 1_B);
  CHECK(share_of(asked, 1) == 2_B);
  CHECK(share_of(asked, 2) == 1_B);
  CHECK(share_of(asked, 3) == 2_B);
  // Where every rank has a share of its own, the bytes are that share.
  CHECK(share_of(question(Operation::AllGather, 4, 6_B), 3) == 6_B);
}
