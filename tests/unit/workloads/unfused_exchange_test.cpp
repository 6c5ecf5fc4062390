#include "tests/support/exchange_bench.h"
#include "workloads/exchanges/expert_exchange.h"
#include "workloads/exchanges/rank_timeline.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

using namespace cm;
using namespace cm::workloads;
using models::MachineSpec;

namespace {

// One protocol, so that nothing is chosen.
MachineSpec unfused_machine()
{
  MachineSpec machine = tests::small_machine();
  machine.die.protocols = {
      {.name = "sdma", .launch = 5_us, .step = 1_us, .message = 200_ns, .rate = BytesPerSecond(180e9)}};
  return machine;
}

struct Times {
  std::vector<double> dispatched;  // us, [rank]
  std::vector<double> combined;
  std::uint64_t bytes = 0;  // on the fabric, local rows excluded
};

// One dispatch and one combine of 32 ranks, all of which start at once.
class Trial {
 public:
  Trial(const MachineSpec& machine, ExchangeKind kind, bool quantised)
      : bench_(machine, Ranks),
        exchange_(make_exchange(kind,
                                {.ranks = Ranks,
                                 .cores = 40,
                                 .row = Bytes(2 * 7168),
                                 .quantised = quantised,
                                 .rows_per_token = 8,
                                 .slots_per_rank = 8},
                                bench_.place(), [this](std::uint32_t, ExchangeTraffic& traffic) {
                                  lay_out(traffic);
                                  return tokens_;
                                }))
  {
    bench_.last_part = CombinePart;
  }

  Times run(const std::vector<std::uint32_t>& tokens)
  {
    tokens_ = tokens;
    Times times;
    bench_.run(*exchange_, DispatchPart);
    times.dispatched = bench_.through;
    start_ = bench_.now();
    bench_.run(*exchange_, CombinePart);
    times.combined = bench_.through;
    times.bytes = bench_.fabric().payload_bytes_delivered();
    return times;
  }

  void show_on(RankTimeline& timeline) { exchange_->show_on(timeline); }
  [[nodiscard]] const sim::fabric::PacketFabric& fabric() { return bench_.fabric(); }
  [[nodiscard]] const ExchangeTraffic& traffic() const { return exchange_->traffic(0); }
  [[nodiscard]] double combine_start() const { return start_; }

  static constexpr std::uint32_t Ranks = 32;

 private:
  void lay_out(ExchangeTraffic& traffic) const
  {
    const models::Gate gate({.routing = models::Routing::Uniform, .experts = 256, .top_k = 8, .profile = {}}, 0);
    const models::Placement placement({.ranks = Ranks, .routed = 256}, models::PlacementRule::Contiguous, gate.loads());
    sim::RandomStream random(1, "gate");
    route_tokens({gate, placement, SharedMessages::None, 8}, tokens_, random, traffic);
  }

  std::vector<std::uint32_t> tokens_;
  tests::ExchangeBench bench_;
  std::unique_ptr<ExpertExchange> exchange_;
  double start_ = 0;
};

std::vector<std::uint32_t> tokens_each(std::uint32_t tokens)
{
  return std::vector<std::uint32_t>(Trial::Ranks, tokens);
}

double latest(const std::vector<double>& times)
{
  return *std::ranges::max_element(times);
}

double earliest(const std::vector<double>& times)
{
  return *std::ranges::min_element(times);
}

double dispatch_us(const MachineSpec& machine, ExchangeKind kind, bool quantised, std::uint32_t tokens = 64)
{
  return latest(Trial(machine, kind, quantised).run(tokens_each(tokens)).dispatched);
}

}  // namespace

TEST_CASE("the unfused exchange moves counts, rows there and rows back, and every rank gets through")
{
  const bool quantised = GENERATE(false, true);
  Trial exchange(unfused_machine(), ExchangeKind::Unfused, quantised);
  const Times times = exchange.run(tokens_each(64));
  CHECK(earliest(times.dispatched) > 0);
  CHECK(earliest(times.combined) > latest(times.dispatched));
  const auto& counts = exchange.traffic().counts;
  std::uint64_t rows = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  for (std::uint32_t rank = 0; rank < Trial::Ranks; ++rank)
    rows -= counts.at(rank * Trial::Ranks + rank);
  CHECK(times.bytes == rows * (14336 + (quantised ? 7680 : 14336)) + 32 * 31 * 8 * 4);
}

TEST_CASE("host and launches are paid once each where the device waits for them")
{
  MachineSpec machine = unfused_machine();
  const double before = dispatch_us(machine, ExchangeKind::Unfused, false);
  machine.die.unfused.host_synchronise += Seconds(30e-6);
  CHECK(dispatch_us(machine, ExchangeKind::Unfused, false) == Approx(before + 30).epsilon(1e-6));
  machine = unfused_machine();
  machine.die.unfused.kernel_launch += Seconds(1e-6);
  // The kernels behind the first are launched while it runs.
  CHECK(dispatch_us(machine, ExchangeKind::Unfused, false) == Approx(before + 1).epsilon(1e-6));
}

TEST_CASE("the fused exchange pays neither host nor launches of the unfused one")
{
  MachineSpec machine = unfused_machine();
  const double before = dispatch_us(machine, ExchangeKind::Fused, true);
  machine.die.unfused.host_synchronise += Seconds(30e-6);
  CHECK(dispatch_us(machine, ExchangeKind::Fused, true) == before);
}

TEST_CASE("early quantisation saves the time of the bytes that are not sent")
{
  const ExchangeKind kind = GENERATE(ExchangeKind::Fused, ExchangeKind::Unfused);
  const models::DieSpec die = tests::round_die();
  // 31 of 32 rows leave their die; an unfused BF16 row has no slot behind it.
  const double rows = 256 * 8 * 31 / 32.0;
  const double expected = kind == ExchangeKind::Fused
                              ? rows * 7168 / die.write_engine.count() * 1e6
                              : rows * (7168 - 512) / unfused_machine().die.protocols.front().rate.count() * 1e6;
  const double saved =
      dispatch_us(unfused_machine(), kind, false, 256) - dispatch_us(unfused_machine(), kind, true, 256);
  CHECK(saved == Approx(expected).epsilon(0.15));
}

TEST_CASE("ranks without tokens take part in the all-to-alls and end")
{
  std::vector<std::uint32_t> tokens = tokens_each(16);
  tokens[3] = 0;
  tokens[20] = 0;
  const Times times = Trial(unfused_machine(), ExchangeKind::Unfused, false).run(tokens);
  CHECK(earliest(times.dispatched) > 0);
  CHECK(earliest(times.combined) > 0);
  // Nobody has any.
  const Times idle = Trial(unfused_machine(), ExchangeKind::Unfused, false).run(tokens_each(0));
  CHECK(earliest(idle.dispatched) > 0);
  CHECK(earliest(idle.combined) > 0);
}

TEST_CASE("a message to each peer costs its start")
{
  MachineSpec machine = unfused_machine();
  const double before = dispatch_us(machine, ExchangeKind::Unfused, false);
  machine.die.protocols.front().message += Seconds(1e-6);
  // 31 peers, in the all-to-all of the counts and in that of the rows.
  CHECK(dispatch_us(machine, ExchangeKind::Unfused, false) == Approx(before + 62).epsilon(0.05));
}

TEST_CASE("ranks that send or get no rows have parts of no length on a timeline")
{
  constexpr std::array<std::string_view, 1> Streams{"exchange"};
  const MachineSpec machine = unfused_machine();
  Trial exchange(machine, ExchangeKind::Unfused, false);
  sim::timeline::Timeline timeline;
  RankTimeline shown(timeline, exchange.fabric(), machine, Trial::Ranks, Streams);
  exchange.show_on(shown);
  // One token of one rank: most ranks neither send rows nor get any.
  std::vector<std::uint32_t> tokens(Trial::Ranks);
  tokens[5] = 1;
  exchange.run(tokens);
  std::size_t returns = 0;
  for (const sim::timeline::Slice& slice : timeline.slices()) {
    CHECK(slice.start <= slice.end);
    CHECK(slice.end.count() > 0);
    returns += slice.name == "weigh and add up" ? 1U : 0U;
  }
  CHECK(returns == RankTimeline::MaximumRanks);
}
