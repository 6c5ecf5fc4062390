#include "tests/support/card_machine.h"
#include "tests/support/exchange_bench.h"
#include "workloads/exchanges/fused_exchange.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::workloads;
using models::FlagModel;
using models::MachineSpec;

namespace {

void lay_out(const std::vector<std::uint32_t>& tokens, ExchangeTraffic& traffic)
{
  const auto ranks = static_cast<std::uint32_t>(tokens.size());
  const models::Gate gate({.routing = models::Routing::Uniform, .experts = 256, .top_k = 8, .profile = {}}, 0);
  const models::Placement placement({.ranks = ranks, .routed = 256}, models::PlacementRule::Contiguous, gate.loads());
  sim::RandomStream random(1, "gate");
  route_tokens({gate, placement, SharedMessages::None, 8}, tokens, random, traffic);
}

// One exchange of all ranks on two nodes. Ranks start together, but for those that are told to be late.
class Trial {
 public:
  Trial(const MachineSpec& machine, std::uint32_t ranks)
      : bench_(machine, ranks),
        exchange_({.ranks = ranks, .cores = 40, .row = Bytes(2 * 7168), .quantised = true, .rows_per_token = 8},
                  bench_.place(), [this](std::uint32_t /*generation*/, ExchangeTraffic& traffic) {
                    lay_out(tokens_, traffic);
                    return tokens_;
                  })
  {
    bench_.last_part = CombinePart;
  }

  void dispatch(const std::vector<std::uint32_t>& tokens, const std::vector<Picoseconds>& starts)
  {
    tokens_ = tokens;
    bench_.run(exchange_, DispatchPart, starts);
    dispatched = bench_.through;
    waited = bench_.waited;
  }

  void combine()
  {
    bench_.run(exchange_, CombinePart);
    combined = bench_.through;
  }

  [[nodiscard]] const sim::fabric::PacketFabric& fabric() { return bench_.fabric(); }

  std::vector<double> dispatched;  // us, [rank]
  std::vector<double> waited;
  std::vector<double> combined;

 private:
  std::vector<std::uint32_t> tokens_;
  tests::ExchangeBench bench_;
  FusedExchange exchange_;
};

double latest(const std::vector<double>& times)
{
  return *std::ranges::max_element(times);
}

double earliest(const std::vector<double>& times)
{
  return *std::ranges::min_element(times);
}

MachineSpec machine_with(FlagModel flags)
{
  MachineSpec machine = tests::small_machine();
  machine.ub.flags = flags;
  return machine;
}

std::vector<Picoseconds> together()
{
  return std::vector<Picoseconds>(32);
}

}  // namespace

TEST_CASE("every rank gets through dispatch and combine and all bytes arrive")
{
  Trial exchange(tests::small_machine(), 32);
  exchange.dispatch(std::vector<std::uint32_t>(32, 64), together());
  CHECK(earliest(exchange.dispatched) > 0);
  CHECK(exchange.fabric().payload_bytes_delivered() == 32ULL * 64 * 8 * 7680);
  exchange.combine();
  CHECK(earliest(exchange.combined) > latest(exchange.dispatched));
  CHECK(exchange.fabric().payload_bytes_delivered() == 32ULL * 64 * 8 * (7680 + 14336));
  CHECK(exchange.fabric().flows_in_flight() == 0);
}

TEST_CASE("dispatch takes at least what its engine and its fixed steps take")
{
  Trial exchange(tests::small_machine(), 32);
  exchange.dispatch(std::vector<std::uint32_t>(32, 64), together());
  const models::ExchangeSpec& die = tests::round_die().exchange;
  // 1 of 32 messages stays at home; the engine's 100 GB/s take the others.
  const double sending = 64 * 8 * 7680 / 100e3 * 31 / 32;
  CHECK(earliest(exchange.dispatched) > 0.9 * sending + microseconds(die.launch + die.synchronise));
}

TEST_CASE("flags as latency and as packets agree")
{
  const std::uint32_t tokens = GENERATE(8U, 64U, 128U);
  Trial latency(machine_with(FlagModel::Latency), 32);
  Trial packets(machine_with(FlagModel::Packets), 32);
  latency.dispatch(std::vector<std::uint32_t>(32, tokens), together());
  packets.dispatch(std::vector<std::uint32_t>(32, tokens), together());
  CHECK(latest(packets.dispatched) == Approx(latest(latency.dispatched)).epsilon(0.01));
  for (std::size_t rank = 0; rank < 32; ++rank)
    CHECK(packets.dispatched[rank] == Approx(latency.dispatched[rank]).epsilon(0.01));
}

TEST_CASE("a rank that starts late holds up the barrier for all")
{
  const FlagModel flags = GENERATE(FlagModel::Latency, FlagModel::Packets);
  Trial on_time(machine_with(flags), 32);
  on_time.dispatch(std::vector<std::uint32_t>(32, 64), together());
  Trial late(machine_with(flags), 32);
  std::vector<Picoseconds> starts = together();
  starts[5] = Picoseconds(100'000'000);
  late.dispatch(std::vector<std::uint32_t>(32, 64), starts);
  // The late rank has the fabric to itself, so it may make up a little.
  CHECK(earliest(late.dispatched) > earliest(on_time.dispatched) + 85);
  CHECK(latest(late.dispatched) < latest(on_time.dispatched) + 101);
  // All but the late one wait for it.
  for (std::uint32_t rank = 0; rank < 32; ++rank) {
    INFO("rank " << rank);
    CHECK((rank == 5 ? late.waited[rank] < 5 : late.waited[rank] > 80));
  }
}

TEST_CASE("ranks without tokens take part in the barrier and end")
{
  std::vector<std::uint32_t> tokens(32, 16);
  tokens[3] = 0;
  tokens[20] = 0;
  Trial exchange(tests::small_machine(), 32);
  exchange.dispatch(tokens, together());
  CHECK(earliest(exchange.dispatched) > 0);
  exchange.combine();
  CHECK(earliest(exchange.combined) > 0);
}

TEST_CASE("an exchange inside a node is faster than between nodes")
{
  Trial inside(tests::small_machine(), 16);
  Trial between(tests::small_machine(), 32);
  inside.dispatch(std::vector<std::uint32_t>(16, 64), std::vector<Picoseconds>(16));
  between.dispatch(std::vector<std::uint32_t>(32, 64), together());
  CHECK(latest(inside.dispatched) < latest(between.dispatched));
}

TEST_CASE("rows over RDMA leave by the adapter, as fast as the cores post them")
{
  const auto time_with = [](Seconds post) {
    MachineSpec machine = tests::machine_with_cards();
    machine.rdma.post = post;
    Trial exchange(tests::on_cards(models::CardPlane::Rdma, machine), 32);
    exchange.dispatch(std::vector<std::uint32_t>(32, 64), together());
    CHECK(exchange.fabric().payload_bytes_delivered() == 32ULL * 64 * 8 * 7680);
    return latest(exchange.dispatched);
  };
  // An adapter takes a row in 384 ns; 31 of 32 rows leave their die, and no rank gets much more than the mean.
  const double sending = 64 * 8 * 7680 * 50e-6 * 31 / 32;
  const double posted = time_with(0_us);
  CHECK(posted > sending);
  // Forty cores post a row every 25 ns: only the first post and those of the flags are seen.
  CHECK(time_with(1_us) < posted + 1 + 0.8 + 0.1);
  // Every 2 us: slower than the adapter.
  CHECK(time_with(80_us) > 64 * 8 * 2);
}
