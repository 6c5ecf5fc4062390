// Every rule of the packet fabric's general way once, computed by hand, for the fabric and its reference: 1,000 ps a
// byte, 100 ns a link, packets of 1,000 bytes.
#include "tests/property/switched_agreement.h"
#include "tests/support/small_graphs.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::int64_t Nanoseconds = 1000;

PortSpec port_of(double rate = 1e9, std::int64_t buffer = 1'000'000)
{
  return {.rate = BytesPerSecond(rate), .latency = Seconds(100e-9), .buffer = Bytes(buffer)};
}

// Endpoint e sends by port 2 e and receives by the one behind it.
NetworkSpec star(std::uint32_t endpoints, const PortSpec& port = port_of())
{
  return single_tier(endpoints, 1, 1, equal_ports(port));
}

// Message of endpoint 0 to endpoint 1, `count` times.
FlowSpec some(std::uint32_t count)
{
  return flow(0, std::vector<Message>(count, {1, 1000}));
}

TimedChange change_of(PortIndex port, PortChange change, std::int64_t at_ns, double value = 0)
{
  TimedChange result;
  result.at = Picoseconds(at_ns * Nanoseconds);
  result.ports = {port};
  result.change = change;
  result.value = value;
  return result;
}

using Times = std::vector<std::int64_t>;

class RuleRun {
 public:
  RuleRun(const NetworkSpec& network, const FabricPolicy& policy)
      : ports_(static_cast<PortIndex>(network.ports.size())), run_(network, policy), reference_(network, policy)
  {
  }

  // When the notices of the flows come, in nanoseconds. `starts`: of the flows, likewise; none: all at 0.
  Times ends_of(const std::vector<FlowSpec>& flows, const Times& starts = {})
  {
    for (std::size_t i = 0; i < flows.size(); ++i) {
      const std::int64_t start = starts.empty() ? 0 : starts[i] * Nanoseconds;
      run_.start(flows[i], start);
      reference_.start(flows[i], start);
    }
    run_.finish();
    reference_.finish();
    check_agreement(run_, reference_, ports_);
    Times ends;
    for (const auto& [notice, time] : reference_.notices())
      ends.push_back(time / Nanoseconds);
    return ends;
  }

  [[nodiscard]] const SwitchedReference& counted() const { return reference_; }

 private:
  PortIndex ports_;
  FabricRun run_;
  SwitchedReference reference_;
};

Times ends_of(const NetworkSpec& network, const FabricPolicy& policy, const std::vector<FlowSpec>& flows,
              const Times& starts = {})
{
  return RuleRun(network, policy).ends_of(flows, starts);
}

}  // namespace

TEST_CASE("switched rules: a lone packet is serialised once, or at every port that stores it")
{
  CHECK(ends_of(star(2), {}, {some(1)}) == Times{200 + 1000 + 200});
  CHECK(ends_of(star(2), {.forwarding = Forwarding::StoreAndForward}, {some(1)}) == Times{2 * 1100 + 200});
}

TEST_CASE("switched rules: a packet off a slow port leaves when the rest can follow without a gap")
{
  NetworkSpec network = star(2);
  network.ports[0] = port_of(0.5e9);
  CHECK(ends_of(network, {}, {some(1)}) == Times{100 + 1000 + 100 + 1000 + 200});
}

TEST_CASE("switched rules: an acknowledgement goes back as a packet of its own")
{
  CHECK(ends_of(star(2), {.acknowledgement = Acknowledgement::Packets}, {some(1)}) == Times{1200 + 200 + 20});
}

TEST_CASE("switched rules: packets wait for each other, unless they wait nowhere")
{
  const std::vector<FlowSpec> flows = {flow(0, {{2, 1000}}), flow(1, {{2, 1000}})};
  CHECK(ends_of(star(3), {}, flows) == Times{1400, 2400});
  CHECK(ends_of(star(3), {.waiting = Waiting::AtLanes}, flows) == Times{1400, 1400});
  CHECK(ends_of(star(2), {.waiting = Waiting::AtLanes}, {some(2)}) == Times{2400});
  CHECK(ends_of(star(2), {.waiting = Waiting::Nowhere}, {some(2)}) == Times{1400});
}

TEST_CASE("switched rules: a port sends when it has credit, and its flow when there is room")
{
  RuleRun reference(star(2, port_of(1e9, 1000)), {.flow_control = FlowControl::Credits, .mtu = Bytes(1000)});
  // A packet's credit is back 100 + 1000 + 100 ns after it left.
  CHECK(reference.ends_of({some(3)}) == Times{2 * 1200 + 1400});
  CHECK(reference.counted().peak_queue_bytes(0) == 1000);
  CHECK(reference.counted().peak_queue_bytes(3) == 0);
}

TEST_CASE("switched rules: a credit that comes back now is not known yet to packets that enter now")
{
  // The credit of class 1 comes back at 1200, when packets of both classes enter. That of class 0 leaves first.
  FlowSpec first = some(1);
  first.traffic_class = 1;
  FlowSpec second = first;
  second.fence_notice = 1;
  FlowSpec third = some(1);
  third.fence_notice = 2;
  const FabricPolicy policy{
      .flow_control = FlowControl::Credits, .mtu = Bytes(1000), .classes = {ClassScheduler::Strict, {1, 1}}};
  CHECK(ends_of(star(2, port_of(1e9, 1000)), policy, {first, second, third}, {0, 1200, 1200}) ==
        Times{1400, 1200 + 1000 + 1400, 1200 + 1400});
}

TEST_CASE("switched rules: classes are served strictly, or by their weights")
{
  FlowSpec first = some(4);
  FlowSpec second = some(4);
  second.traffic_class = 1;
  second.fence_notice = 1;
  CHECK(ends_of(star(2), {.classes = {ClassScheduler::Strict, {1, 1}}}, {first, second}) == Times{4400, 8400});
  // 0 1 0 0 1 0 1 1
  CHECK(ends_of(star(2), {.classes = {ClassScheduler::Weighted, {2, 1}}}, {first, second}) == Times{6400, 8400});
}

TEST_CASE("switched rules: control packets overtake those that wait")
{
  FlowSpec control = flow(0, {{1, 64}}, 1);
  control.control = true;
  CHECK(ends_of(star(2), {}, {some(3), control}) == Times{3400 + 64, 1200 + 64 + 200});
}

TEST_CASE("switched rules: a lost packet is sent again, and waits where nobody knows that a port is down")
{
  TimedChange down = change_of(3, PortChange::Down, 150);
  down.detected = Picoseconds(10'000 * Nanoseconds);
  down.until = Picoseconds(5000 * Nanoseconds);
  RuleRun reference(star(2), {.retry = {.resends = 1, .timeout = Picoseconds(2000 * Nanoseconds)}, .changes = {down}});
  CHECK(reference.ends_of({some(1)}) == Times{5000 + 100 + 1000 + 200});
  CHECK(reference.counted().bytes(0) == 2000);
  CHECK(reference.counted().lost_bytes() == 0);
}

TEST_CASE("switched rules: a packet without a way is lost for good after its resends")
{
  RuleRun reference(star(2), {.retry = {.resends = 2, .timeout = Picoseconds(700 * Nanoseconds)},
                              .changes = {change_of(3, PortChange::Down, 0)}});
  CHECK(reference.ends_of({some(1)}) == Times{3 * 700});
  CHECK(reference.counted().lost_bytes() == 1000);
  CHECK(reference.counted().delivered_bytes() == 0);
  CHECK(reference.counted().port_hops() == 0);
}

TEST_CASE("switched rules: a control packet that is lost for good is no payload lost")
{
  FlowSpec control = flow(0, {{1, 64}});
  control.control = true;
  RuleRun reference(star(2), {.changes = {change_of(3, PortChange::Down, 0)}});
  CHECK(reference.ends_of({control}) == Times{0});
  CHECK(reference.counted().lost_bytes() == 0);
  CHECK(reference.counted().lost_control_bytes() == 64);
}

TEST_CASE("switched rules: a port that goes down again when it comes up sends nothing in between")
{
  TimedChange first = change_of(0, PortChange::Down, 0);
  first.detected = Picoseconds(20'000 * Nanoseconds);
  first.until = Picoseconds(5000 * Nanoseconds);
  TimedChange second = first;
  second.at = *first.until;
  second.until = Picoseconds(9000 * Nanoseconds);
  for (const std::vector<TimedChange>& changes : {std::vector{first, second}, std::vector{second, first}}) {
    RuleRun reference(star(2), {.changes = changes});
    CHECK(reference.ends_of({some(1)}) == Times{9000 + 1400});
    CHECK(reference.counted().lost_bytes() == 0);
  }
}

TEST_CASE("switched rules: a packet off a slow port waits for its tail at a port that has become faster")
{
  NetworkSpec network = star(3);
  network.ports[0] = port_of(0.5e9);
  TimedChange slow = change_of(5, PortChange::Rate, 0, 0.5);
  slow.until = Picoseconds(2050 * Nanoseconds);
  // The first one takes port 5 until 2100. The other is there from 2000 on, its tail at 4000.
  CHECK(ends_of(network, {.changes = {slow}}, {flow(0, {{2, 1000}}), flow(1, {{2, 1000}})}, {1900, 0}) ==
        Times{2000 + 1000 + 100 + 1000 + 200, 100 + 2000 + 100 + 200});
}

TEST_CASE("switched rules: a packet off a slow port leaves earlier when its next port becomes as slow")
{
  NetworkSpec network = star(2);
  network.ports[0] = port_of(0.5e9);
  CHECK(ends_of(network, {.changes = {change_of(3, PortChange::Rate, 600, 0.5)}}, {some(1)}) ==
        Times{600 + 100 + 2000 + 200});
}

TEST_CASE("switched rules: packets that wait at a port known to be down take another way, then those that had no room")
{
  // The lane that leads to endpoint 1 has number 1: ports 2 and 3 of endpoint 0.
  TimedChange down = change_of(2, PortChange::Down, 0);
  down.detected = Picoseconds(3000 * Nanoseconds);
  const FabricPolicy policy{.lane_choice = LaneChoice::ByDestination, .changes = {down}};
  CHECK(ends_of(single_tier(2, 2, 2, equal_ports(port_of())), policy, {some(1)}) == Times{3000 + 1400});
  FabricPolicy with_credits = policy;
  with_credits.flow_control = FlowControl::Credits;
  with_credits.mtu = Bytes(1000);
  const NetworkSpec narrow = single_tier(2, 2, 2, equal_ports(port_of(1e9, 1000)));
  CHECK(ends_of(narrow, with_credits, {some(3)}) == Times{3000 + 2 * 1200 + 1400});
}

TEST_CASE("switched rules: a port is slower, or a link longer, for packets that leave after the change")
{
  CHECK(ends_of(star(2), {.changes = {change_of(0, PortChange::Rate, 500, 0.5)}}, {some(2)}) ==
        Times{1000 + 100 + 1000 + 100 + 1000 + 200});
  CHECK(ends_of(star(2), {.changes = {change_of(0, PortChange::Latency, 500, 50e-9)}}, {some(2)}) ==
        Times{1000 + 150 + 100 + 1000 + 200});
}

TEST_CASE("switched rules: a packet received wrong is replayed on the link, or lost there")
{
  FabricPolicy policy{.changes = {change_of(0, PortChange::BitErrors, 0, 0.9)}};
  RuleRun replaying(star(2), policy);
  // Always wrong: after 1,000 replays it is lost at the far end of the link.
  CHECK(replaying.ends_of({some(1)}) == Times{1000 * (1000 + 2 * 100) + 100});
  CHECK(replaying.counted().replays(0) == 1000);
  CHECK(replaying.counted().bytes(0) == 1'001'000);
  CHECK(replaying.counted().port_hops() == 1);
  CHECK(replaying.counted().lost_bytes() == 1000);
  policy.retry = {.replays_on_link = false, .resends = 2, .timeout = Picoseconds(5000 * Nanoseconds)};
  RuleRun losing(star(2), policy);
  CHECK(losing.ends_of({some(1)}) == Times{3 * 5000});
  CHECK(losing.counted().bytes(0) == 3000);
  CHECK(losing.counted().lost_bytes() == 1000);
}

TEST_CASE("switched rules: packets take turns through all ways of a tree")
{
  // Ports 0 to 7: from the middles of a pod to the cores and back, in pairs; the second pod's links come later.
  const NetworkSpec tree = three_tiers({}, equal_ports(port_of()));
  RuleRun reference(tree, {});
  reference.ends_of({flow(0, std::vector<Message>(4, {7, 1000}))});
  std::vector<std::uint64_t> up;
  for (PortIndex port = 0; port < tree.ports.size(); ++port)
    if (tree.graph.ends[port].stage == 2 && reference.counted().bytes(port) > 0)
      up.push_back(reference.counted().bytes(port));
  CHECK(up == std::vector<std::uint64_t>{1000, 1000, 1000, 1000});
}

TEST_CASE("switched rules: packets for a lane that leads nowhere take turns through the others")
{
  const NetworkSpec network = single_tier(2, 3, 3, equal_ports(port_of()), [](auto, auto lane) { return lane < 2; });
  FlowSpec sent = some(4);
  sent.lanes.assign(4, 2);
  CHECK(ends_of(network, {.lane_choice = LaneChoice::ByMessage}, {sent}) == Times{2400});
}

TEST_CASE("switched rules: packets take the shortest of their switch's queues")
{
  // Two sources of one leaf and two ways, from any start of the turns.
  const NetworkSpec tree = three_tiers({.pods = 1}, equal_ports(port_of()));
  const std::vector<FlowSpec> flows = {flow(0, {{2, 1000}}), flow(1, {{3, 1000}})};
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    CHECK(ends_of(tree, {.spine_choice = SpineChoice::LeastQueue, .seed = seed}, flows) == Times{1800, 1800});
}

TEST_CASE("switched rules: a way that raises the level too often is refused")
{
  NetworkSpec mesh = full_mesh(2, 2, equal_ports(port_of()));
  const std::vector<FlowSpec> flows = {flow(0, {{3, 1000}, {3, 1000}})};
  const auto delivered = [&] {
    RuleRun reference(mesh, {});
    reference.ends_of(flows);
    CHECK(reference.counted().delivered_bytes() + reference.counted().lost_bytes() == 2000);
    return reference.counted().delivered_bytes();
  };
  CHECK(delivered() == 2000);  // along the row first
  mesh.graph.every_order = true;
  CHECK(delivered() == 1000);
  mesh.graph.levels = 2;
  CHECK(delivered() == 2000);
}

TEST_CASE("switched rules: packets take the first role that leads to their destination")
{
  const NetworkSpec network = two_roles(2, 2, 1, 1, equal_ports(port_of()));
  const auto bytes_by_role = [&](const FabricPolicy& policy) {
    RuleRun reference(network, policy);
    reference.ends_of({flow(0, {{1, 1000}, {2, 1000}, {1, 1000}})});
    return std::pair(reference.counted().bytes(network.lane_out_ports[0]),
                     reference.counted().bytes(network.lane_out_ports[1]));
  };
  CHECK(bytes_by_role({}) == std::pair<std::uint64_t, std::uint64_t>(2000, 1000));
  CHECK(bytes_by_role({.changes = {change_of(network.lane_in_ports[2], PortChange::Down, 0)}}) ==
        std::pair<std::uint64_t, std::uint64_t>(0, 3000));
}
