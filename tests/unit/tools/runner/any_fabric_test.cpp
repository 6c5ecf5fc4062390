// Workloads on machines whose fabric is no Clos.
#include "sim/diagnostics/errors.h"
#include "tools/runner/run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm::tools;

namespace {

ScenarioRequest request_on(const std::string& machine, const std::string& scenario,
                           const std::vector<std::string>& more)
{
  std::vector<std::string> sets{"machine=" CM_SOURCE_DIR "/tests/support/machines/" + machine + ".yaml"};
  sets.insert(sets.end(), more.begin(), more.end());
  const std::string root = CM_SOURCE_DIR "/configs";
  return {.path = root + "/scenarios/" + scenario + ".yaml", .sets = sets, .seed = {}, .config_root = root};
}

// At most one a process.
FinishedRun run_on(const std::string& machine, const std::string& scenario, const std::vector<std::string>& more)
{
  cm::sim::metrics::NoProgress progress;
  return run_scenario(request_on(machine, scenario, more), progress);
}

ScenarioReading read_on(const std::string& machine, const std::string& scenario)
{
  return read_scenario(request_on(machine, scenario, {}));
}

// `link`: part of the name of the link that sent longest.
void check_dispatch(const std::string& machine, const std::string& link)
{
  const FinishedRun run = run_on(machine, "ep", {"workload.ep=32", "workload.tokens_per_rank=8"});
  REQUIRE(run.result.find("dispatch_us") != nullptr);
  CHECK(run.result.find("dispatch_us")->value > 0);
  const auto table = std::ranges::find(run.result.tables, "busiest_links", &cm::sim::metrics::Table::name);
  REQUIRE(table != run.result.tables.end());
  CHECK_THAT(table->rows.front().label, Catch::Contains(link));
}

double read_latency(const std::string& to)
{
  return run_on("mesh-64", "p2p", {"workload.from=die:0", "workload.to=die:" + to, "workload.bytes=512 B"})
      .result.find("latency_us")
      ->value;
}

}  // namespace

TEST_CASE("a dispatch runs on a mesh, over links between dies")
{
  check_dispatch("mesh-64", "link endpoint ");
}

TEST_CASE("a dispatch runs on a tree of three tiers")
{
  check_dispatch("tree-64", " ");
}

TEST_CASE("a dispatch runs on a tier of switches")
{
  check_dispatch("star-72", " lane ");
}

TEST_CASE("a dispatch runs on two fabrics, and the one between nodes has the busiest link")
{
  check_dispatch("both-32", "scale-out ");
}

TEST_CASE("a read over one link of a mesh takes one traversal each way")
{
  CHECK(read_latency("1") == Approx(1.0 + 2 * 0.2).margin(0.05));
}

TEST_CASE("a read over two links of a mesh takes two traversals each way")
{
  CHECK(read_latency("9") == Approx(1.0 + 4 * 0.2).margin(0.05));
}

TEST_CASE("an access to a CPU that has no lanes is refused")
{
  CHECK_THROWS_WITH(run_on("mesh-64", "p2p", {"workload.to=cpu:3"}),
                    Catch::Contains("CPUs have no lanes on machine.ub"));
}

TEST_CASE("keys of networks listed by role are known to be used or not")
{
  const auto is_used = [](const std::string& key) {
    const auto used = read_on("both-32", "ep").used;
    return std::ranges::find(used, "machine.fabrics." + key) != used.end();
  };
  CHECK(is_used("scale_up.mtu"));
  CHECK(is_used("scale_out.fabric.buffer"));
  CHECK_FALSE(is_used("scale_out.latency"));
  CHECK_FALSE(is_used("front.latency"));
}
