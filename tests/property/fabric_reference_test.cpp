// The packet fabric does what its rules say: every notice, byte count and peak is that of a plain implementation of the
// same rules, on random small machines and traffic.
#include "sim/random/random_stream.h"
#include "tests/property/reference_fabric.h"
#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <map>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint64_t Seeds = 300;

// Sizes, rates and starts from few values, so that packets meet at equal times.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : random_(seed, "fabric against its reference")
  {
    clos.groups = 1 + random_.below(3);
    clos.endpoints_per_group = 2 + random_.below(4);
    clos.lanes = 1 + random_.below(4);
    clos.spines = 1 + random_.below(3);
    clos.switch_latency = Seconds(100e-9 * random_.below(4));
    clos.lane_latency = Seconds(50e-9 * random_.below(2));
    clos.buffer = Bytes(4096 << random_.below(3));
    if (random_.below(2) == 0)
      clos.uplink_rate = BytesPerSecond(0.5e9 * (1 + random_.below(6)));
    policy.mtu = Bytes(512 << random_.below(3));
    policy.frame_overhead = Bytes(24 * random_.below(2));
    policy.seed = seed;
    // Half of the machines spray, as the published one does.
    if (random_.below(2) == 0) {
      policy.forwarding = static_cast<Forwarding>(random_.below(2));
      policy.lane_choice = any_lane_choice(random_);
      policy.spine_choice = any_spine_choice(random_);
      policy.acknowledgement = static_cast<Acknowledgement>(random_.below(2));
      if (random_.below(3) == 0)
        policy.waiting = static_cast<Waiting>(random_.below(3));
    }
    endpoints = clos.groups * clos.endpoints_per_group;
    has_sinks = random_.below(4) == 0;
    has_inboxes = random_.below(2) == 0;
    expected.resize(endpoints);
    for (std::uint32_t source = 0; source < endpoints; ++source)
      for (std::uint32_t more = 1 + random_.below(3); more-- > 0;)
        add_flow(source);
  }

  // Engine 0 on: one an endpoint and lane; behind them the sinks'.
  template <typename Fabric, typename Start>
  void run(Fabric& fabric, const Start& start) const
  {
    fabric.add_engines(endpoints * (clos.lanes + 1));
    fabric.add_inboxes(endpoints);
    for (std::uint32_t e = 0; e < endpoints; ++e)
      if (expected[e] > 0)
        fabric.expect(e, expected[e], 1000, 1'000'000 + e);
    for (std::size_t i = 0; i < flows.size(); ++i)
      start(flows[i], starts[i]);
  }

  ClosSpec clos;
  FabricPolicy policy;
  std::uint32_t endpoints = 0;
  bool has_sinks = false;
  bool has_inboxes = false;
  std::vector<FlowSpec> flows;
  std::vector<std::int64_t> starts;
  std::vector<std::uint64_t> expected;  // [endpoint]: bytes in its inbox

 private:
  void add_flow(std::uint32_t source)
  {
    FlowSpec spec = flow_without_fence(source, {});
    for (std::uint32_t i = random_.below(12); i-- > 0;)
      spec.messages.push_back({random_.below(endpoints), 128 * (1 + random_.below(40))});
    if (policy.lane_choice == LaneChoice::ByMessage && random_.below(2) == 0)
      for (std::size_t i = 0; i < spec.messages.size(); ++i)
        spec.lanes.push_back(static_cast<std::uint8_t>(random_.below(clos.lanes)));
    if (random_.below(4) != 0) {
      spec.engine = {.engine = source * clos.lanes,
                     .per_lane = random_.below(5) == 0,
                     .rate = BytesPerSecond(1e9 * (1 + random_.below(4))),
                     .other_group_cost = 1 + 0.5 * random_.below(2)};
      spec.pause = Picoseconds(100'000 * random_.below(3));
    }
    spec.issue_rate = BytesPerSecond(2e9 * random_.below(3));
    spec.issuers = 1 + static_cast<int>(random_.below(4));
    if (has_sinks) {
      spec.sink_engine = endpoints * clos.lanes;
      spec.sink_rate = BytesPerSecond(2e9);
    }
    if (random_.below(6) == 0) {
      spec.control = true;
      for (Message& message : spec.messages)
        message.bytes = 64;
    }
    if (has_inboxes) {
      spec.inbox = 0;
      for (const Message& message : spec.messages)
        expected[message.destination] += message.bytes;
    }
    if (random_.below(5) != 0)
      spec.fence_notice = flows.size();
    starts.push_back(random_.below(2) == 0 ? 0 : 500'000 * random_.below(20));
    flows.push_back(std::move(spec));
  }

  sim::RandomStream random_;
};

void compare(const Traffic& traffic)
{
  const NetworkSpec network = small_clos(traffic.clos);
  FabricRun run(network, traffic.policy);
  traffic.run(run.fabric(), [&](const FlowSpec& flow, std::int64_t time) { run.start(flow, time); });
  run.finish();
  ReferenceFabric reference(network, traffic.policy);
  traffic.run(reference, [&](const FlowSpec& flow, std::int64_t time) { reference.start(flow, time); });
  reference.finish();

  CHECK(run.notices().size() == reference.notices().size());
  CHECK(run.fabric().flows_in_flight() == 0);
  CHECK(std::map<std::uint64_t, std::int64_t>(run.notices().begin(), run.notices().end()) == reference.notices());
  CHECK(run.fabric().payload_bytes_delivered() == reference.delivered_bytes());
  CHECK(run.fabric().port_hops() == reference.port_hops());
  for (PortIndex port = 0; port < network.ports.size(); ++port) {
    INFO("port " << port);
    CHECK(run.fabric().counters(port).bytes == reference.bytes(port));
    CHECK(run.fabric().counters(port).peak_queue_bytes == reference.peak_queue_bytes(port));
  }
}

}  // namespace

TEST_CASE("every time, byte and peak is that of the reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(Traffic(seed));
}
