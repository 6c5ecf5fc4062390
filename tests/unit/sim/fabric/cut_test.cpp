// Messages cut into packets so that lanes carry the same.
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

// Bytes of the busiest lane of endpoint 0 over those of the idlest, after many equal messages.
double unevenness(std::uint32_t lanes, Bytes mtu, std::uint32_t row)
{
  const NetworkSpec network = small_clos({.groups = 1, .lanes = lanes});
  FabricRun run(network, {.mtu = mtu});
  run_all(run, {flow(0, std::vector<Message>(10 * lanes, {1, row}))});
  std::uint64_t most = 0;
  std::uint64_t least = ~std::uint64_t{0};
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    const std::uint64_t bytes = run.fabric().counters(network.lane_out_ports[lane]).bytes;
    most = std::max(most, bytes);
    least = std::min(least, bytes);
  }
  return static_cast<double>(most) / static_cast<double>(least);
}

}  // namespace

TEST_CASE("rows of a whole packet and a short one load all lanes alike")
{
  constexpr std::uint32_t Row = 7 * 1024 + 512;
  for (const std::uint32_t lanes : {2U, 4U, 6U, 7U, 9U}) {
    INFO(lanes << " lanes");
    CHECK(unevenness(lanes, Bytes(7 * 1024), Row) < 1.01);
    CHECK(unevenness(lanes, Bytes(8 * 1024), Row) < 1.01);
    CHECK(unevenness(lanes, Bytes(2 * 1024), Row) < 1.01);
  }
}

TEST_CASE("the spray leaves out as few lanes as make messages of equal length start on each")
{
  const auto left_out = [](std::uint32_t lanes, std::uint32_t packets) {
    return FabricRules({.mtu = Bytes(1000)}, lanes).lanes_left_out(packets * 1000 - 500);
  };
  CHECK(left_out(7, 1) == 0);
  CHECK(left_out(7, 6) == 0);
  CHECK(left_out(7, 7) == 0);
  CHECK(left_out(7, 8) == 0);  // cut into two whole rounds of equal packets
  CHECK(left_out(4, 2) == 1);
  CHECK(left_out(6, 2) == 3);
}
