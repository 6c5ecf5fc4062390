// The walk on tables made up here, every time added up by hand.
#include "sim/diagnostics/errors.h"
#include "tests/support/small_machine.h"
#include "workloads/layer_walk/layer_walk.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <optional>
#include <utility>

using namespace cm;
using namespace cm::workloads;

namespace {

enum class Stage : std::uint8_t { Wait, Compute, Send, SendWait, Rest };
enum class Stream : std::uint8_t { Cores };
enum class Op : std::uint8_t { Short, Long, Three, Tail };

constexpr std::uint8_t Only = 0;  // exchange

// To a thousandth of a picosecond, times in ns: sums of doubles may round in their last digits.
Approx exactly(double value)
{
  return Approx(value).epsilon(0).margin(1e-6);
}

Picoseconds ns(std::int64_t count)
{
  return Picoseconds(count * 1000);
}

// Takes every rank a given time, of which it has waited a given part.
class TimedExchange final : public Exchange, private sim::streams::NoticeOwner {
 public:
  TimedExchange(const ExchangePlace& place, Picoseconds takes, Picoseconds waits)
      : place_(place), notices_(place.plane.add_owner(*this)), takes_(takes), waits_(waits)
  {
  }

  [[nodiscard]] models::StageWork work(std::uint32_t part, std::uint32_t generation, std::uint32_t rank,
                                       Seconds spent) const override
  {
    return {.vector_core_seconds = spent.count(), .sent_bytes = 100.0 * generation + 10.0 * part + rank};
  }

  std::vector<std::uint32_t> opened;

 private:
  void open(std::uint32_t generation) override { opened.push_back(generation); }
  void begin(std::uint32_t part, std::uint32_t /*generation*/, std::uint32_t rank) override
  {
    if (takes_.count() == 0)
      place_.listener.on_exchanged({place_.id, part, rank, place_.plane.now(), waits_});
    else
      place_.plane.remind(takes_, notices_(part, rank));
  }
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override
  {
    place_.listener.on_exchanged({place_.id, notice.what, notice.member, now, waits_});
  }

  ExchangePlace place_;
  sim::streams::NoticeRange notices_;
  Picoseconds takes_;
  Picoseconds waits_;
};

struct Shape {
  std::uint32_t ranks = 1;
  std::uint32_t microbatches = 1;
  std::uint32_t iterations = 1;
  std::vector<WalkPass> passes{{0, 1, {}}};
  Picoseconds exchange_takes = ns(50);
  Picoseconds exchange_waits = ns(20);
};

class Phase final : public WalkedPhase {
 public:
  explicit Phase(std::vector<LayerStep> steps, Shape shape = {})
      : steps_(std::move(steps)), machine_(tests::small_machine()), supernode_(machine_.topology),
        live_(machine_, supernode_, 1), walk_({.ranks = shape.ranks,
                                               .microbatches = shape.microbatches,
                                               .iterations = shape.iterations,
                                               .passes = shape.passes,
                                               .unit = {.per_picosecond = 1e-3, .seconds = 1e-9},
                                               .jitter = 0,
                                               .seed = 1,
                                               .jitter_name = "test",
                                               .doing = "testing"},
                                              *this, live_.plane(), 3, progress_)
  {
    for (std::uint32_t micro = 0; micro < shape.microbatches; ++micro)
      exchanges_.push_back(std::make_unique<TimedExchange>(walk_.place_of(Only, micro, machine_, live_.engines()),
                                                           shape.exchange_takes, shape.exchange_waits));
  }

  // Nanoseconds at the end of the last iteration.
  double run()
  {
    walk_.start();
    live_.plane().run(sim::calendar::Calendar::Never - 1);
    REQUIRE(live_.plane().raised().size() == 1);
    CHECK(live_.plane().raised().front() == 3);
    return microseconds(live_.plane().now()) * 1e3;
  }

  [[nodiscard]] const LayerBreakdown& breakdown() const { return walk_.breakdown(); }
  [[nodiscard]] double ns_in(Stage stage) const { return breakdown().time(stage); }
  TimedExchange& sent(std::uint32_t micro) { return *exchanges_[micro]; }

  std::vector<std::pair<std::uint32_t, double>> iterations;             // rank and what it took, ns
  mutable std::vector<std::pair<std::uint32_t, std::int64_t>> started;  // microbatch and layer of each operator
  std::vector<std::pair<double, double>> noted;                         // spent and waited of exchanges
  std::int64_t counted_from = 0;

 private:
  [[nodiscard]] std::span<const LayerStep> program(std::int64_t /*layer*/) const override { return steps_; }
  [[nodiscard]] bool counts(std::int64_t layer) const override { return layer >= counted_from; }
  [[nodiscard]] OperatorCost cost(std::uint8_t op, const WalkPlace& place) const override
  {
    started.emplace_back(place.micro, place.layer);
    switch (static_cast<Op>(op)) {
    case Op::Short: return {.time = 10_ns, .work = {.memory_bytes = 7}};
    case Op::Long: return {.time = 100_ns};
    case Op::Three: return {.time = 30_ns, .work = {.memory_bytes = 5}, .is_last = place.operators_done == 2};
    case Op::Tail: break;
    }
    return {.time = 1000_ns, .work = {.memory_bytes = 1e9}};
  }
  [[nodiscard]] Seconds turn() const override { return 40_ns; }
  [[nodiscard]] Exchange& exchange(std::uint8_t /*exchange*/, std::uint32_t micro) override
  {
    return *exchanges_[micro];
  }
  void end_iteration(std::uint32_t rank, std::uint32_t /*iteration*/, Picoseconds took) override
  {
    iterations.emplace_back(rank, microseconds(took) * 1e3);
  }
  void note_exchange(const LayerStep& /*step*/, double spent, double waited) override
  {
    noted.emplace_back(spent, waited);
  }

  std::vector<LayerStep> steps_;
  models::MachineSpec machine_;
  topology::Supernode supernode_;
  LiveMachine live_;
  sim::metrics::NoProgress progress_;
  LayerWalk walk_;
  std::vector<std::unique_ptr<TimedExchange>> exchanges_;
};

// Short on the cores, long without them.
std::vector<LayerStep> core_and_rest()
{
  return {workloads::take(Stage::Wait, Stream::Cores), workloads::run(Stage::Compute, Op::Short),
          release(Stage::Compute, Stream::Cores), workloads::run(Stage::Rest, Op::Long), end_layer(Stage::Rest)};
}

}  // namespace

TEST_CASE("the time of each step goes to its stage, and a step behind the layers to none")
{
  Phase phase(core_and_rest(), {.passes = {{0, 2, {static_cast<std::uint8_t>(Op::Tail)}}}});
  CHECK(phase.run() == exactly(2 * 110 + 1000));
  CHECK(phase.breakdown().layers() == 2);
  CHECK(phase.ns_in(Stage::Wait) == 0);
  CHECK(phase.ns_in(Stage::Compute) == exactly(10));
  CHECK(phase.ns_in(Stage::Rest) == exactly(100));
  CHECK(phase.breakdown().work(Stage::Compute).memory_bytes == 7);
  CHECK(phase.breakdown().work(Stage::Rest).memory_bytes == 0);
}

TEST_CASE("layers that do not count are walked and left out of the breakdown")
{
  Phase phase(core_and_rest(), {.passes = {{0, 3, {}}}});
  phase.counted_from = 2;
  CHECK(phase.run() == exactly(330));
  CHECK(phase.breakdown().layers() == 1);
  CHECK(phase.ns_in(Stage::Rest) == exactly(100));
}

TEST_CASE("a stream serves one microbatch at a time, and the other one waits for it")
{
  // The second one waits 10 ns for the cores in the first layer, and none afterwards; it gets them before the first one
  // goes on.
  Phase phase(core_and_rest(), {.microbatches = 2, .passes = {{0, 2, {}}}});
  CHECK(phase.run() == exactly(10 + 2 * 110));
  CHECK(phase.ns_in(Stage::Wait) == exactly(10.0 / 4));
  using Starts = std::vector<std::pair<std::uint32_t, std::int64_t>>;
  CHECK(phase.started == Starts{{0, 0}, {1, 0}, {0, 0}, {1, 0}, {0, 1}, {1, 1}, {0, 1}, {1, 1}});
}

TEST_CASE("turns of the host for two microbatches run side by side")
{
  Phase phase({take_turn(Stage::Rest), end_layer(Stage::Rest)}, {.microbatches = 2, .passes = {{0, 2, {}}}});
  CHECK(phase.run() == exactly(2 * 40));
  CHECK(phase.ns_in(Stage::Rest) == exactly(40));
}

TEST_CASE("a step may be several operators, whose work counts once they have all ended")
{
  Phase phase({workloads::run(Stage::Compute, Op::Three), end_layer(Stage::Rest)}, {.ranks = 3});
  CHECK(phase.run() == exactly(90));
  CHECK(phase.breakdown().layers() == 3);
  CHECK(phase.ns_in(Stage::Compute) == exactly(90));
  CHECK(phase.breakdown().work(Stage::Compute).memory_bytes == 5);
}

TEST_CASE("an exchange costs what is left of it when it is awaited, and its waits go to their own stage")
{
  // The first part starts beside it, and nobody waits for it.
  const std::vector<LayerStep> steps{start(Stage::Send, Only, 0), start(Stage::Send, Only, 1),
                                     workloads::run(Stage::Compute, Op::Short),
                                     await(Stage::Send, Only, 1, Stage::SendWait), end_layer(Stage::Rest)};
  Phase phase(steps, {.ranks = 2, .passes = {{0, 2, {}}}});
  CHECK(phase.run() == exactly(2 * 50));
  CHECK(phase.ns_in(Stage::Compute) == exactly(10));
  CHECK(phase.ns_in(Stage::Send) == exactly(40 - 20));
  CHECK(phase.ns_in(Stage::SendWait) == exactly(20));
  CHECK(phase.noted == std::vector<std::pair<double, double>>(4, {40, 20}));
  // Generations 0 and 1 of part 1 on ranks 0 and 1.
  CHECK(phase.breakdown().work(Stage::Send).sent_bytes == exactly((10 + 11 + 110 + 111) / 4.0));
  CHECK(phase.breakdown().work(Stage::Send).vector_core_seconds == Approx(40e-9));
}

TEST_CASE("an exchange that is through before it is awaited holds up nobody")
{
  const Picoseconds takes = GENERATE(Picoseconds(0), ns(9));
  const std::vector<LayerStep> steps{start(Stage::Send, Only), workloads::run(Stage::Compute, Op::Short),
                                     await(Stage::Send, Only), end_layer(Stage::Rest)};
  Phase phase(steps, {.passes = {{0, 3, {}}}, .exchange_takes = takes, .exchange_waits = Picoseconds(0)});
  CHECK(phase.run() == exactly(30));
  CHECK(phase.ns_in(Stage::Send) == 0);
}

TEST_CASE("the first rank in a generation opens it, once, for each microbatch by itself")
{
  const std::vector<LayerStep> steps{start(Stage::Send, Only), await(Stage::Send, Only), end_layer(Stage::Rest)};
  Phase phase(steps, {.ranks = 4, .microbatches = 2, .iterations = 2, .passes = {{0, 2, {}}}});
  phase.run();
  CHECK(phase.sent(0).opened == std::vector<std::uint32_t>{0, 1, 2, 3});
  CHECK(phase.sent(1).opened == std::vector<std::uint32_t>{0, 1, 2, 3});
}

TEST_CASE("microbatches join behind a pass, and iterations follow one another on each rank")
{
  const auto tail = static_cast<std::uint8_t>(Op::Tail);
  const auto brief = static_cast<std::uint8_t>(Op::Short);
  Phase phase(core_and_rest(),
              {.ranks = 2, .microbatches = 2, .iterations = 3, .passes = {{0, 1, {tail, brief}}, {7, 8, {brief}}}});
  // A pass takes its second microbatch 10 ns of waiting and 110 ns.
  const double iteration = 120 + 1000 + 10 + 120 + 10;
  CHECK(phase.run() == exactly(3 * iteration));
  REQUIRE(phase.iterations.size() == 6);
  for (const auto& [rank, took] : phase.iterations)
    CHECK(took == exactly(iteration));
  CHECK(phase.breakdown().layers() == 2 * 2 * 2 * 3);
}

TEST_CASE("a breakdown of nothing is zero")
{
  const LayerBreakdown nothing;
  CHECK(nothing.time(Stage::Rest) == 0);
  CHECK(nothing.work(Stage::Rest).memory_bytes == 0);
}

TEST_CASE("more microbatches than there is room for are refused")
{
  CHECK_THROWS_AS(Phase(core_and_rest(), {.microbatches = 3}), SimulationError);
  CHECK_THROWS_AS(Phase(core_and_rest(), {.microbatches = 0}), SimulationError);
}
