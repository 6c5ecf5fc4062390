#include "sim/diagnostics/errors.h"
#include "tools/sensitivity/what_if_free.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace cm::tools;

namespace {

std::vector<std::string> settings_of(const std::string& scenario, const std::vector<std::string>& sets)
{
  const std::string root = CM_SOURCE_DIR "/configs";
  std::vector<std::string> settings;
  for (const FreeRun& run :
       free_runs({.path = root + "/scenarios/" + scenario, .sets = sets, .seed = {}, .config_root = root}))
    settings.push_back(fmt::format("{}: {}", run.part, run.setting));
  return settings;
}

}  // namespace

TEST_CASE("each part that the workload has is free in one run")
{
  CHECK(settings_of("prefill-ep32.yaml", {}) ==
        std::vector<std::string>{"network: workload.free=[network]", "experts: workload.free=[experts]",
                                 "host: workload.free=[host]", "queueing: workload.free=[queueing]"});
}

TEST_CASE("a part that is free already stays free in all runs")
{
  CHECK(settings_of("p2p.yaml", {"workload.free=network"}) ==
        std::vector<std::string>{"queueing: workload.free=[network, queueing]"});
}

TEST_CASE("a workload without such parts is refused with those that have some")
{
  CHECK_THROWS_WITH(settings_of("gemm.yaml", {}),
                    Catch::Contains("a run of gemm has no parts that could be free; these kinds do: p2p, collective"));
}
