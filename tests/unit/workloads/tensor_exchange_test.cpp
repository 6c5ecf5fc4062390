#include "tests/support/exchange_bench.h"
#include "workloads/exchanges/tensor_exchange.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::workloads;
using models::TensorOperation;

namespace {

// `rounds` exchanges of all ranks, one after the other, each rank on its own clock.
class Groups {
 public:
  Groups(std::uint32_t ranks, std::uint32_t size, const models::TensorTask& task, std::uint32_t rounds = 1)
      : bench_(tests::small_machine(), ranks),
        exchange_(ranks, size, bench_.place(),
                  [task](std::uint32_t /*part*/, std::uint32_t /*rank*/) { return TensorKernel{task, 40}; }),
        rounds_(rounds), done(ranks)
  {
  }

  void run(const std::vector<Picoseconds>& starts)
  {
    bench_.run(exchange_, AfterAttention, starts, rounds_);
    done = bench_.through;
  }

  void run() { run(std::vector<Picoseconds>(done.size())); }

  [[nodiscard]] const sim::fabric::PacketFabric& fabric() { return bench_.fabric(); }

 private:
  tests::ExchangeBench bench_;
  TensorExchange exchange_;
  std::uint32_t rounds_;

 public:
  std::vector<double> done;  // us, [rank]
};

models::TensorTask task(TensorOperation operation, std::int64_t tokens, std::int64_t members)
{
  return {operation, tokens, 16384_B, members};
}

double earliest(const Groups& groups)
{
  return *std::ranges::min_element(groups.done);
}

double latest(const Groups& groups)
{
  return *std::ranges::max_element(groups.done);
}

}  // namespace

TEST_CASE("an all-reduce moves what a reduce-scatter and an all-gather move")
{
  const auto bytes = [](TensorOperation operation) {
    Groups groups(16, 4, task(operation, 8, 4));
    groups.run();
    CHECK(earliest(groups) > 0);
    return groups.fabric().payload_bytes_delivered();
  };
  // Each of 16 ranks sends 3 pieces of 2 rows in a phase.
  const std::uint64_t phase = 16ULL * 3 * 2 * 16384;
  CHECK(bytes(TensorOperation::ReduceScatter) == phase);
  CHECK(bytes(TensorOperation::AllGather) == phase);
  CHECK(bytes(TensorOperation::AllReduce) == 2 * phase);
}

TEST_CASE("an all-gather takes launch, its bytes through the write engine, and the way of data and flag")
{
  Groups groups(8, 8, task(TensorOperation::AllGather, 800, 8));
  groups.run();
  // 7 pieces of 100 rows at 100 GB/s behind 2 us; an acknowledged write and a flag take about 3 us.
  const double sending = 2 + 7 * 100 * 16384 / 100e3;
  CHECK(earliest(groups) > sending);
  CHECK(latest(groups) < 1.02 * sending + 4);
}

TEST_CASE("a reduce-scatter adds up what came: nine pieces of memory traffic for eight dies")
{
  Groups gather(8, 8, task(TensorOperation::AllGather, 800, 8));
  Groups reduce(8, 8, task(TensorOperation::ReduceScatter, 800, 8));
  gather.run();
  reduce.run();
  const double adding = 2 + 9 * 100 * 16384 / 1e6;  // usable 1 TB/s
  CHECK(latest(reduce) - latest(gather) == Approx(adding).epsilon(0.05));
}

TEST_CASE("no die is through before the last one of its group has started, and other groups do not wait")
{
  for (const auto operation : {TensorOperation::AllReduce, TensorOperation::ReduceScatter, TensorOperation::AllGather})
    for (const std::int64_t tokens : {1, 7, 64}) {
      Groups groups(8, 4, task(operation, tokens, 4));
      std::vector<Picoseconds> starts(8, Picoseconds(0));
      starts[2] = to_picoseconds(500_us);
      groups.run(starts);
      for (std::size_t rank = 0; rank < 4; ++rank)
        CHECK(groups.done[rank] > 500);
      for (std::size_t rank = 4; rank < 8; ++rank)
        CHECK((groups.done[rank] > 0 && groups.done[rank] < 500));
    }
}

TEST_CASE("exchanges follow one another without mixing up their pieces")
{
  Groups once(8, 4, task(TensorOperation::AllReduce, 5, 4), 1);
  Groups many(8, 4, task(TensorOperation::AllReduce, 5, 4), 20);
  once.run();
  many.run();
  CHECK(earliest(many) > 0);
  CHECK(many.fabric().payload_bytes_delivered() == 20 * once.fabric().payload_bytes_delivered());
  CHECK(latest(many) == Approx(20 * latest(once)).epsilon(0.1));
}

TEST_CASE("a group that spans two nodes takes longer than one inside a node")
{
  Groups inside(16, 16, task(TensorOperation::AllReduce, 16, 16));
  Groups across(32, 32, task(TensorOperation::AllReduce, 16, 32));
  inside.run();
  across.run();
  CHECK(latest(across) > latest(inside));
}
