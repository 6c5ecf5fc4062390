#include "tools/numbers/number_name.h"
#include "tools/workload_kinds/workload_table.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("a result has the numbers that comparisons and sweeps call by their names")
{
  CHECK(refused_number("ttft_p99_ms", "serving").empty());
  CHECK(refused_number("ttft_ms.p99", "serving").empty());
  CHECK(refused_number("slo_attainment", "serving").empty());
  CHECK(refused_number("steady", "p2p").empty());
}

TEST_CASE("a name that no result of the kind has is refused with the nearest one")
{
  CHECK(refused_number("tpot_m", "decode") ==
        "expected a metric of the run, found \"tpot_m\"; did you mean \"tpot_ms\"?");
  CHECK_THAT(refused_number("ttft_p98_ms", "serving"), Catch::Contains("did you mean \"ttft_p9"));
  // A serving run's number, asked of another kind.
  CHECK_FALSE(refused_number("ttft_p99_ms", "p2p").empty());
  CHECK(refused_number("ttft_p99_ms").empty());
  CHECK_FALSE(refused_number("nonsense").empty());
  CHECK_THAT(refused_number("nonsense", "p2p"), Catch::Contains("; metrics: ") && Catch::Contains("latency_us"));
  // A wrong kind is told elsewhere.
  CHECK(refused_number("nonsense", "no-kind").empty());
}

TEST_CASE("a histogram alone is no number")
{
  CHECK_THAT(refused_number("ttft_ms", "serving"), Catch::Contains("found the histogram \"ttft_ms\"; its statistics: "
                                                                   "ttft_mean_ms, ttft_min_ms, ttft_p50_ms"));
}

TEST_CASE("every name that is offered is accepted")
{
  for (const WorkloadKind& kind : workload_table())
    for (const std::string& name : number_names(kind.name)) {
      INFO(kind.name << " " << name);
      CHECK(refused_number(name, kind.name).empty());
    }
}

TEST_CASE("a metric that only an option adds is refused with the option, and known to comparisons")
{
  for (const char* const name : {"capacity_rps", "capacity_load"}) {
    CHECK_THAT(refused_number(name, "serving"), Catch::EndsWith("which only cmsim run --find-capacity adds"));
    CHECK(refused_number(name).empty());
  }
  // Reported by some runs.
  CHECK(refused_number("sustainable_rps", "serving").empty());
}

TEST_CASE("a beginning gets the names that go on behind it, and a far word the nearest five")
{
  CHECK_THAT(refused_number("ttft", "serving"), Catch::Contains("did you mean \"ttft_min_ms\", \"ttft_p50_ms\""));
  CHECK_THAT(refused_number("ttft_p99"), Catch::Contains("did you mean \"ttft_p99_ms\""));
  const std::string far = refused_number("nonsense", "serving");
  CHECK_THAT(far, Catch::EndsWith(", ... (cmsim list metrics serving shows all)"));
  CHECK(far.size() < 250);
}
