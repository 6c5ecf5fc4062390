// Tests of keys that are set on top of a scenario and that its run does not use.
#include "tests/unit/sim/temporary_folder.h"
#include "tools/runner/run.h"
#include "tools/runner/unused_keys.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm::tools;

namespace {

const std::string Configs = CM_SOURCE_DIR "/configs";

ScenarioCheck check(const std::string& scenario, const std::vector<std::string>& sets)
{
  return check_scenario(
      {.path = Configs + "/scenarios/" + scenario + ".yaml", .sets = sets, .seed = {}, .config_root = Configs});
}

// The only note of a scenario that has no problems.
std::string note(const std::string& scenario, const std::vector<std::string>& sets)
{
  const ScenarioCheck found = check(scenario, sets);
  INFO(scenario);
  CHECK(found.problems.empty());
  REQUIRE(found.notes.size() == 1);
  return found.notes.front().text;
}

// The only problem of a scenario.
std::string problem(const std::string& scenario, const std::vector<std::string>& sets)
{
  const ScenarioCheck found = check(scenario, sets);
  CHECK(found.notes.empty());
  CHECK_FALSE(found.is_malformed);
  REQUIRE(found.problems.size() == 1);
  return found.problems.front();
}

}  // namespace

TEST_CASE("a note says which key it is about")
{
  const ScenarioCheck found = check("p2p", {"machine.rdma+={latency: 2 us}"});
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes.front().key == "machine.rdma.latency");
  CHECK_THAT(found.notes.front().text, Catch::StartsWith("machine.rdma.latency has no effect here: "));
}

TEST_CASE("the rate of a generator beside a trace is refused, a generator in the file is not")
{
  const cm::tests::TemporaryFolder folder;
  const std::string trace = "workload.trace=" + folder.with("t.jsonl", "{}\n");
  CHECK(check("serving-mooncake", {trace}).problems.empty());
  CHECK_THAT(
      problem("serving-mooncake", {trace, "workload.generator.rate=10"}),
      Catch::Equals("--set workload.generator.rate:1:1: workload.generator.rate: has no effect here: the requests "
                    "come from workload.trace"));
  CHECK_THAT(problem("serving-mooncake", {trace, "workload.generator+={input: {sigma: 2}}"}),
             Catch::Contains("workload.generator.input.sigma: has no effect here"));
  CHECK(check("serving-mooncake", {"workload.generator.rate=10"}).problems.empty());
}

TEST_CASE("copies of experts are nothing to a dense model")
{
  CHECK_THAT(note("decode-dense", {"workload.experts=auto"}),
             Catch::Equals("workload.experts has no effect here: the model has no experts"));
}

TEST_CASE("keys of a decode run that serving does not run are refused")
{
  for (const char* set : {"workload.decode.iterations=5", "workload.decode.accuracy_retention=0.9"})
    CHECK_FALSE(check("serving-pdc", {set}).problems.empty());
  CHECK_THAT(problem("serving-pdc", {"workload.decode.iterations=5"}), Catch::Contains("cells"));
  CHECK(check("decode-ep320", {"workload.iterations=5"}).problems.empty());
}

TEST_CASE("numbers of the machine that a run does not use are noted with the reason")
{
  CHECK(note("prefill-ep32", {"machine.ub.mtu=4 KiB"}) ==
        "machine.ub.mtu has no effect here: the fabric moves pieces of workload.chunk, which are larger");
  CHECK(note("h800-ep", {"machine.ub.mtu=4 KiB"}) ==
        "machine.ub.mtu has no effect here: the packets of machine.rdma.fabric are simulated, as machine.packet_plane: "
        "rdma says");
  CHECK_THAT(note("kv-access", {"machine.memory.ladder.l1_cache=2 ns"}), Catch::Contains("no access path crosses it"));
  CHECK(note("ep", {"machine.memory.ladder.dram=100 ns"}) ==
        "machine.memory.ladder.dram has no effect here: a run of ep does not use it");
  CHECK_THAT(note("p2p", {"machine.die.write_engine=100 GB/s"}), Catch::Contains("workload.from, to and op"));
  CHECK_THAT(
      note("ep", {"workload.sub_plane_choice=hash", "machine.ub.sub_plane_choice=spray"}),
      Catch::Equals("machine.ub.sub_plane_choice has no effect here: workload.sub_plane_choice takes its place"));
}

TEST_CASE("a map that is set whole is looked at key by key")
{
  CHECK(check("p2p", {"machine.die.hbm+={capacity: 60 GB, reserved: 2 GB}"}).notes.empty());
  CHECK(note("p2p", {"machine.die+={hbm: {capacity: 60 GB}, host: {turn: 1 ms}}"}) ==
        "machine.die.host.turn has no effect here: a run of p2p does not use it");
}

TEST_CASE("a model that a run does not use is noted")
{
  CHECK(note("ep", {"model=mixtral-8x7b"}) == "model has no effect here: a run of ep uses no model");
}

TEST_CASE("numbers that a run uses are not noted")
{
  for (const auto& [scenario, set] :
       {std::pair{"ep", "machine.ub.mtu=4 KiB"}, std::pair{"ep", "machine.nodes=40"},
        std::pair{"h800-ep", "machine.rdma.fabric.mtu=8 KiB"},
        std::pair{"kv-access", "machine.memory.ladder.dram=70 ns"}, std::pair{"decode-ep320", "model.layers=4"},
        std::pair{"ep", "machine.packet_plane=ub"}, std::pair{"prefill-ep32", "machine.ub.mtu=256 KiB"}})
    CHECK(check(scenario, {set}).notes.empty());
}

TEST_CASE("what another choice makes idle is noted, so that a grid of settings may hold it")
{
  CHECK(note("serving-pdc", {"workload.pool.on=false", "workload.pool.plane=vpc"}) ==
        "workload.pool.plane has no effect here: workload.pool.on is false");
  CHECK(note("decode-ep320", {"workload.mtp+={tokens: 0, acceptance: 0.9}"}) ==
        "workload.mtp.acceptance has no effect here: workload.mtp.tokens is 0");
  CHECK_THAT(note("ep", {"workload.ep=8", "workload.l2_choice=hash"}),
             Catch::Contains("all traffic stays in one node"));
}

TEST_CASE("overrides of a scenario's file are looked at as well, and a run tells what it noted")
{
  const cm::tests::TemporaryFolder folder;
  const std::string file = folder.with("s.yaml", "machine: cloudmatrix384\noverrides: {machine.rdma.latency: 2 us}\n"
                                                 "workload: {kind: p2p, from: die:0, to: die:16}\n");
  cm::sim::metrics::NoProgress progress;
  const FinishedRun run = run_scenario({.path = file, .sets = {}, .seed = {}, .config_root = Configs}, progress);
  CHECK(std::ranges::count(run.result.notes,
                           "machine.rdma.latency has no effect here: workload.plane: ub, no card carries the bytes") ==
        1);
}

TEST_CASE("a key of a network listed by its role is that of its plane")
{
  CHECK(plane_key("machine.fabrics.scale_up.mtu") == "machine.ub.mtu");
  CHECK(plane_key("machine.fabrics.scale_out.fabric.mtu") == "machine.rdma.fabric.mtu");
  CHECK(plane_key("machine.fabrics.front") == "machine.vpc");
  CHECK(plane_key("machine.fabrics.scale_upper.mtu") == "machine.fabrics.scale_upper.mtu");
  CHECK(plane_key("workload.ep") == "workload.ep");
}
