#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/runner/cell_folder.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::tests::ConfigFolder;

namespace {

constexpr const char* Serving =
    "machine: small\nmodel: tiny\nseed: 1\n"
    "workload: {kind: serving, router: a, generator: {rate: 1}, decode: {ep: 8, routing: r.csv}, prefill: {npus: 2}}\n";

std::string folder_of(const ConfigFolder& configs, const std::vector<std::string>& sets = {})
{
  return cell_folder(configs.load(sets), "/cache");
}

}  // namespace

TEST_CASE("cells are kept under one name for equal deployments, whatever the requests and the router")
{
  const ConfigFolder configs;
  configs.scenario(Serving);
  const std::string folder = folder_of(configs);
  CHECK_THAT(folder, Catch::StartsWith("/cache/cells/"));
  CHECK(folder_of(configs) == folder);
  CHECK(folder_of(configs, {"workload.router=b", "workload.generator.rate=2"}) == folder);
}

TEST_CASE("deployment, seed, machine and model change the name")
{
  const ConfigFolder configs;
  configs.scenario(Serving);
  const std::string set = GENERATE("workload.decode.ep=16", "workload.prefill.npus=4", "seed=2", "machine.nodes=3",
                                   "model.layers=3", "machine.ub.rate=27 GB/s");
  INFO(set);
  CHECK(folder_of(configs, {set}) != folder_of(configs));
}

TEST_CASE("the contents of a file that a deployment names change the name")
{
  const ConfigFolder configs;
  configs.scenario(Serving);
  configs.folder().put("r.csv", "1");
  const std::string before = folder_of(configs);
  configs.folder().put("r.csv", "2");
  CHECK(folder_of(configs) != before);
}

TEST_CASE("the evidence of a number leaves the name as it is")
{
  const ConfigFolder configs;
  configs.scenario(Serving);
  CHECK(folder_of(configs, {"machine.ub.rate={value: 28 GB/s, evidence: assumed, source: why}"}) == folder_of(configs));
}

TEST_CASE("nothing is kept without a root")
{
  const ConfigFolder configs;
  configs.scenario(Serving);
  CHECK(cell_folder(configs.load(), "").empty());
}
