// One collective operation as the workload runs it: which algorithm and protocol it takes, and what it reports.
#include "sim/diagnostics/errors.h"
#include "tests/support/metric_table.h"
#include "tests/support/result_values.h"
#include "tests/support/small_machine.h"
#include "topology/supernode/supernode.h"
#include "workloads/collective/collective.h"
#include "workloads/collective/collective_metric_table.h"
#include "workloads/collective/collective_run.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::Operation;

namespace {

CollectiveSpec spec_of(Operation operation, std::uint32_t ranks, Bytes bytes)
{
  CollectiveSpec spec;
  spec.question = {.operation = operation, .ranks = ranks, .ranks_per_group = 16, .bytes = bytes};
  return spec;
}

sim::metrics::Result run(const CollectiveSpec& spec, const models::MachineSpec& machine = tests::small_machine())
{
  sim::metrics::Result result;
  run_collective(spec, machine, 1, result);
  return result;
}

// Lanes of 50 ps a byte, which no engine slows; ways of 200 ns.
models::MachineSpec round_lanes()
{
  models::MachineSpec machine = tests::small_machine();
  machine.topology.lane_bandwidth = 20_GBps;
  machine.topology.uplink_bandwidth = 20_GBps;
  return machine;
}

// Ends of the ranks of a plan, in picoseconds.
std::vector<std::int64_t> ends_of(const models::CollectivePlan& plan)
{
  const models::MachineSpec machine = round_lanes();
  const models::ProtocolSpec protocol{
      .name = "only", .launch = 2_us, .step = 1_us, .message = Seconds(0), .rate = 1000_GBps};
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, 1);
  CollectiveRun run(plan, protocol, machine, live.plane(), 0);
  live.run_alone(run);
  std::vector<std::int64_t> ends;
  for (const Picoseconds end : run.ends())
    ends.push_back(end.count());
  return ends;
}

}  // namespace

TEST_CASE("a rank ends when its own part is done, whatever others still do")
{
  // One packet of 1000 bytes goes from rank 0 to rank 1 and, a step later, from rank 1 to rank 2.
  models::PlanWriter writer(4);
  writer.next_step();
  writer.send(0, 1, 1000_B);
  writer.next_step();
  writer.send(1, 2, 1000_B);
  const std::int64_t launched = 2'000'000;
  const std::int64_t crossing = 50'000 + 200'000;
  const std::int64_t step = 1'000'000;
  const std::int64_t acknowledgement = 200'000;
  const std::int64_t arrived = launched + crossing + step;
  const auto ends = ends_of(std::move(writer).take());
  CHECK(ends[0] == launched + crossing + acknowledgement);
  CHECK(ends[1] == arrived + crossing + acknowledgement);
  CHECK(ends[2] == arrived + crossing + step);
  CHECK(ends[3] == launched);
}

TEST_CASE("a collective reports its table of metrics and nothing else")
{
  const auto result = run(spec_of(Operation::AllGather, 8, Bytes(1'000'000)));
  // Those are of runs with events.
  CHECK(tests::differences(CollectiveMetrics.rows, result) ==
        std::vector<std::string>{"unreported lost_bytes", "unreported resent_packets", "unreported replayed_packets",
                                 "unreported detoured_packets"});
  CHECK(tests::faults(CollectiveMetrics.rows).empty());
  CHECK(tests::missing(CollectiveHeadline, result).empty());
  CHECK(tests::histogram_of(result, "rank_us").count() == 8);
  // Every rank has to get 7 MB, in the time of the slowest.
  CHECK(tests::metric_of(result, "time_us") == tests::histogram_of(result, "rank_us").maximum());
  CHECK(tests::metric_of(result, "bandwidth_gb_s") == Approx(7e3 / tests::metric_of(result, "time_us")));
}

TEST_CASE("few bytes take the protocol that launches first")
{
  // 2 us and 100 GB/s beside 20 us and 190 GB/s.
  CHECK(run(spec_of(Operation::AllGather, 8, 1_KiB)).notes.front() == "all-gather runs direct over protocol direct");
}

TEST_CASE("many bytes take the protocol with the faster engine")
{
  CHECK(run(spec_of(Operation::AllGather, 8, 16_MiB)).notes.front() == "all-gather runs direct over protocol sdma");
}

TEST_CASE("an algorithm and a protocol that are asked for are taken, fast or not")
{
  CollectiveSpec spec = spec_of(Operation::AllGather, 8, 1_KiB);
  spec.algorithm = "ring";
  spec.protocol = "sdma";
  const auto result = run(spec);
  CHECK(result.notes.front() == "all-gather runs ring over protocol sdma");
  CHECK(tests::metric_of(result, "steps") == 7);
}

TEST_CASE("an operation that no protocol is made for is refused by the model and not a fault of ours")
{
  models::MachineSpec machine = tests::small_machine();
  for (models::ProtocolSpec& protocol : machine.die.protocols)
    protocol.used_for = models::ProtocolUse::Exchanges;
  CHECK_THROWS_AS(run(spec_of(Operation::AllReduce, 8, 1_MiB), machine), RefusedByModel);
}
