#include "sim/diagnostics/errors.h"
#include "tests/unit/tools/scenario/config_folder.h"
#include "tools/sweep_plan/sweep_file.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::ReadingLog;
using cm::tests::ConfigFolder;

namespace {

SweepSpec read(const ConfigFolder& folder, const std::string& text, ReadingLog& log)
{
  return read_sweep(folder.folder().with("w.yaml", text), folder.folder().file("configs"), log);
}

// Without the folder's name.
std::string problem(const std::string& text)
{
  const ConfigFolder folder;
  ReadingLog log;
  read(folder, text, log);
  REQUIRE(log.problems.size() == 1);
  return log.problems[0].substr(log.problems[0].find("w.yaml:"));
}

}  // namespace

TEST_CASE("a sweep has bases with their own axes, common axes, filters and seeds")
{
  const ConfigFolder folder;
  ReadingLog log;
  const SweepSpec spec = read(folder, R"(
description: what it shows
bases:
  - {scenario: ./s.yaml, set: {workload: {a: 1}}, axes: [{workload.b: [1]}]}
  - {scenario: ./s.yaml, name: second}
axes: [{machine.rate: [1 GB/s]}, {workload.c: [1, 2]}]
only: [{base: second}]
skip: [{workload.c: 1}]
repeats: 3
)",
                              log);
  CHECK(log.problems.empty());
  REQUIRE(spec.bases.size() == 2);
  CHECK(spec.bases[0].name == "s");
  CHECK(spec.bases[1].name == "second");
  CHECK(spec.bases[0].set.front().path == "workload.a");
  CHECK(spec.axis_keys() == std::vector<std::string>{"workload.b", "machine.rate", "workload.c"});
  CHECK(spec.only.size() == 1);
  CHECK(spec.skip.size() == 1);
  CHECK(spec.seeds == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("what is wrong with a sweep has its position")
{
  using Catch::StartsWith;
  CHECK_THAT(problem("axes: []"), StartsWith("w.yaml:1:1: bases: expected"));
  CHECK_THAT(problem("bases: []"), StartsWith("w.yaml:1:8: bases: expected at least one scenario"));
  CHECK_THAT(problem("bases: 3"), StartsWith("w.yaml:1:8: bases: expected a list"));
  CHECK_THAT(problem("bases: [{scenario: ./none.yaml}]"), StartsWith("w.yaml:1:20: bases[0].scenario: "));
  CHECK_THAT(problem("bases: [{scenario: ./s.yaml}, {scenario: ./s.yaml}]"),
             StartsWith("w.yaml:1:31: bases[1]: expected a name of its own"));
  CHECK_THAT(problem("bases: [{scenario: ./s.yaml, set: {a.b: 1}}]\naxes: [{a: [{c: 1}]}]"),
             StartsWith("w.yaml:2:8: a: expected each key once in base s, found a.b as well"));
  CHECK_THAT(problem("bases: [{scenario: ./s.yaml}]\nseeds: [x]"),
             StartsWith("w.yaml:2:9: seeds.seed: expected an int"));
  CHECK_THAT(problem("bases: [{scenario: ./s.yaml}]\nseeds: [1]\nrepeats: 2"),
             StartsWith("w.yaml:2:8: seeds: expected"));
}
