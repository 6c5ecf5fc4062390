// How fast the packet fabric is, in the two exchanges that the published machine lives on. Each is checked before it is
// timed: all bytes arrive, over the right number of port-hops, in a simulated time that the ports allow. A failed check
// makes the program end with 1.
//
//   build/release/tests/benchmarks/fabric_benchmark
//   build/release/tests/benchmarks/fabric_benchmark --benchmark_filter=dispatch --benchmark_out=x.json
#include "sim/random/random_stream.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <optional>
#include <string>

namespace {

using namespace cm;
using namespace cm::sim::fabric;

constexpr std::uint32_t Ranks = 320;
constexpr std::uint32_t Nodes = Ranks / 16;

struct Exchange {
  std::vector<FlowSpec> flows;
  std::uint64_t bytes = 0;      // that enter the fabric
  std::uint64_t port_hops = 0;  // of their packets

  void add(FlowSpec& flow, std::uint32_t destination, std::uint32_t size)
  {
    flow.messages.push_back({destination, size});
    if (destination == flow.source)
      return;
    bytes += size;
    const std::uint64_t packets = (size + 8191) / 8192;
    port_hops += packets * (destination / 16 == flow.source / 16 ? 2 : 4);
  }
};

// 128 tokens a rank, 9 messages of 7,680 B a token to random ranks.
Exchange dispatch()
{
  sim::RandomStream random(1, "benchmark dispatch");
  Exchange exchange;
  for (std::uint32_t rank = 0; rank < Ranks; ++rank) {
    FlowSpec flow = tests::flow(rank, {});
    for (int message = 0; message < 128 * 9; ++message)
      exchange.add(flow, random.below(Ranks), 7680);
    exchange.flows.push_back(std::move(flow));
  }
  return exchange;
}

// 24 KiB a pair, sizes 10 % apart: no two messages end together.
Exchange all_to_all()
{
  sim::RandomStream random(1, "benchmark all-to-all");
  Exchange exchange;
  for (std::uint32_t rank = 0; rank < Ranks; ++rank) {
    FlowSpec flow = tests::flow(rank, {});
    for (std::uint32_t step = 1; step < Ranks; ++step)
      exchange.add(flow, (rank + step) % Ranks,
                   static_cast<std::uint32_t>(std::lround(24 * 1024 * (0.95 + 0.1 * random.uniform()))));
    exchange.flows.push_back(std::move(flow));
  }
  return exchange;
}

// As the copy engine of a die paces them.
std::vector<FlowSpec> paced(const Exchange& exchange, EngineIndex engines)
{
  std::vector<FlowSpec> flows = exchange.flows;
  for (FlowSpec& flow : flows)
    flow.engine = {.engine = engines + flow.source, .rate = BytesPerSecond(137e9)};
  return flows;
}

std::optional<std::string> problem(const Exchange& exchange, const NetworkSpec& network, const FabricPolicy& policy)
{
  tests::FabricRun run(network, policy);
  const auto end = static_cast<double>(tests::run_all(run, paced(exchange, run.fabric().add_engines(Ranks))));
  const PacketFabric& fabric = run.fabric();
  if (fabric.payload_bytes_emitted() != fabric.payload_bytes_delivered())
    return "bytes were lost";
  if (fabric.flows_in_flight() != 0 || run.notices().size() != Ranks)
    return "flows have not ended";
  if (fabric.port_hops() != exchange.port_hops)
    return "wrong number of port-hops";
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (const PortIndex port : network.lane_out_ports)
    out += fabric.counters(port).bytes;
  for (const PortIndex port : network.lane_in_ports)
    in += fabric.counters(port).bytes;
  if (out != exchange.bytes || in != exchange.bytes)
    return "ports have not carried what was sent";
  for (PortIndex port = 0; port < network.ports.size(); ++port)
    if (static_cast<double>(fabric.counters(port).bytes) * 1e12 / network.ports[port].rate.count() > end)
      return "a port was faster than its rate";
  // The engines send the mean of 1/320 of all bytes; waiting for hot receivers may cost, but not three times.
  const double engine_ps = static_cast<double>(exchange.bytes) / Ranks / 137e9 * 1e12;
  if (end < engine_ps || end > 3 * engine_ps)
    return "the simulated time is out of its bounds";
  return std::nullopt;
}

// The calendar and the network stay warm between the runs, as they are in a decode iteration.
void time_exchange(benchmark::State& state, const Exchange& exchange, FlowControl flow_control)
{
  const NetworkSpec network = tests::small_clos(tests::cloudmatrix_clos(Nodes));
  const FabricPolicy policy{.flow_control = flow_control};
  if (const auto what = problem(exchange, network, policy)) {
    state.SkipWithError(what->c_str());
    return;
  }
  tests::FabricRun run(network, policy);
  const EngineIndex engines = run.fabric().add_engines(Ranks);
  std::int64_t now = 0;
  const auto once = [&](std::vector<FlowSpec>&& flows) {
    for (FlowSpec& flow : flows)
      run.start(std::move(flow), now);
    now = run.finish();
  };
  once(paced(exchange, engines));
  const std::uint64_t before = run.fabric().port_hops();
  for ([[maybe_unused]] auto step : state) {
    state.PauseTiming();
    std::vector<FlowSpec> flows = paced(exchange, engines);
    state.ResumeTiming();
    once(std::move(flows));
  }
  state.counters["port_hops"] = benchmark::Counter(static_cast<double>(run.fabric().port_hops() - before),
                                                   benchmark::Counter::kIsRate, benchmark::Counter::kIs1000);
  state.counters["simulated_us"] = static_cast<double>(now) * 1e-6 / static_cast<double>(state.iterations() + 1);
}

void dispatch_ep320(benchmark::State& state)
{
  time_exchange(state, dispatch(), FlowControl::None);
}

void dispatch_ep320_credits(benchmark::State& state)
{
  time_exchange(state, dispatch(), FlowControl::Credits);
}

void all_to_all_320(benchmark::State& state)
{
  time_exchange(state, all_to_all(), FlowControl::None);
}

void all_to_all_320_credits(benchmark::State& state)
{
  time_exchange(state, all_to_all(), FlowControl::Credits);
}

// The display reporter counts what was skipped with an error.
class Reporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override
  {
    for (const Run& run : runs)
      failed = failed || run.error_occurred;
    ConsoleReporter::ReportRuns(runs);
  }

  bool failed = false;
};

}  // namespace

BENCHMARK(dispatch_ep320)->Unit(benchmark::kMillisecond);
BENCHMARK(dispatch_ep320_credits)->Unit(benchmark::kMillisecond);
BENCHMARK(all_to_all_320)->Unit(benchmark::kMillisecond);
BENCHMARK(all_to_all_320_credits)->Unit(benchmark::kMillisecond);

int main(int argc, char** argv)
{
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.failed ? 1 : 0;
}
