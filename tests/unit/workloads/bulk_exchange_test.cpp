#include "tests/support/small_machine.h"
#include "workloads/prefill/bulk_exchange.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::uint32_t Ranks = 8;

class Exchange final : public sim::streams::DataPlaneClient {
 public:
  explicit Exchange(std::uint32_t first_die)
      : machine_(tests::small_machine()), supernode_(machine_.topology),
        plane_(models::data_plane_spec(machine_, supernode_, 1)), engines_(machine_, plane_.fabric()),
        exchange_(first_die, Ranks, machine_, plane_, engines_, Base)
  {
    plane_.set_client(*this);
  }

  void run(std::vector<std::int64_t> bytes)
  {
    through.assign(Ranks, -1);
    exchange_.open(generation_, std::move(bytes));
    for (std::uint32_t rank = 0; rank < Ranks; ++rank)
      if (exchange_.send(generation_, rank))
        through[rank] = 0;
    plane_.run(sim::fabric::Calendar::Never - 1);
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
