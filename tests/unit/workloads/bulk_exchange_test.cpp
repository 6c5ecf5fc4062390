#include "tests/support/small_machine.h"
#include "workloads/exchanges/bulk_exchange.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::uint32_t Ranks = 8;

class Exchange final : public sim::streams::DataPlaneClient {
 public:
  explicit Exchange(std::uint32_t first_die, models::MachineSpec machine = tests::small_machine())
      : machine_(std::move(machine)), supernode_(machine_.topology),
        plane_(models::data_plane_spec(machine_, supernode_, 1)), engines_(machine_, plane_.fabric()),
        exchange_(first_die, Ranks, machine_, plane_, engines_, Base)
  {
    plane_.set_client(*this);
  }

  void run(std::vector<std::int64_t> bytes, std::vector<std::int64_t> by_lane = {})
  {
    through.assign(Ranks, -1);
    exchange_.open(generation_, {std::move(bytes), std::move(by_lane)});
    for (std::uint32_t rank = 0; rank < Ranks; ++rank)
      if (exchange_.send(generation_, rank))
        through[rank] = 0;
    plane_.run(sim::calendar::Calendar::Never - 1);
    ++generation_;
  }

  void on_notice(std::uint64_t notice, Picoseconds now) override
  {
    REQUIRE(notice >= Base);
    if (exchange_.on_notice(notice - Base)) {
      REQUIRE(through.at(BulkExchange::rank_of(notice - Base)) < 0);
      through[BulkExchange::rank_of(notice - Base)] = microseconds(now);
    }
  }

  [[nodiscard]] std::uint64_t delivered() const { return plane_.fabric().payload_bytes_delivered(); }

  std::vector<double> through;  // us, [rank]

 private:
  static constexpr std::uint64_t Base = 3ULL << 20U;
  models::MachineSpec machine_;
  topology::Supernode supernode_;
  sim::streams::DataPlane plane_;
  models::EndpointEngines engines_;
  BulkExchange exchange_;
  std::uint32_t generation_ = 0;
};

}  // namespace

TEST_CASE("equal shares take the start-up and the engine's time, wherever the group sits")
{
  const std::uint32_t first_die = GENERATE(0U, 12U, 24U);
  Exchange exchange(first_die);
  exchange.run(std::vector<std::int64_t>(Ranks * Ranks, 10'000'000));
  // Seven peers at 180 GB/s after 5 us; the diagonal stays at home.
  const double engine = 7 * 10e6 / 180e3 + 5;
  for (const double time : exchange.through) {
    CHECK(time > engine);
    CHECK(time < 1.05 * engine);
  }
  CHECK(exchange.delivered() == 8ULL * 7 * 10'000'000);
}

TEST_CASE("a rank with nothing to receive is through at once, and the next exchange works")
{
  Exchange exchange(0);
  std::vector<std::int64_t> to_rank_1(Ranks * Ranks, 0);
  for (std::uint32_t source = 0; source < Ranks; ++source)
    to_rank_1[source * Ranks + 1] = 1000;
  exchange.run(to_rank_1);
  CHECK(exchange.through[1] > 5);
  CHECK(std::ranges::count(exchange.through, 0.0) == 7);
  exchange.run(std::vector<std::int64_t>(Ranks * Ranks, 1000));
  CHECK(std::ranges::count_if(exchange.through, [](double time) { return time > 5; }) == Ranks);
  CHECK(exchange.delivered() == 7ULL * 1000 + 8ULL * 7 * 1000);
}

TEST_CASE("a rank that receives twice the bytes holds up itself only")
{
  Exchange exchange(0);
  std::vector<std::int64_t> bytes(Ranks * Ranks, 10'000'000);
  for (std::uint32_t source = 0; source < Ranks; ++source)
    bytes[source * Ranks] = 20'000'000;
  exchange.run(bytes);
  const double others = *std::max_element(exchange.through.begin() + 1, exchange.through.end());
  CHECK(exchange.through[0] > 1.2 * others);
  // Rank 0's lanes bring in 196 GB/s.
  CHECK(exchange.through[0] > 7 * 20e6 / 196e3);
}

TEST_CASE("bytes that are told their lane take no other")
{
  models::MachineSpec machine = tests::small_machine();
  machine.ub.sub_plane_choice = topology::SubPlaneChoice::ByExpert;
  const auto time_with = [&](std::size_t lanes_used) {
    Exchange exchange(0, machine);
    std::vector<std::int64_t> by_lane;
    for (std::uint32_t pair = 0; pair < Ranks * Ranks; ++pair)
      for (std::size_t lane = 0; lane < 7; ++lane)
        by_lane.push_back(lane < lanes_used ? 7'000'000 / static_cast<std::int64_t>(lanes_used) : 0);
    exchange.run(std::vector<std::int64_t>(Ranks * Ranks, 7'000'000), by_lane);
    CHECK(exchange.delivered() == 8ULL * 7 * 7'000'000);
    return exchange.through[0];
  };
  // Seven peers' bytes over one lane of 28 GB/s; over all of them the engine's 180 GB/s are the limit.
  CHECK(time_with(1) == Approx(7 * 7e6 / 28e3).epsilon(0.05));
  const double even = time_with(7);
  CHECK(even >= 7 * 7e6 / 180e3);
  CHECK(even < 1.2 * 7 * 7e6 / 180e3);
}
