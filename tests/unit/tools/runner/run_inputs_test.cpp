#include "tests/unit/sim/temporary_folder.h"
#include "tools/runner/run.h"
#include "tools/runner/run_inputs.h"
#include "tools/terminal/shell_words.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace cm::tools;
using cm::sim::metrics::Inputs;
using cm::sim::metrics::KeyTexts;

namespace {

const std::string Root = CM_SOURCE_DIR "/configs";

Inputs inputs_of_run(const ScenarioRequest& request)
{
  cm::sim::metrics::NoProgress progress;
  return *run_scenario(request, progress).result.manifest.inputs;
}

Inputs inputs_of_ep(std::vector<std::string> sets, const std::string& root = Root)
{
  sets.insert(sets.begin(), {"workload.ep=8", "workload.tokens_per_rank=8", "workload.repeats=1"});
  return inputs_of_run({.path = root + "/scenarios/ep.yaml", .sets = sets, .seed = {}, .config_root = root});
}

std::vector<cm::sim::metrics::DigestedFile> files_of_ep(const std::string& root)
{
  const ScenarioRequest request{.path = root + "/scenarios/ep.yaml", .sets = {}, .seed = {}, .config_root = root};
  return digested_files(read_scenario(request).log);
}

std::string text_of(const KeyTexts& keys, const std::string& key)
{
  const auto found = std::ranges::find(keys, key, &KeyTexts::value_type::first);
  return found == keys.end() ? "missing" : found->second;
}

std::vector<std::string> file_names(const Inputs& inputs)
{
  std::vector<std::string> names;
  for (const auto& file : inputs.files)
    names.push_back(file.key + " " + file.name);
  return names;
}

// Whether the command of a sweep's point whose machine lies beside the sweep's file reads the same machine.
bool is_found_again(const std::string& machine)
{
  const cm::tests::TemporaryFolder folder;
  folder.put("sweeps/" + machine, "name: own\nbase: cloudmatrix384\noverrides: {ub.sub_planes: 5}\n");
  cm::sim::config::ReadingLog log;
  ScenarioRequest request{.path = Root + "/scenarios/p2p.yaml", .sets = {}, .seed = {}, .config_root = Root};
  request.changes = changes_of_keys(
      cm::sim::config::parse_text(folder.file("sweeps/w.yaml"), "{machine: \"./" + machine + "\"}"), log);
  const auto words = shell_words(inputs_of_run(request).command);
  REQUIRE(words);
  const ScenarioRequest again{.path = (*words)[2], .sets = {(*words)[4]}, .seed = {}, .config_root = Root};
  return check_scenario(again).problems.empty() &&
         check_scenario(again).configuration_digest == check_scenario(request).configuration_digest;
}

}  // namespace

TEST_CASE("a run tells every key of its workload, defaults among them, as the reader took it")
{
  const Inputs inputs = inputs_of_ep({"workload.hidden=7168"});
  CHECK(text_of(inputs.workload, "kind") == "ep");
  CHECK(text_of(inputs.workload, "ep") == "8");
  CHECK(text_of(inputs.workload, "routing") == "uniform");
  CHECK(text_of(inputs.workload, "aiv_cores") != "missing");
  CHECK(inputs.machine == "cloudmatrix384");
  CHECK(inputs.model.empty());
  CHECK(inputs.title == "ep on cloudmatrix384");
}

TEST_CASE("a run tells one command that makes it again, whatever was typed twice")
{
  const Inputs inputs = inputs_of_ep({"workload.ep=16", "workload.ep=8", "machine.ub.lane_bandwidth=14 GB/s"});
  CHECK(inputs.command == "cmsim run " + Root +
                              "/scenarios/ep.yaml --set workload.tokens_per_rank=8 --set workload.repeats=1 --set "
                              "workload.ep=8 --set 'machine.ub.lane_bandwidth=14 GB/s' --seed 1");
  CHECK(text_of(inputs.sets, "machine.ub.lane_bandwidth") == "14 GB/s");
}

TEST_CASE("additions to a map last beside each other")
{
  const std::string first = "machine.die.hbm+={capacity: 64 GB}";
  const std::string second = "machine.die.hbm+={reserved: 5 GB}";
  CHECK_THAT(inputs_of_ep({first, second}).command, Catch::Contains("--set '" + first + "' --set '" + second + "'"));
}

TEST_CASE("a value that is set whole ends what was set and added before")
{
  const std::string command = inputs_of_ep({"workload.routing=uniform", "workload.routing+={x: 1}",
                                            "workload.routing=skewed", "workload.skew=0.5"})
                                  .command;
  CHECK_THAT(command, Catch::Contains("--set workload.routing=skewed --set workload.skew=0.5"));
  CHECK_THAT(command, !Catch::Contains("uniform") && !Catch::Contains("+="));
}

TEST_CASE("a model that the run does not use is not what was run")
{
  const Inputs inputs = inputs_of_ep({"model=mixtral-8x7b"});
  CHECK(inputs.title == "ep on cloudmatrix384");
  CHECK(inputs.model.empty());
}

TEST_CASE("a map that is set is told key by key")
{
  const Inputs inputs = inputs_of_ep({"machine.die.hbm+={capacity: 64 GB, reserved: 5 GB}"});
  CHECK(text_of(inputs.sets, "machine.die.hbm.capacity") == "64 GB");
  CHECK(text_of(inputs.sets, "machine.die.hbm.reserved") == "5 GB");
}

TEST_CASE("files have the names of the folder of configurations, and digests of their contents")
{
  const cm::tests::TemporaryFolder other;
  std::filesystem::copy(Root, other.file("configs"), std::filesystem::copy_options::recursive);
  const auto here = files_of_ep(Root);
  const auto there = files_of_ep(other.file("configs"));
  REQUIRE(here.size() > 2);
  CHECK(here[1].key == "machine");
  CHECK(here[1].name == "machines/cloudmatrix384.yaml");
  CHECK(here[2].key == "machine.ub.part");
  CHECK(here[2].name == "parts/ub-cloudmatrix384.yaml");
  REQUIRE(here.size() == there.size());
  // The scenario is called what the user calls it; all else is the same in both checkouts.
  for (std::size_t i = 1; i < here.size(); ++i)
    CHECK(here[i] == there[i]);
  CHECK(here[0].digest == there[0].digest);
}

TEST_CASE("what overrides and a sweep set is told apart, and the command sets what the sweep did")
{
  const cm::tests::TemporaryFolder folder;
  const std::string scenario =
      folder.with("s.yaml", "machine: cloudmatrix384\n"
                            "overrides: {machine.ub.sub_planes: 5}\n"
                            "workload: {kind: p2p, from: die:0, to: die:16, op: read, bytes: 512 B}\n");
  cm::sim::config::ReadingLog log;
  ScenarioRequest request{.path = scenario, .sets = {}, .seed = 7, .config_root = Root};
  request.changes = changes_of_keys(cm::sim::config::parse_text("w.yaml", "{workload.to: cpu:0}"), log);
  const Inputs inputs = inputs_of_run(request);
  CHECK(text_of(inputs.overrides, "machine.ub.sub_planes") == "5");
  CHECK(text_of(inputs.changes, "workload.to") == "cpu:0");
  CHECK(text_of(inputs.workload, "to") == "cpu:0");
  CHECK(inputs.command == "cmsim run " + scenario + " --set workload.to=cpu:0 --seed 7");
}

TEST_CASE("a file that the workload names is digested, and found again from the command of a sweep's point")
{
  const cm::tests::TemporaryFolder folder;
  folder.put("blocks.txt", "1\n2\n3\n");
  folder.put("sweeps/w.yaml", "");
  cm::sim::config::ReadingLog log;
  ScenarioRequest request{.path = Root + "/scenarios/kv-access.yaml",
                          .sets = {"workload.popularity=trace", "workload.accesses=2", "workload.readers=1",
                                   "workload.compare.paths=false", "workload.compare.readers=[1]",
                                   "workload.compare.stripes=[1]", "workload.compare.write_shares=[0.5]"},
                          .seed = {},
                          .config_root = Root};
  request.changes = changes_of_keys(
      cm::sim::config::parse_text(folder.file("sweeps/w.yaml"), "{workload.trace: ../blocks.txt}"), log);
  const Inputs inputs = inputs_of_run(request);
  const auto names = file_names(inputs);
  CHECK(std::ranges::find(names, "workload.trace ../blocks.txt") != names.end());
  CHECK_THAT(inputs.command, Catch::Contains("--set workload.trace=" + folder.file("blocks.txt")));
}

TEST_CASE("a machine beside a sweep's file is found again, whatever its path begins with")
{
  CHECK(is_found_again("m.yaml"));
}

TEST_CASE("a machine beside a sweep's file is found again, whatever its path holds")
{
  CHECK(is_found_again("my: own.yaml"));
}

TEST_CASE("a model with fewer layers than it has is marked in the title")
{
  ScenarioRequest request{.path = Root + "/scenarios/decode-dense.yaml",
                          .sets = {"model.layers=2", "workload.dp=1", "workload.iterations=1"},
                          .seed = {},
                          .config_root = Root};
  CHECK(inputs_of_run(request).title == "decode of llama-3.1-70b (2 of its 80 layers) on cloudmatrix384");
  request.sets = {"model.layers=80", "workload.dp=1", "workload.iterations=1"};
  CHECK(read_scenario(request).log.problems.empty());
}
