#include "tools/workload_kinds/metric_catalogue.h"
#include "tools/workload_kinds/workload_table.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace cm::tools;
using cm::sim::config::parse_text;
using cm::sim::config::ReadingLog;

TEST_CASE("every kind of workload has a name of its own, a sentence and a function")
{
  std::set<std::string_view> names;
  for (const WorkloadKind& kind : workload_table()) {
    CHECK(names.insert(kind.name).second);
    CHECK_FALSE(kind.sentence.empty());
    CHECK(kind.prepare != nullptr);
  }
}

TEST_CASE("every kind has a headline of numbers that it can report")
{
  for (const WorkloadKind& kind : workload_table()) {
    INFO(kind.name);
    CHECK_FALSE(kind.headline.empty());
    for (const auto& row : kind.headline) {
      INFO(row.name);
      CHECK_FALSE(row.label.empty());
      const auto found = find_metric(row.name);
      REQUIRE(found);
      CHECK(std::ranges::find(kind.metrics, found->declaration.name, &cm::sim::metrics::MetricDeclaration::name) !=
            kind.metrics.end());
    }
  }
}

TEST_CASE("a workload is found by its kind")
{
  ReadingLog log;
  const WorkloadKind* kind = find_workload(parse_text("f", "{kind: ep}"), log);
  REQUIRE(kind != nullptr);
  CHECK(kind->name == "ep");
  CHECK(log.problems.empty());
}

TEST_CASE("an unknown kind is reported with the nearest one")
{
  ReadingLog log;
  CHECK(find_workload(parse_text("f", "{kind: p3p}"), log) == nullptr);
  CHECK(find_workload(parse_text("f", "{kind: [p2p]}"), log) == nullptr);
  CHECK(find_workload(parse_text("f", "{}"), log) == nullptr);
  CHECK(find_workload(parse_text("f", "3"), log) == nullptr);
  REQUIRE(log.problems.size() == 4);
  CHECK_THAT(log.problems[0], Catch::StartsWith("f:1:8: workload.kind: expected one of p2p, collective, gemm, ep") &&
                                  Catch::EndsWith("found \"p3p\"; did you mean \"p2p\"?"));
  CHECK_THAT(log.problems[1], Catch::EndsWith("found a list"));
  CHECK_THAT(log.problems[2], Catch::EndsWith("found no such key"));
  CHECK(log.problems[3] == "f:1:1: workload: expected a map of keys, found \"3\"");
}
