#include "sim/fabric/traffic_classes.h"

#include <catch2/catch.hpp>

using namespace cm::sim::fabric;

namespace {

// 10 ps a byte; the largest packet of data takes 1,000 ps, one of control 20.
constexpr PortKind Kind{.ps_per_byte = 10, .latency = 0, .buffer = 0};
constexpr std::uint32_t Mtu = 100;
constexpr std::uint32_t Flag = 2;

}  // namespace

TEST_CASE("a control packet leaves an idle port at once, and data follows when it is out")
{
  TrafficClasses classes(2, Mtu);
  Port port;
  CHECK(classes.send_control(1, port, Kind, Flag, 500) == 500);
  CHECK(port.busy_until == 520);
}

TEST_CASE("a control packet waits for the rest of the packet being sent and overtakes those behind it")
{
  TrafficClasses classes(2, Mtu);
  Port ending{.busy_until = 730};
  CHECK(classes.send_control(0, ending, Kind, Flag, 500) == 730);
  CHECK(ending.busy_until == 750);
  // A queue of data is at most one packet's wait, and gets as much longer as the flag takes.
  Port queued{.busy_until = 50'000};
  CHECK(classes.send_control(1, queued, Kind, Flag, 500) == 1500);
  CHECK(queued.busy_until == 50'020);
}

TEST_CASE("control packets of one port wait for each other, those of another port do not")
{
  TrafficClasses classes(3, Mtu);
  Port port;
  Port other;
  CHECK(classes.send_control(1, port, Kind, Flag, 0) == 0);
  CHECK(classes.send_control(1, port, Kind, Flag, 0) == 20);
  CHECK(classes.send_control(1, port, Kind, Flag, 30) == 40);
  CHECK(classes.send_control(2, other, Kind, Flag, 30) == 30);
}
