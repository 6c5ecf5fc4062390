#include "sim/diagnostics/errors.h"
#include "sim/metrics/metric_declaration.h"

#include <catch2/catch.hpp>

#include <string_view>
#include <vector>

using namespace cm;
using namespace cm::sim::metrics;

namespace {

MetricDeclaration named(std::string_view name, std::string_view words = {})
{
  return {.name = name, .unit = "s", .meaning = "a time", .formula = "end minus start", .words = words};
}

}  // namespace

TEST_CASE("a star stands for one word at least, in front, inside or behind")
{
  CHECK(is_name_of(named("*_cold_s"), "ems_cold_s"));
  CHECK_FALSE(is_name_of(named("*_cold_s"), "_cold_s"));
  CHECK(is_name_of(named("hits_*"), "hits_dram"));
  CHECK_FALSE(is_name_of(named("hits_*"), "hits_"));
  CHECK_FALSE(is_name_of(named("hits_*"), "hit_dram"));
  // One letter cannot be both ends.
  CHECK_FALSE(is_name_of(named("a*a"), "a"));
  CHECK_FALSE(is_name_of(named("a*a"), "aa"));
  CHECK(is_name_of(named("a*a"), "aba"));
}

TEST_CASE("only the listed words stand for a star that has a list")
{
  const MetricDeclaration metric = named("*_warm_s", "local_dram, ems");
  CHECK(is_name_of(metric, "local_dram_warm_s"));
  CHECK(is_name_of(metric, "ems_warm_s"));
  CHECK_FALSE(is_name_of(metric, "dram_warm_s"));
  CHECK_FALSE(is_name_of(metric, "local_dram, ems_warm_s"));
}

TEST_CASE("a name with a word is one that the metric takes back")
{
  const MetricDeclaration metric = named("kv_*_us");
  CHECK(name_with(metric, "remote_dram") == "kv_remote_dram_us");
  CHECK(is_name_of(metric, name_with(metric, "remote_dram")));
  CHECK_THROWS_AS(name_with(named("time_us"), "remote_dram"), SimulationError);
}

TEST_CASE("a statistic stands in front of the last word of a histogram's name, the unit")
{
  CHECK(statistic_name("kv_remote_dram_us", "p99") == "kv_remote_dram_p99_us");
  CHECK(statistic_name("kv_*_us", "mean") == "kv_*_mean_us");
  CHECK(statistic_name("hops", "max") == "hops_max");
}

TEST_CASE("a list is taken apart at comma and blank")
{
  using Items = std::vector<std::string_view>;
  CHECK(items_of("").empty());
  CHECK(items_of("breakdown") == Items{"breakdown"});
  CHECK(items_of("kv_mmu_us, kv_ub_us, breakdown") == Items{"kv_mmu_us", "kv_ub_us", "breakdown"});
  CHECK(items_of("a,b") == Items{"a,b"});
}
