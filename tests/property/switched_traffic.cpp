#include "tests/property/switched_traffic.h"

#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

namespace {

template <typename T, std::size_t Size>
T one_of(sim::RandomStream& random, const std::array<T, Size>& values)
{
  return values[random.below(static_cast<std::uint32_t>(Size))];
}

}  // namespace

SwitchedTraffic::SwitchedTraffic(std::uint64_t seed, const SwitchedParts& parts)
    : random_(seed, "switched fabric against its reference")
{
  draw_policy(seed, parts);
  network = parts.graphs ? any_graph() : any_clos();
  endpoints = network.endpoints();
  if (parts.changes)
    for (std::uint32_t more = 1 + random_.below(6); more-- > 0;)
      add_change();
  if (parts.errors)
    for (std::uint32_t more = 1 + random_.below(2); more-- > 0;)
      add_errors();
  const bool has_credits = parts.credits && policy.waiting == Waiting::AtEveryPort;
  const bool is_switched = parts.graphs || has_credits || parts.changes || parts.errors;
  policy.always_switched = !is_switched || random_.below(2) == 0;
  has_sinks_ = random_.below(4) == 0;
  has_inboxes_ = random_.below(2) == 0;
  expected_.resize(endpoints);
  for (std::uint32_t source = 0; source < endpoints; ++source)
    for (std::uint32_t more = 1 + random_.below(3); more-- > 0;)
      add_flow(source);
}

std::uint64_t SwitchedTraffic::message_bytes() const
{
  std::uint64_t bytes = 0;
  for (const auto& flow : flows)
    for (const auto& message : flow.messages)
      bytes += message.bytes;
  return bytes;
}

void SwitchedTraffic::draw_policy(std::uint64_t seed, const SwitchedParts& parts)
{
  policy.seed = seed;
  policy.flow_control = parts.credits ? FlowControl::Credits : FlowControl::None;
  policy.forwarding = static_cast<Forwarding>(random_.below(2));
  policy.lane_choice = any_lane_choice(random_);
  policy.spine_choice = any_spine_choice(random_);
  policy.acknowledgement = static_cast<Acknowledgement>(random_.below(2));
  if (random_.below(4) == 0)
    policy.waiting = static_cast<Waiting>(random_.below(3));
  policy.mtu = Bytes(512 << random_.below(3));
  policy.frame_overhead = Bytes(24 * random_.below(2));
  if (parts.classes) {
    policy.classes.scheduler = static_cast<ClassScheduler>(random_.below(2));
    policy.classes.weights.resize(1 + random_.below(3));
    for (std::uint32_t& weight : policy.classes.weights)
      weight = 1 + random_.below(4);
  }
  policy.retry.replays_on_link = random_.below(2) == 0;
  policy.retry.resends = random_.below(4);
  policy.retry.timeout = Picoseconds(one_of(random_, std::array{0, 1'000'000, 10'000'000}));
}

Bytes SwitchedTraffic::any_buffer()
{
  return Bytes((policy.mtu.count() + policy.frame_overhead.count()) * (1 + random_.below(4)));
}

PortSpec SwitchedTraffic::any_port()
{
  return {.rate = BytesPerSecond(0.5e9 * (1 + random_.below(4))),
          .latency = Seconds(100e-9 * random_.below(4)),
          .buffer = any_buffer()};
}

NetworkSpec SwitchedTraffic::any_clos()
{
  ClosSpec clos;
  clos.groups = 1 + random_.below(3);
  clos.endpoints_per_group = 2 + random_.below(3);
  clos.lanes = 1 + random_.below(4);
  clos.spines = 1 + random_.below(3);
  clos.switch_latency = Seconds(100e-9 * random_.below(4));
  clos.lane_latency = Seconds(50e-9 * random_.below(2));
  clos.buffer = any_buffer();
  if (random_.below(2) == 0)
    clos.uplink_rate = BytesPerSecond(0.5e9 * (1 + random_.below(6)));
  return small_clos(clos);
}

NetworkSpec SwitchedTraffic::any_graph()
{
  const AnyPort ports = random_.below(2) == 0 ? equal_ports(any_port()) : AnyPort([this] { return any_port(); });
  NetworkSpec drawn = any_shape(ports);
  drawn.graph.every_order = random_.below(3) == 0;
  drawn.graph.levels = 1 + random_.below(2);
  if (random_.below(3) == 0)
    drawn.graph.ways = 1 + random_.below(5);
  if (random_.below(3) == 0)
    for (std::uint32_t& group : drawn.group_of)
      group = random_.below(3);
  return drawn;
}

NetworkSpec SwitchedTraffic::any_shape(const AnyPort& ports)
{
  const auto up_to = [this](std::uint32_t most) { return 1 + random_.below(most); };
  switch (random_.below(5)) {
  case 0: {
    const std::uint32_t more_endpoints = up_to(7);
    return single_tier(1 + more_endpoints, up_to(4), 1, ports);
  }
  case 1: {
    const std::uint32_t rows = up_to(3);
    return full_mesh(rows, 1 + up_to(3), ports);
  }
  case 2: {
    // In the order of their declaration.
    const TreeSpec tree{up_to(3), up_to(2), up_to(3), up_to(2), up_to(2), up_to(2), up_to(2)};
    return three_tiers(tree, ports);
  }
  case 3: {
    // Lanes but the first are missing at some endpoints.
    const std::uint32_t lanes = 1 + up_to(3);
    return single_tier(1 + up_to(5), lanes, lanes, AnyPort([this] { return any_port(); }),
                       [this](std::uint32_t, std::uint32_t lane) { return lane == 0 || random_.below(4) != 0; });
  }
  default: {
    const std::uint32_t groups = up_to(3);
    const std::uint32_t size = up_to(3);
    const std::uint32_t lanes_up = up_to(2);
    return two_roles(groups, size, lanes_up, up_to(2), ports);
  }
  }
}

TimedChange SwitchedTraffic::any_change()
{
  TimedChange change;
  change.at = Picoseconds(500'000LL * random_.below(80));
  for (std::uint32_t more = 1 + random_.below(3); more-- > 0;) {
    const auto port = random_.below(static_cast<std::uint32_t>(network.ports.size()));
    if (std::ranges::find(change.ports, port) == change.ports.end())
      change.ports.push_back(port);
  }
  if (random_.below(2) == 0)
    change.until = change.at + Picoseconds(250'000LL * (1 + random_.below(60)));
  return change;
}

void SwitchedTraffic::add_change()
{
  TimedChange change = any_change();
  switch (random_.below(5)) {
  case 0:
    change.change = PortChange::Rate;
    change.value = one_of(random_, std::array{0.01, 0.25, 0.5, 2.0});
    break;
  case 1:
    change.change = PortChange::Latency;
    change.value = one_of(random_, std::array{33e-9, 100e-9});
    break;
  default:
    change.change = PortChange::Down;
    change.detected = Picoseconds(one_of(random_, std::array{0LL, 250'000LL, 1'000'000LL, 10'000'000LL}));
  }
  policy.changes.push_back(change);
}

void SwitchedTraffic::add_errors()
{
  TimedChange change = any_change();
  if (random_.below(2) == 0)
    for (PortIndex port = 0; port < network.ports.size(); ++port)
      if (std::ranges::find(change.ports, port) == change.ports.end())
        change.ports.push_back(port);
  change.change = PortChange::BitErrors;
  change.value = one_of(random_, std::array{1e-6, 1e-5, 1e-4});
  policy.changes.push_back(change);
}

void SwitchedTraffic::add_flow(std::uint32_t source)
{
  FlowSpec spec = flow_without_fence(source, {});
  for (std::uint32_t i = random_.below(12); i-- > 0;)
    spec.messages.push_back({random_.below(endpoints), 128 * (1 + random_.below(40))});
  if (policy.lane_choice == LaneChoice::ByMessage && random_.below(2) == 0)
    for (std::size_t i = 0; i < spec.messages.size(); ++i)
      spec.lanes.push_back(static_cast<std::uint8_t>(random_.below(network.lanes)));
  if (random_.below(4) != 0) {
    spec.engine = {.engine = source * network.lanes,
                   .per_lane = random_.below(5) == 0,
                   .rate = BytesPerSecond(1e9 * (1 + random_.below(4))),
                   .other_group_cost = 1 + 0.5 * random_.below(2)};
    spec.pause = Picoseconds(100'000 * random_.below(3));
  }
  spec.issue_rate = BytesPerSecond(2e9 * random_.below(3));
  spec.issuers = 1 + static_cast<int>(random_.below(4));
  if (has_sinks_) {
    spec.sink_engine = endpoints * network.lanes;
    spec.sink_rate = BytesPerSecond(2e9);
  }
  if (random_.below(6) == 0) {
    spec.control = true;
    for (auto& message : spec.messages)
      message.bytes = 64;
  }
  spec.traffic_class =
      static_cast<std::uint8_t>(random_.below(static_cast<std::uint32_t>(policy.classes.weights.size())));
  if (has_inboxes_) {
    spec.inbox = 0;
    for (const auto& message : spec.messages)
      expected_[message.destination] += message.bytes;
  }
  if (random_.below(5) != 0)
    spec.fence_notice = flows.size();
  starts_.push_back(random_.below(2) == 0 ? 0 : 500'000 * random_.below(20));
  flows.push_back(std::move(spec));
}

}  // namespace cm::tests
