// One access over cards of round numbers: a post of 1 us, 3 us from adapter to adapter, 50 ps a byte.
#include "models/network/queue_report.h"
#include "sim/config/reader.h"
#include "tests/support/card_machine.h"
#include "tests/support/result_values.h"
#include "workloads/point_to_point/p2p.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

struct Outcome {
  std::vector<std::string> problems;
  sim::metrics::Result result;

  [[nodiscard]] std::int64_t ps() const { return std::llround(tests::metric_of(result, "latency_us") * 1e6); }
};

Outcome run(const std::string& keys)
{
  models::MachineSpec machine = tests::machine_with_cards();
  const sim::config::Value value = sim::config::parse_text("p2p.yaml", "{kind: p2p, " + keys + "}");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "workload", log);
  const P2pSpec spec = read_p2p(reader, machine);
  Outcome outcome{log.problems, {}};
  if (outcome.problems.empty())
    run_p2p(spec, machine, 1, outcome.result);
  return outcome;
}

}  // namespace

TEST_CASE("a read over RDMA is a post, the request's way, the data and its way")
{
  CHECK(run("plane: rdma, from: 'die:17', to: 'die:2', bytes: 512 B").ps() == 1'000'000 + 2 * 3'000'000 + 512 * 50);
}

TEST_CASE("a write over RDMA is a post, the data, its way and the acknowledgement's")
{
  CHECK(run("plane: rdma, from: 'die:17', to: 'die:2', op: write, bytes: 512 B").ps() ==
        1'000'000 + 512 * 50 + 2 * 3'000'000);
}

TEST_CASE("a large access over RDMA runs at the payload rate of an adapter, and the report names it")
{
  const Outcome outcome = run("plane: rdma, from: 'die:17', to: 'die:2', op: write, bytes: 64 MiB");
  CHECK(tests::metric_of(outcome.result, "bandwidth_gb_s") == Approx(20).epsilon(0.01));
  CHECK_THAT(outcome.result.answer.limit, Catch::Contains("of what an RDMA adapter carries"));
  const auto& table = outcome.result.tables.front();
  CHECK(table.name == models::BusiestLinks);
  CHECK(table.rows.front().label == "RDMA adapter of die 17, out");
  REQUIRE(outcome.result.notes.size() == 1);
  CHECK_THAT(outcome.result.notes.front(), Catch::StartsWith("workload.plane: rdma"));
}

TEST_CASE("a CPU has a VPC card and no RDMA adapter")
{
  const Outcome refused = run("plane: rdma, from: 'cpu:1', to: 'die:2'");
  REQUIRE(refused.problems.size() == 1);
  CHECK_THAT(refused.problems.front(), Catch::Contains("workload.from: a CPU has no RDMA adapter"));
  const Outcome refused_target = run("plane: rdma, from: 'die:1', to: 'cpu:7'");
  REQUIRE(refused_target.problems.size() == 1);
  CHECK_THAT(refused_target.problems.front(), Catch::Contains("workload.to: a CPU has no RDMA adapter"));
  CHECK(run("plane: vpc, from: 'cpu:1', to: 'cpu:7', bytes: 512 B").ps() == 2'000'000 + 2 * 20'000'000 + 512 * 25);
}
