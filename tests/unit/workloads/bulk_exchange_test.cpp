#include "tests/support/exchange_bench.h"
#include "workloads/exchanges/bulk_exchange.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::uint32_t Ranks = 8;

class Trial {
 public:
  explicit Trial(std::uint32_t first_die, const models::MachineSpec& machine = tests::small_machine())
      : bench_(machine, Ranks),
        exchange_(Ranks, bench_.place(first_die), [this](std::uint32_t /*generation*/) { return bytes_; })
  {
  }

  void run(std::vector<std::int64_t> bytes, std::vector<std::int64_t> by_lane = {})
  {
    bytes_ = {std::move(bytes), std::move(by_lane)};
    bench_.run(exchange_);
  }

  [[nodiscard]] const std::vector<double>& through() const { return bench_.through; }
  [[nodiscard]] std::uint64_t delivered() { return bench_.fabric().payload_bytes_delivered(); }

 private:
  BulkBytes bytes_;
  tests::ExchangeBench bench_;
  BulkExchange exchange_;
};

}  // namespace

TEST_CASE("equal shares take the start-up and the engine's time, wherever the group sits")
{
  const std::uint32_t first_die = GENERATE(0U, 12U, 24U);
  Trial exchange(first_die);
  exchange.run(std::vector<std::int64_t>(Ranks * Ranks, 10'000'000));
  // Seven peers at 180 GB/s after 5 us; the diagonal stays at home.
  const double engine = 7 * 10e6 / 180e3 + 5;
  for (const double time : exchange.through()) {
    CHECK(time > engine);
    CHECK(time < 1.05 * engine);
  }
  CHECK(exchange.delivered() == 8ULL * 7 * 10'000'000);
}

TEST_CASE("a rank with nothing to receive is through at once, and the next exchange works")
{
  Trial exchange(0);
  std::vector<std::int64_t> to_rank_1(Ranks * Ranks, 0);
  for (std::uint32_t source = 0; source < Ranks; ++source)
    to_rank_1[source * Ranks + 1] = 1000;
  exchange.run(to_rank_1);
  CHECK(exchange.through()[1] > 5);
  CHECK(std::ranges::count(exchange.through(), 0.0) == 7);
  exchange.run(std::vector<std::int64_t>(Ranks * Ranks, 1000));
  CHECK(std::ranges::count_if(exchange.through(), [](double time) { return time > 5; }) == Ranks);
  CHECK(exchange.delivered() == 7ULL * 1000 + 8ULL * 7 * 1000);
}

TEST_CASE("a rank that receives twice the bytes holds up itself only")
{
  Trial exchange(0);
  std::vector<std::int64_t> bytes(Ranks * Ranks, 10'000'000);
  for (std::uint32_t source = 0; source < Ranks; ++source)
    bytes[source * Ranks] = 20'000'000;
  exchange.run(bytes);
  const double others = *std::max_element(exchange.through().begin() + 1, exchange.through().end());
  CHECK(exchange.through()[0] > 1.2 * others);
  // Rank 0's lanes bring in 196 GB/s.
  CHECK(exchange.through()[0] > 7 * 20e6 / 196e3);
}

TEST_CASE("bytes that are told their lane take no other")
{
  models::MachineSpec machine = tests::small_machine();
  machine.ub.sub_plane_choice = topology::SubPlaneChoice::ByExpert;
  const auto time_with = [&](std::size_t lanes_used) {
    Trial exchange(0, machine);
    std::vector<std::int64_t> by_lane;
    for (std::uint32_t pair = 0; pair < Ranks * Ranks; ++pair)
      for (std::size_t lane = 0; lane < 7; ++lane)
        by_lane.push_back(lane < lanes_used ? 7'000'000 / static_cast<std::int64_t>(lanes_used) : 0);
    exchange.run(std::vector<std::int64_t>(Ranks * Ranks, 7'000'000), by_lane);
    CHECK(exchange.delivered() == 8ULL * 7 * 7'000'000);
    return exchange.through()[0];
  };
  // Seven peers' bytes over one lane of 28 GB/s; over all of them the engine's 180 GB/s are the limit.
  CHECK(time_with(1) == Approx(7 * 7e6 / 28e3).epsilon(0.05));
  const double even = time_with(7);
  CHECK(even >= 7 * 7e6 / 180e3);
  CHECK(even < 1.2 * 7 * 7e6 / 180e3);
}
