#include "tools/schema/metric_explanation.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace cm::tools;

TEST_CASE("a metric is told with the workloads that report it, its unit, direction and formula")
{
  CHECK(metric_explanation("tflops") == "tflops (metric of gemm)\n"
                                        "  arithmetic done per second\n"
                                        "  unit: TFLOP/s\n"
                                        "  better: higher\n"
                                        "  formula: 2 m n k / time_us\n");
}

TEST_CASE("a statistic is told in words, of the histogram that it is of")
{
  const std::string text = metric_explanation("kv_mmu_p99_us");
  CHECK_THAT(text, Catch::StartsWith("kv_mmu_p99_us (histogram of kv)\n"));
  CHECK_THAT(text, Catch::Contains(" of kv_mmu_us: part of an access that address translation takes\n"));
  CHECK_THAT(text, Catch::Contains("\n  statistics: count, mean, "));
  CHECK(metric_explanation("kv_mmu_us").find(" of kv_mmu_us: ") == std::string::npos);
}

TEST_CASE("a name that workloads declare differently has an entry for each")
{
  // One product of matrices and one collective take a time each.
  const std::string text = metric_explanation("time_us");
  CHECK_THAT(text, Catch::Contains("time_us (metric of gemm)\n  time of the whole product\n"));
  CHECK_THAT(text, Catch::Contains("time_us (metric of collective)\n  time of the whole operation\n"));
}

TEST_CASE("a metric that only an option adds says which")
{
  CHECK_THAT(metric_explanation("capacity_rps"), Catch::Contains("only reported by cmsim run --find-capacity"));
}

TEST_CASE("what is no metric has no explanation")
{
  CHECK(metric_explanation("tpot").empty());
  CHECK(metric_explanation("").empty());
}

TEST_CASE("every metric of the list has an explanation")
{
  for (std::string name : metric_names()) {
    if (const std::size_t star = name.find('*'); star != std::string::npos)
      continue;
    INFO(name);
    CHECK_THAT(metric_explanation(name), Catch::StartsWith(name + " ("));
  }
}
