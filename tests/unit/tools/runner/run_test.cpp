#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "tools/runner/run.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm::tools;

namespace {

FinishedRun run_ep(const std::vector<std::string>& more)
{
  std::vector<std::string> sets{"workload.ep=8", "workload.tokens_per_rank=8"};
  sets.insert(sets.end(), more.begin(), more.end());
  const std::string root = CM_SOURCE_DIR "/configs";
  cm::sim::metrics::NoProgress progress;
  return run_scenario({.path = root + "/scenarios/ep.yaml", .sets = sets, .seed = {}, .config_root = root}, progress);
}

}  // namespace

TEST_CASE("a run says what it was and on what evidence")
{
  const FinishedRun run = run_ep({});
  const auto& manifest = run.result.manifest;
  CHECK(run.title.workload == "ep");
  CHECK(run.title.machine == "cloudmatrix384");
  CHECK(run.title.model.empty());
  CHECK(manifest.scenario == CM_SOURCE_DIR "/configs/scenarios/ep.yaml");
  CHECK(manifest.configuration_digest.size() == 32);
  CHECK(manifest.seed == 1);
  CHECK_FALSE(manifest.version.empty());
  CHECK_FALSE(manifest.engine_settings.empty());
  CHECK(manifest.evidence_counts.at("published") > 0);
  CHECK(static_cast<std::size_t>(manifest.evidence_counts.at("assumed")) == manifest.assumed.size());
  CHECK(run.result.find("dispatch_us") != nullptr);
}

TEST_CASE("an overridden number of the machine counts as assumed, whatever its type")
{
  const auto assumed = run_ep({"machine.ub.sub_planes=5", "machine.ub.lane_bandwidth=14 GB/s"}).result.manifest.assumed;
  using Catch::VectorContains;
  CHECK_THAT(assumed, VectorContains(std::string("machine.ub.sub_planes = 5: set by --set machine.ub.sub_planes")));
  CHECK_THAT(assumed, VectorContains(
                          std::string("machine.ub.lane_bandwidth = 14 GB/s: set by --set machine.ub.lane_bandwidth")));
}

TEST_CASE("problems of scenario, machine and workload are told together")
{
  std::string text;
  try {
    run_ep({"sead=1", "machine.ub.sub_planes=0", "machine.ub.sub_plane=3", "workload.ep=0", "workload.epp=1"});
  } catch (const cm::ConfigError& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains("--set sead:1:1: sead: unknown key \"sead\"; did you mean \"seed\"?\n"));
  CHECK_THAT(text,
             Catch::Contains("--set machine.ub.sub_planes:1:1: machine.ub.sub_planes: expected an integer between"));
  CHECK_THAT(text, Catch::Contains("machine.ub.sub_plane: unknown key \"sub_plane\"; did you mean \"sub_planes\"?"));
  CHECK_THAT(text, Catch::Contains("--set workload.ep:1:1: workload.ep: expected an integer between"));
  CHECK_THAT(text, Catch::Contains("workload.epp: unknown key \"epp\"; did you mean \"ep\"?"));
}

TEST_CASE("the machine of a scenario is read whatever its workload")
{
  const std::string root = CM_SOURCE_DIR "/configs";
  const ScenarioRequest request{
      .path = root + "/scenarios/ep.yaml", .sets = {"machine.nodes=2"}, .seed = {}, .config_root = root};
  CHECK(scenario_topology(request).nodes == 2);
}

namespace {

// Two layers of Mixtral on eight dies, one microbatch: every number of its operators can be worked out by hand.
FinishedRun run_decode(const std::vector<std::string>& more)
{
  std::vector<std::string> sets{"model=mixtral-8x7b", "model.layers=2",
                                "workload={kind: decode, ep: 8, batch_per_npu: 64, prompt_length: 1024, output_length: "
                                "2, mtp: {tokens: 0, acceptance: 0}, microbatches: 1, routing: uniform, placement: "
                                "contiguous, experts: {redundant: 0, shared_copies: 0}, iterations: 1}"};
  sets.insert(sets.end(), more.begin(), more.end());
  const std::string root = CM_SOURCE_DIR "/configs";
  cm::sim::metrics::NoProgress progress;
  return run_scenario({.path = root + "/scenarios/decode-ep320.yaml", .sets = sets, .seed = {}, .config_root = root},
                      progress);
}

const cm::sim::metrics::Table& table_of(const FinishedRun& run, const std::string& name)
{
  const auto found = std::ranges::find(run.result.tables, name, &cm::sim::metrics::Table::name);
  REQUIRE(found != run.result.tables.end());
  return *found;
}

double cell_of(const cm::sim::metrics::Table& table, const std::string& label, const std::string& column)
{
  const auto row = std::ranges::find(table.rows, label, &cm::sim::metrics::Table::Row::label);
  REQUIRE(row != table.rows.end());
  const auto place = std::ranges::find(table.columns, column) - table.columns.begin();
  return std::get<double>(row->cells.at(static_cast<std::size_t>(place - 1)));
}

}  // namespace

TEST_CASE("use per stage is what the operators of a small decode come to")
{
  const auto run = run_decode({});
  const auto& table = table_of(run, "use_per_stage");
  const auto per_cent_of = [&](const std::string& stage, double seconds) {
    return 100 * seconds / (cell_of(table, stage, "time (us)") * 1e-6);
  };
  // A die of 64 / 2 requests: 4096 hidden values, 8 experts, top 2.
  constexpr double Tokens = 32;
  constexpr double Experts = 8;
  constexpr double Hidden = 4096;
  constexpr double Intermediate = 14336;
  CHECK(cell_of(table, "gate", "FLOPs") == Approx(per_cent_of("gate", 2 * Hidden * Experts * Tokens / 376e12)));
  CHECK(cell_of(table, "gate", "HBM") ==
        Approx(per_cent_of("gate", (2 * Hidden * Experts + 6 * Tokens * Hidden) / 1.6e12)));
  // Rows are spread by chance, and their mean is not.
  CHECK(cell_of(table, "experts", "FLOPs") ==
        Approx(per_cent_of("experts", 2 * 3 * Hidden * Intermediate * Tokens * 2 / 752e12)));
  // Fused kernels hold all vector cores from start to end.
  CHECK(cell_of(table, "dispatch", "AIV") == Approx(100));
  // An eighth of the rows stays on its die and crosses no lane; all that is sent is received.
  const double out = cell_of(table, "combine", "lanes out");
  CHECK(out == Approx(cell_of(table, "combine", "lanes in")));
  CHECK(out == Approx(per_cent_of("combine", Tokens * 2 * 7 / 8 * 2 * Hidden / (7 * 28e9))).epsilon(0.1));
  CHECK(cell_of(table, "whole layer", "time (us)") == Approx(run.result.find("layer_us")->value));
}

TEST_CASE("a run with free experts has none of their time and says that it is an idealisation")
{
  const FinishedRun run = run_decode({"workload.free=experts"});
  const auto part = std::ranges::find(run.result.breakdown, "experts", &cm::sim::metrics::Part::name);
  REQUIRE(part != run.result.breakdown.end());
  CHECK(part->value == 0);
  CHECK_THAT(run.result.notes.front(), Catch::StartsWith("workload.free: experts: the products of the experts"));
  CHECK_THAT(run.result.notes.front(), Catch::EndsWith("an idealisation"));
  const auto& links = table_of(run, "busiest_links");
  REQUIRE(links.rows.size() >= 10);
  CHECK(links.rows.size() <= 11);
  const auto busy = [&](std::size_t row) { return std::get<double>(links.rows[row].cells[0]); };
  for (std::size_t row = 1; row < 10; ++row)
    CHECK(busy(row - 1) >= busy(row));
}

TEST_CASE("a workload knows the parts that it has")
{
  const auto problem = [](auto&& run, const std::vector<std::string>& sets) {
    try {
      run(sets);
    } catch (const cm::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(problem(run_ep, {"workload.free=experts"}),
             Catch::Contains("--set workload.free:1:1: workload.free: expected one of network, host, queueing, found "
                             "\"experts\", which a run of ep has none of"));
  CHECK_THAT(problem(run_decode, {"model=llama-3.1-8b", "workload.ep=1", "workload.dp=8", "workload.free=experts"}),
             Catch::Contains("which a run of decode of llama-3.1-8b has none of"));
  const std::string root = CM_SOURCE_DIR "/configs";
  const auto choice = [&](const std::string& scenario, const std::vector<std::string>& sets) {
    return free_choice({.path = root + "/scenarios/" + scenario, .sets = sets, .seed = {}, .config_root = root});
  };
  CHECK(choice("p2p.yaml", {}).known == std::vector<std::string>{"network", "queueing"});
  CHECK(choice("p2p.yaml", {"machine.ub.model=flow"}).known.empty());
  CHECK(choice("gemm.yaml", {}).known.empty());
  CHECK(choice("prefill-ep32.yaml", {"workload.free=[host]"}).free == std::vector<std::string>{"host"});
}
