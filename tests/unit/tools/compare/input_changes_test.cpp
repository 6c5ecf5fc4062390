#include "tests/unit/tools/compare/stored_results.h"
#include "tools/compare/comparison_format.h"
#include "tools/compare/input_changes.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::ReadingLog;
using cm::sim::metrics::Inputs;
using cm::tests::TemporaryFolder;

namespace {

Inputs small_inputs()
{
  return {.title = "ep on small",
          .command = "cmsim run ep.yaml --seed 1",
          .machine = "small",
          .model = "",
          .workload = {{"kind", "ep"}, {"ep", "64"}, {"hidden", "7168"}},
          .overrides = {{"machine.ub.sub_planes", "5"}},
          .changes = {},
          .sets = {},
          .files = {{"machine", "machines/small.yaml", "00112233445566778899aabbccddeeff"}}};
}

std::string json_of(const std::optional<Inputs>& inputs)
{
  cm::sim::metrics::Result result = cm::tests::to_result({});
  result.manifest.scenario = "ep.yaml";
  result.manifest.version = "0.1.0";
  result.manifest.inputs = inputs;
  return to_json(result);
}

struct TwoSets {
  TwoSets(const std::optional<Inputs>& before, const std::optional<Inputs>& now)
  {
    folder.put("old/result.json", json_of(before));
    folder.put("new/result.json", json_of(now));
    old_set = read_results(folder.file("old"), log);
    new_set = read_results(folder.file("new"), log);
  }

  TemporaryFolder folder;
  ReadingLog log;
  ResultSet old_set;
  ResultSet new_set;
};

std::vector<std::string> lines(const std::vector<InputChange>& changes)
{
  std::vector<std::string> lines;
  for (const InputChange& change : changes) {
    const auto cells = input_cells(change);
    lines.push_back(cells[0] + ": " + cells[1] + " -> " + cells[2]);
  }
  return lines;
}

}  // namespace

TEST_CASE("inputs that differ are named key by key")
{
  Inputs other = small_inputs();
  other.workload = {{"kind", "ep"}, {"ep", "128"}, {"hidden", "7168"}, {"aiv_cores", "16"}};
  other.sets = {{"workload.ep", "128"}, {"machine.ub.sub_planes", "6"}, {"machine.ub.mtu", "4 KiB"}};
  other.files[0].digest = "ff112233445566778899aabbccddeeff";
  const TwoSets sets(small_inputs(), other);
  CHECK(sets.log.problems.empty());
  const Comparison comparison = compare(sets.old_set, sets.new_set, {});
  CHECK(lines(comparison.inputs) ==
        std::vector<std::string>{"workload.ep: 64 -> 128", "workload.aiv_cores: - -> 16",
                                 "machine.ub.sub_planes: 5 -> 6", "machine.ub.mtu: - -> 4 KiB",
                                 "file machines/small.yaml: digest 001122334455 -> digest ff1122334455"});
  CHECK(comparison.points.at(0).inputs.empty());
  CHECK_THAT(comparison_table(comparison), Catch::Contains("workload.ep"));
  CHECK_THAT(comparison_markdown(comparison), Catch::Contains("| workload.ep | 64 | 128 |\n"));
  CHECK_THAT(comparison_json(comparison), Catch::Contains("\"key\": \"workload.ep\""));
  CHECK_THAT(comparison_junit(comparison), Catch::Contains("<property name=\"workload.ep\" value=\"128, was 64\"/>"));
}

TEST_CASE("equal inputs differ in nothing")
{
  const TwoSets sets(small_inputs(), small_inputs());
  CHECK(input_changes(sets.old_set.results.at(0), sets.new_set.results.at(0)).empty());
}

TEST_CASE("results of different workloads are refused with the place of the kind")
{
  Inputs other = small_inputs();
  other.workload = {{"kind", "p2p"}};
  TwoSets sets(small_inputs(), other);
  refuse_other_kinds(sets.old_set, sets.new_set, sets.log);
  REQUIRE(sets.log.problems.size() == 1);
  CHECK_THAT(sets.log.problems[0], Catch::StartsWith(sets.folder.file("new/result.json") + ":"));
  CHECK_THAT(sets.log.problems[0],
             Catch::EndsWith(": the workload is \"p2p\", that of " + sets.folder.file("old/result.json") +
                             " is \"ep\": results of different workloads have no common metrics"));
}

TEST_CASE("a result that does not say what was run is compared all the same")
{
  TwoSets sets(std::nullopt, small_inputs());
  CHECK(sets.log.problems.empty());
  refuse_other_kinds(sets.old_set, sets.new_set, sets.log);
  CHECK(sets.log.problems.empty());
  const Comparison comparison = compare(sets.old_set, sets.new_set, {});
  CHECK(comparison.inputs.empty());
  CHECK(comparison.unknown_inputs == sets.old_set.path + " does not state its inputs (written by an earlier version)");
  CHECK_THAT(comparison_table(comparison), Catch::Contains("inputs: " + sets.old_set.path));
}

TEST_CASE("what all points differ in is told once")
{
  std::vector<InputChange> first{{"program", "a", "b"}, {"seed", "1", "2"}};
  std::vector<InputChange> second{{"workload.ep", "1", "2"}, {"program", "a", "b"}};
  CHECK(take_common({&first, &second}) == std::vector<InputChange>{{"program", "a", "b"}});
  CHECK(first == std::vector<InputChange>{{"seed", "1", "2"}});
  CHECK(second == std::vector<InputChange>{{"workload.ep", "1", "2"}});
  CHECK(take_common({}).empty());
}

TEST_CASE("a search for the capacity is an input with its levels and the share that must hold them")
{
  Inputs searched = small_inputs();
  searched.command = "cmsim run ep.yaml --seed 1 --find-capacity slo.ttft=2s,slo.tpot=50ms";
  Inputs stricter = searched;
  stricter.command += ",share=99%";
  const TwoSets sets(searched, stricter);
  CHECK(lines(compare(sets.old_set, sets.new_set, {}).inputs) ==
        std::vector<std::string>{"find-capacity: slo.ttft=2s,slo.tpot=50ms,share=90% -> "
                                 "slo.ttft=2s,slo.tpot=50ms,share=99%"});
  const TwoSets lone(small_inputs(), searched);
  CHECK(lines(compare(lone.old_set, lone.new_set, {}).inputs) ==
        std::vector<std::string>{"find-capacity: - -> slo.ttft=2s,slo.tpot=50ms,share=90%"});
}
