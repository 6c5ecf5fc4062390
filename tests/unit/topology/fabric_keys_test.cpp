#include "topology/fabrics/fabric_keys.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;
using namespace cm::sim::config;

namespace {

struct Fitting {
  bool fits = false;
  std::vector<std::string> problems;
};

Fitting fitting(std::uint64_t cables, std::uint64_t lanes)
{
  const Value map = parse_text("f.yaml", "{links: 1}");
  ReadingLog log;
  Reader reader(map, "machine.ub", log);
  const bool does_fit = fits(reader, "links", {.chips = {}, .cables = cables}, lanes);
  return {does_fit, log.problems};
}

}  // namespace

TEST_CASE("a fabric fits with as many ports and lanes as the packet fabric numbers, and no more")
{
  CHECK(fitting(MostFabricPorts / 2, 255).fits);
  CHECK_FALSE(fitting(MostFabricPorts / 2 + 1, 1).fits);
  CHECK_THAT(fitting(MostFabricPorts / 2 + 1, 1).problems.front(), Catch::Contains("at most 1048574 ports"));
  CHECK_THAT(fitting(1, 256).problems.front(), Catch::Contains("at most 255 lanes"));
}

TEST_CASE("a fabric of counts that could not be read fits nowhere and is not complained of again")
{
  CHECK_FALSE(fitting(0, 1).fits);
  CHECK_FALSE(fitting(1, 0).fits);
  CHECK(fitting(0, 0).problems.empty());
}

TEST_CASE("the rate of a CPU is zero where it is not stated, and bounded where it is")
{
  const auto rate = [](const std::string& text, ReadingLog& log) {
    const Value map = parse_text("f.yaml", text);
    Reader reader(map, "machine.ub", log);
    return read_cpu_rate(reader);
  };
  ReadingLog log;
  CHECK(rate("{}", log).count() == 0);
  CHECK(rate("{cpu_bandwidth: 3 GB/s}", log) == 3_GBps);
  CHECK(log.problems.empty());
  rate("{cpu_bandwidth: 3 kB/s}", log);
  CHECK(log.problems.size() == 1);
}
