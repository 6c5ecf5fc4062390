// One access between two endpoints, to the picosecond: lanes of 50 ps a byte, ways of 200 ns, engines that keep up.
#include "sim/config/unused_key.h"
#include "tests/support/metric_table.h"
#include "tests/support/result_values.h"
#include "tests/support/round_memory.h"
#include "workloads/point_to_point/p2p.h"
#include "workloads/point_to_point/p2p_metric_table.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

models::MachineSpec round_machine()
{
  models::MachineSpec machine = tests::small_machine_with_memory();
  machine.topology.lane_bandwidth = 20_GBps;
  machine.topology.uplink_bandwidth = 20_GBps;
  machine.topology.cpu_bandwidth = 140_GBps;
  machine.ub.internode_cost = 0;
  machine.die.read_engine = 100_GBps;
  return machine;
}

sim::metrics::Result run(const P2pSpec& spec, const models::MachineSpec& machine = round_machine())
{
  sim::metrics::Result result;
  run_p2p(spec, machine, 1, result);
  return result;
}

std::int64_t latency_ps(const P2pSpec& spec)
{
  return std::llround(tests::metric_of(run(spec), "latency_us") * 1e6);
}

struct Reading {
  P2pSpec spec;
  std::vector<std::string> problems;
};

Reading read(const std::string& keys)
{
  const sim::config::Value value = sim::config::parse_text("p2p.yaml", "{kind: p2p, " + keys + "}");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "workload", log);
  models::MachineSpec machine = round_machine();
  Reading reading{read_p2p(reader, machine), {}};
  reading.problems = log.problems;
  return reading;
}

std::string problem_of(const std::string& keys)
{
  const Reading reading = read(keys);
  REQUIRE(reading.problems.size() == 1);
  return reading.problems.front();
}

std::vector<std::string> unused_paths(const P2pSpec& spec)
{
  std::vector<std::string> paths;
  for (const sim::config::UnusedKey& key : unused_keys(spec, round_machine()))
    paths.push_back(key.path);
  return paths;
}

bool has(const std::vector<std::string>& paths, const std::string& path)
{
  return std::ranges::find(paths, path) != paths.end();
}

}  // namespace

// One engine a process, so one run a test.
TEST_CASE("a read inside a node is base, request, two ways and data")
{
  // 800 ns; 20 and 512 bytes at 50 ps each; two ways of 200 ns.
  CHECK(latency_ps({.from = 0, .to = 2}) == 800'000 + 1'000 + 25'600 + 2 * 200'000);
}

TEST_CASE("a read from a CPU of another node takes its own base and three traversals a way")
{
  CHECK(latency_ps({.from = 0, .to = 33}) == 600'000 + 1'000 + 25'600 + 6 * 200'000);
}

TEST_CASE("a write is its base with the extra, data there and acknowledgement back")
{
  CHECK(latency_ps({.from = 0, .to = 2, .op = AccessOp::Write}) == 900'000 + 25'600 + 2 * 200'000);
}

TEST_CASE("a point-to-point access reports its table of metrics and nothing else")
{
  const auto result = run({.from = 0, .to = 2});
  // Those are of runs with events.
  CHECK(tests::differences(P2pMetrics.rows, result) ==
        std::vector<std::string>{"unreported lost_bytes", "unreported resent_packets", "unreported replayed_packets",
                                 "unreported detoured_packets"});
  CHECK(tests::faults(P2pMetrics.rows).empty());
  CHECK(tests::missing(P2pHeadline, result).empty());
  // 512 bytes in 1226.6 ns.
  CHECK(tests::metric_of(result, "bandwidth_gb_s") == Approx(512 / 1226.6));
  CHECK_THAT(result.answer.limit, Catch::StartsWith("Latency limits, not bandwidth: the bytes take 0.42 % of what the "
                                                    "die's read engine takes"));
}

TEST_CASE("endpoints are dies and CPUs that the machine has")
{
  const Reading reading = read("from: 'die:31', to: 'cpu:1', op: write, bytes: 1 MiB");
  CHECK(reading.problems.empty());
  CHECK(reading.spec.from == 31);
  CHECK(reading.spec.to == 32 + 1);
  CHECK(reading.spec.op == AccessOp::Write);
  CHECK_THAT(problem_of("from: 'die:32', to: 'cpu:1'"),
             Catch::Contains("workload.from: the machine has die:0 to die:31, found \"die:32\""));
  CHECK_THAT(problem_of("from: 'die:0', to: 'cpu:2'"),
             Catch::Contains("workload.to: the machine has cpu:0 to cpu:1, found \"cpu:2\""));
  for (const char* const text : {"die", "die:", "die:1x", "die:-1", "npu:1", "1"}) {
    INFO(text);
    CHECK_THAT(problem_of(std::string("from: '") + text + "', to: 'cpu:1'"),
               Catch::Contains("workload.from: expected an endpoint like \"die:17\" or \"cpu:3\""));
  }
}

TEST_CASE("an access goes to another endpoint and fits the smaller of the two memories")
{
  CHECK_THAT(problem_of("from: 'die:3', to: 'die:3'"), Catch::Contains("workload.to: expected another endpoint"));
  // Die and CPU have 64 GB each.
  CHECK(read("from: 'die:3', to: 'cpu:0', bytes: 64 GB").problems.empty());
  CHECK_THAT(problem_of("from: 'die:3', to: 'cpu:0', bytes: 64000000001 B"), Catch::Contains("workload.bytes"));
}

TEST_CASE("an access meets the engines and the base of its own direction and ends")
{
  const auto read_from_die = unused_paths({.from = 0, .to = 2});
  CHECK_FALSE(has(read_from_die, "machine.die.read_engine"));
  CHECK_FALSE(has(read_from_die, "machine.ub.access.npu_base"));
  for (const char* const path : {"machine.die.write_engine", "machine.cpu.remote_read", "machine.cpu.remote_write",
                                 "machine.ub.access.cpu_base", "machine.ub.access.write_extra"}) {
    INFO(path);
    CHECK(has(read_from_die, path));
  }
  const auto write_to_cpu = unused_paths({.from = 0, .to = 32, .op = AccessOp::Write});
  for (const char* const path : {"machine.die.write_engine", "machine.cpu.remote_write", "machine.ub.access.cpu_base",
                                 "machine.ub.access.write_extra"}) {
    INFO(path);
    CHECK_FALSE(has(write_to_cpu, path));
  }
  CHECK(has(write_to_cpu, "machine.die.read_engine"));
  CHECK(has(write_to_cpu, "machine.ub.access.npu_base"));
}
