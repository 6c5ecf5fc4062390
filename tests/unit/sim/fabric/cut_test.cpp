// Messages cut into packets so that lanes carry the same.
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

// Bytes of the busiest lane of endpoint 0 over the mean, after many equal messages.
double unevenness(std::uint32_t lanes, Bytes mtu, std::uint32_t row)
{
  const NetworkSpec network = small_clos({.groups = 1, .lanes = lanes});
  FabricRun run(network, {.mtu = mtu});
  const std::uint32_t rows = 10 * lanes;
  run_all(run, {flow(0, std::vector<Message>(rows, {1, row}))});
  std::uint64_t most = 0;
  for (std::uint32_t lane = 0; lane < lanes; ++lane)
    most = std::max(most, run.fabric().counters(network.lane_out_ports[lane]).bytes);
  return static_cast<double>(most * lanes) / static_cast<double>(rows * row);
}

}  // namespace

TEST_CASE("rows of whole packets and a short one load all lanes alike, but for a sixth")
{
  constexpr std::uint32_t Row = 7 * 1024 + 512;
  for (const std::uint32_t lanes : {2U, 3U, 4U, 6U, 7U, 9U}) {
    INFO(lanes << " lanes");
    CHECK(unevenness(lanes, Bytes(7 * 1024), Row) < 1.01);
    CHECK(unevenness(lanes, Bytes(8 * 1024), Row) < 1.01);
    CHECK(unevenness(lanes, Bytes(3 * 1024), Row) < 1.01);
    for (std::uint32_t mtu = 1024; mtu < 8192; mtu += 256)
      CHECK(unevenness(lanes, Bytes(mtu), Row) < 1 + 1.0 / 6);
  }
}

TEST_CASE("the spray leaves out as few lanes as make messages of equal length start on each")
{
  const auto left_out = [](std::uint32_t lanes, std::uint32_t packets) {
    return FabricRules({.mtu = Bytes(1000)}, lanes).lanes_left_out(packets * 1000 - 900);
  };
  CHECK(left_out(7, 1) == 0);
  CHECK(left_out(7, 6) == 0);
  CHECK(left_out(7, 7) == 0);
  CHECK(left_out(7, 8) == 0);  // cut into two whole rounds of equal packets
  CHECK(left_out(4, 2) == 1);
  CHECK(left_out(6, 2) == 3);
}
