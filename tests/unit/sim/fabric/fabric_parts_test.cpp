// Parts of the packet fabric by themselves: rules, ports, routes, senders, flows, receivers and queues.
#include "sim/fabric/event_order.h"
#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/packet_flow.h"
#include "sim/fabric/ports.h"
#include "sim/fabric/receivers.h"
#include "sim/fabric/routes.h"
#include "sim/fabric/senders.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using cm::sim::calendar::Calendar;

namespace {

// 2 groups of 4 endpoints, 3 sub-planes of 2 spines.
NetworkSpec network()
{
  return tests::small_clos({.lanes = 3});
}

FabricRules rules(const FabricPolicy& policy = {})
{
  return {policy, 3};
}

std::vector<std::uint64_t> ports_of(std::uint64_t path)
{
  std::vector<std::uint64_t> ports;
  for (; path != NoPort; path >>= PortBits)
    ports.push_back((path & PortMask) - 1);  // as the network counts them
  return ports;
}

}  // namespace

TEST_CASE("messages longer than a round of the lanes are cut into whole rounds of equal packets")
{
  const FabricRules three_lanes = rules({.mtu = Bytes(1000)});
  CHECK(three_lanes.packet_bytes(1) == 1000);
  CHECK(three_lanes.packet_bytes(3000) == 1000);
  CHECK(three_lanes.packet_bytes(3001) == 501);  // six of them
  CHECK(three_lanes.packet_bytes(6000) == 1000);
}

TEST_CASE("without queues there are no credits and no shortest queue")
{
  const FabricRules idle = rules(
      {.flow_control = FlowControl::Credits, .spine_choice = SpineChoice::LeastQueue, .waiting = Waiting::Nowhere});
  CHECK_FALSE(idle.with_credits);
  CHECK(idle.leaf_rule == nullptr);
  CHECK(idle.uneven == EventKind::Unhindered);
  CHECK(rules({.flow_control = FlowControl::Credits}).with_credits);
}

TEST_CASE("ports of equal rate, latency and buffer share a kind, and the usual one is that of the up ports")
{
  NetworkSpec spec = network();
  spec.ports[spec.lane_in_ports[5]].rate = BytesPerSecond(2e9);
  const Ports ports(spec, 8192);
  CHECK(ports.kinds().size() == 3);  // lanes out have no latency
  CHECK(ports.uniform().ps_per_byte == 1000);
  const Port& fast = ports[spec.lane_in_ports[5] + 1];
  CHECK(serialisation(ports.kind(fast), 100) == 50'000);
  CHECK(fast.owner == 1);
  CHECK(fast.lane == 2);
}

TEST_CASE("a packet must not take a port longer than 4 ms")
{
  CHECK_NOTHROW(Ports(network(), 3'999'999));
  CHECK_THROWS_WITH(Ports(network(), 4'000'000), Catch::EndsWith("a packet takes port 0 longer than 4 ms"));
}

TEST_CASE("a path visits the spines of its lane in turns, and none inside a group")
{
  const NetworkSpec spec = network();
  const FabricRules spray = rules();
  const Ports ports(spec, 8192);
  Routes routes(spec, spray, ports);
  CHECK(ports_of(routes.next_path(0, 3, 1)) == std::vector<std::uint64_t>{spec.lane_in_ports[3 * 3 + 1]});
  const std::uint32_t first = routes.next_spines(0)[2];
  for (std::uint32_t packet = 0; packet < 4; ++packet) {
    const std::uint32_t spine = (first + packet) % 2;
    CHECK(ports_of(routes.next_path(0, 7, 2)) == std::vector<std::uint64_t>{spec.up_ports[2 * 2 + spine],
                                                                            spec.down_ports[(3 + 2) * 2 + spine],
                                                                            spec.lane_in_ports[7 * 3 + 2]});
  }
  CHECK(routes.latency_ps(0, 3) == 200'000);
  CHECK(routes.latency_ps(0, 7) == 600'000);
}

TEST_CASE("ports of one stage must be equally far from the next")
{
  NetworkSpec spec = network();
  spec.ports[spec.down_ports.back()].latency = Seconds(1e-6);
  const Ports ports(spec, 8192);
  CHECK_THROWS_WITH(Routes(spec, rules(), ports),
                    Catch::EndsWith("ports of one stage differ in latency: 200000 ps and 1000000 ps"));
}

TEST_CASE("the next flow starts on the lane behind the last packet of the one before")
{
  Senders senders(8, rules());
  const std::uint32_t first = senders.start_flow(5, 4);
  CHECK(senders.start_flow(5, 2) == (first + 4) % 3);
  CHECK(senders.start_flow(5, 1) == (first + 6) % 3);
  CHECK_FALSE(senders.has_one_flow(5));
  senders.end_flow(5);
  senders.end_flow(5);
  CHECK(senders.has_one_flow(5));
}

TEST_CASE("emissions come before looks, looks before packets, packets by source and number")
{
  const EventOrder order(960);
  CHECK(EventOrder::of_emission(0) > Event{}.order);
  CHECK(EventOrder::of_emission(959) < order.of_look(1));
  CHECK(order.of_look((1U << 20U) - 1) < order.of_packet(0, 0));
  CHECK(order.of_packet(3, order.number_mask()) < order.of_packet(4, 0));
  CHECK(order.of_packet(3, 7) < order.of_packet(3, 8));
  CHECK(order.number_mask() + 1 == 1U << 21U);
}

TEST_CASE("packets that are laid out together have numbers in a row")
{
  Senders senders(960, rules());
  const std::uint32_t mask = senders.order().number_mask();
  CHECK(senders.next_number(1, 16) == 0);
  senders.set_next_number(1, mask - 16);
  CHECK(senders.next_number(1, 16) == mask - 16);
  senders.set_next_number(1, mask - 15);
  CHECK(senders.next_number(1, 16) == 0);
}

TEST_CASE("packets of a flow are those that leave its source")
{
  const FabricRules three_lanes = rules({.mtu = Bytes(1000)});
  CHECK(packets_of({}, 0, three_lanes) == 0);
  CHECK(packets_of({{1, 10}, {0, 5000}, {2, 1000}}, 0, three_lanes) == 2);
  CHECK(packets_of({{1, 2500}, {2, 3001}, {3, 10}}, 0, three_lanes) == 3 + 6 + 1);
}

TEST_CASE("a flow's place is used again, and nothing of the one before is left")
{
  FlowPool flows;
  FlowSpec spec = tests::flow(3, {{1, 10}});
  spec.control = true;
  const FlowIndex first = flows.take(std::move(spec), rules(), 5);
  CHECK(flows[first].control);
  CHECK(flows[first].fence == 5);
  CHECK(flows.in_flight() == 1);
  flows.give_back(first);
  CHECK(flows.in_flight() == 0);
  CHECK(flows.take(tests::flow(2, {}), rules(), 9) == first);
  CHECK_FALSE(flows[first].control);
  CHECK(flows[first].messages.empty());
}

TEST_CASE("an inbox tells when the last of its bytes is there, by the latest arrival")
{
  Calendar calendar;
  Receivers receivers(calendar);
  const InboxIndex first = receivers.add_inboxes(4);
  receivers.expect(first + 2, 30, 7, 99);
  receivers.count(first, 2, 10, 500);
  receivers.count(first, 2, 10, 900);
  CHECK(calendar.next() == nullptr);
  receivers.count(first, 2, 10, 800);
  const Event notice = calendar.take();
  CHECK(notice.time == 907);
  CHECK(notice.word == event_word(EventKind::Notice, 99));
  receivers.count(NoIndex, 2, 5, 1000);
  CHECK(receivers.delivered_bytes() == 35);
  CHECK_THROWS_WITH((receivers.expect(first, 1, 0, 1), receivers.expect(first, 1, 0, 1)),
                    Catch::EndsWith("inbox 0 still waits for 1 bytes"));
}
