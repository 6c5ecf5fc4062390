// Laws that every kind of fabric keeps, on the samples that its row brings and on larger fabrics of some kinds.
#include "sim/fabric/switched/channel_graph.h"
#include "sim/fabric/switched/clos_graph.h"
#include "sim/random/random_stream.h"
#include "tests/property/switched_agreement.h"
#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/fabric_text.h"
#include "topology/fabrics/fabric_kind.h"
#include "topology/fabrics/fabric_network.h"
#include "topology/fabrics/parts.h"
#include "topology/fabrics/shortest_ways.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;
using cm::sim::RandomStream;
using cm::topology::FabricPlan;

namespace {

constexpr Bytes Mtu{2048};
constexpr Bytes Buffer{4096};

struct Shape {
  std::string name;
  std::string_view kind;
  FabricPlan plan;
};

Shape shape_of(const topology::FabricKind& kind, const topology::FabricSample& sample)
{
  FabricText text = read_fabric_text(kind, sample.site, sample.keys);
  INFO(text.problem());
  REQUIRE(text.plan.is_complete());
  return {std::string(sample.name), kind.name, std::move(text.plan)};
}

std::vector<Shape> samples()
{
  std::vector<Shape> shapes;
  for (const topology::FabricKind& kind : topology::fabric_kinds()) {
    REQUIRE_FALSE(kind.samples.empty());
    for (const topology::FabricSample& sample : kind.samples)
      shapes.push_back(shape_of(kind, sample));
  }
  return shapes;
}

const topology::FabricKind& kind_named(std::string_view name)
{
  return *std::ranges::find(topology::fabric_kinds(), name, &topology::FabricKind::name);
}

Shape mesh_of_64()
{
  return shape_of(kind_named("full-mesh"), {"2D mesh of 64",
                                            {.nodes = 8, .dies_per_node = 8, .cpus_per_node = 0},
                                            "{dimensions: [8, 8], lane_bandwidth: 2 GB/s}"});
}

Shape tree_of_128()
{
  return shape_of(kind_named("fat-tree"), {"three tiers of radix 8",
                                           {.nodes = 32, .dies_per_node = 4, .cpus_per_node = 0},
                                           "{tiers: 3, radix: 8, lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s}"});
}

Shape domain_of_72()
{
  return shape_of(kind_named("star"), {"NVSwitch domain of 72",
                                       {.nodes = 18, .dies_per_node = 4, .cpus_per_node = 0},
                                       "{chips: 18, links: 1, lane_bandwidth: 2 GB/s}"});
}

std::vector<Shape> large_shapes()
{
  return {mesh_of_64(), tree_of_128(), domain_of_72()};
}

std::vector<Shape> all_shapes()
{
  std::vector<Shape> shapes = samples();
  for (Shape& each : large_shapes())
    shapes.push_back(std::move(each));
  return shapes;
}

NetworkSpec network_of(const FabricPlan& plan)
{
  const topology::FabricTiming timing{{.endpoint_port = Seconds(0), .delivery_port = 200_ns, .trunk_port = 200_ns},
                                      Buffer};
  return topology::fabric_network({&plan, 1}, {&timing, 1});
}

std::vector<EndpointIndex> joined_endpoints(const FabricPlan& plan)
{
  std::set<EndpointIndex> joined;
  for (const topology::FabricCable& cable : plan.cables)
    for (const std::uint32_t end : {cable.from, cable.to})
      if (plan.is_endpoint(end))
        joined.insert(end);
  return {joined.begin(), joined.end()};
}

// Alike but for their place.
std::vector<PortIndex> one_port_of_each_stage(const NetworkSpec& network)
{
  std::map<std::uint8_t, PortIndex> ports;
  for (PortIndex port = 0; port < network.ports.size(); ++port)
    ports.try_emplace(network.graph.ends[port].stage, port);
  std::vector<PortIndex> found;
  for (const auto& [stage, port] : ports)
    found.push_back(port);
  return found;
}

// Pairs between which there is no way whatever it takes: found by flooding from each source.
std::vector<EndpointPair> separated(const NetworkSpec& network, const std::vector<EndpointIndex>& endpoints,
                                    PortIndex lost)
{
  std::vector<EndpointPair> pairs;
  const SwitchGraph& graph = network.graph;
  for (const EndpointIndex from : endpoints) {
    std::vector<bool> seen(graph.vertices);
    std::vector<VertexIndex> waiting{from};
    seen[from] = true;
    while (!waiting.empty()) {
      const VertexIndex at = waiting.back();
      waiting.pop_back();
      if (at != from && at < network.endpoints() && !graph.endpoints_forward)
        continue;
      for (PortIndex port = 0; port < graph.ends.size(); ++port)
        if (port != lost && graph.ends[port].from == at && !seen[graph.ends[port].to]) {
          seen[graph.ends[port].to] = true;
          waiting.push_back(graph.ends[port].to);
        }
    }
    for (const EndpointIndex to : endpoints)
      if (!seen[to])
        pairs.emplace_back(from, to);
  }
  return pairs;
}

// Any of these sends any other something, or nothing.
std::vector<FlowSpec> random_flows(const std::vector<EndpointIndex>& endpoints, std::uint64_t seed, std::uint32_t most)
{
  RandomStream random(seed, "traffic of a kind of fabric");
  std::vector<FlowSpec> flows;
  for (const EndpointIndex source : endpoints) {
    std::vector<Message> messages;
    for (std::uint32_t i = 0; i < most; ++i)
      if (const EndpointIndex to = endpoints[random.below(static_cast<std::uint32_t>(endpoints.size()))]; to != source)
        messages.push_back({to, 1 + random.below(5 * 2048)});
    flows.push_back(flow(source, std::move(messages)));
  }
  return flows;
}

std::uint64_t bytes_of(const std::vector<FlowSpec>& flows)
{
  std::uint64_t bytes = 0;
  for (const FlowSpec& each : flows)
    for (const Message& message : each.messages)
      bytes += message.bytes;
  return bytes;
}

FabricPolicy random_policy(std::uint64_t seed)
{
  RandomStream random(seed, "policy of a kind of fabric");
  FabricPolicy policy;
  policy.flow_control = static_cast<FlowControl>(random.below(2));
  policy.forwarding = static_cast<Forwarding>(random.below(2));
  policy.lane_choice = any_lane_choice(random);
  policy.spine_choice = any_spine_choice(random);
  policy.acknowledgement = static_cast<Acknowledgement>(random.below(2));
  policy.mtu = Mtu;
  policy.seed = seed;
  return policy;
}

}  // namespace

TEST_CASE("a fabric of any kind has the chips and cables that its numbers promise")
{
  for (const Shape& shape : all_shapes()) {
    INFO(shape.kind << ": " << shape.name);
    CHECK(shape.plan.kind == shape.kind);
    CHECK(topology::count_fabric(shape.plan) == shape.plan.expected);
    CHECK(network_of(shape.plan).ports.size() == shape.plan.expected.ports());
    CHECK(topology::every_pair_reachable(shape.plan));
  }
}

TEST_CASE("every port of a fabric of any kind is found by its name")
{
  for (const Shape& shape : samples()) {
    INFO(shape.kind << ": " << shape.name);
    const topology::Parts parts({shape.plan});
    std::set<std::string> names;
    for (PortIndex port = 0; port < parts.ports(); ++port) {
      names.insert(parts.name_of(port));
      CHECK(parts.ports_named("port:" + parts.name_of(port)) == std::vector{port});
    }
    CHECK(names.size() == parts.ports());
    for (const std::string_view name : parts.names())
      CHECK(parts.ports_named(name));
  }
}

TEST_CASE("in a fabric of any kind all ways fit the levels, and no waits for credits are circular")
{
  for (const Shape& shape : all_shapes()) {
    INFO(shape.kind << ": " << shape.name);
    const NetworkSpec network = network_of(shape.plan);
    Router router(network, graph_of(network));
    const ChannelSurvey survey = survey_channels(router, joined_endpoints(shape.plan));
    CHECK(survey.circle.empty());
    CHECK(survey.cut.empty());
    CHECK(survey.refused.empty());
  }
}

TEST_CASE("a fabric of any kind that lost one port finds all ways that are left, and no waits are circular")
{
  for (const Shape& shape : samples()) {
    const NetworkSpec network = network_of(shape.plan);
    const auto endpoints = joined_endpoints(shape.plan);
    Router router(network, graph_of(network));
    for (PortIndex lost = 0; lost < network.ports.size(); ++lost) {
      INFO(shape.kind << ": " << shape.name << ", without port " << lost);
      router.set_usable(lost + 1, false);
      ChannelSurvey survey = survey_channels(router, endpoints);
      router.set_usable(lost + 1, true);
      CHECK(survey.circle.empty());
      CHECK(survey.refused.empty());
      std::ranges::sort(survey.cut);
      CHECK(survey.cut == separated(network, endpoints, lost));
    }
  }
}

TEST_CASE("a large fabric that lost one port of any stage has no circular waits")
{
  for (const Shape& shape : large_shapes()) {
    const NetworkSpec network = network_of(shape.plan);
    const auto endpoints = joined_endpoints(shape.plan);
    Router router(network, graph_of(network));
    for (const PortIndex lost : one_port_of_each_stage(network)) {
      INFO(shape.kind << ": " << shape.name << ", without port " << lost);
      router.set_usable(lost + 1, false);
      const ChannelSurvey survey = survey_channels(router, endpoints);
      router.set_usable(lost + 1, true);
      CHECK(survey.circle.empty());
      CHECK(survey.refused.empty());
    }
  }
}

TEST_CASE("what goes into a chip of any kind of fabric comes out, and every byte arrives")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, std::uint64_t{7}));
  for (const Shape& shape : samples()) {
    INFO(shape.kind << ": " << shape.name << ", seed " << seed);
    const NetworkSpec network = network_of(shape.plan);
    const auto flows = random_flows(joined_endpoints(shape.plan), seed, 20);
    FabricPolicy policy = random_policy(seed);
    policy.always_switched = true;
    // Those of acknowledgements begin and end at endpoints too, but are no payload.
    FabricRun run(network, policy);
    run_all(run, flows);
    CHECK(run.fabric().payload_bytes_delivered() == bytes_of(flows));
    CHECK(run.fabric().flows_in_flight() == 0);
    CHECK(run.notices().size() == flows.size());
    std::vector<std::int64_t> balance(network.graph.vertices);
    for (PortIndex port = 0; port < network.ports.size(); ++port) {
      const auto bytes = static_cast<std::int64_t>(run.fabric().counters(port).bytes);
      balance[network.graph.ends[port].to] += bytes;
      balance[network.graph.ends[port].from] -= bytes;
    }
    for (VertexIndex chip = network.endpoints(); chip < network.graph.vertices; ++chip)
      CHECK(balance[chip] == 0);
  }
}

TEST_CASE("a large fabric under full load delivers every byte through buffers of two packets")
{
  for (const Shape& shape : large_shapes()) {
    INFO(shape.kind << ": " << shape.name);
    const auto flows = random_flows(joined_endpoints(shape.plan), 1, 12);
    FabricPolicy policy;
    policy.flow_control = FlowControl::Credits;
    policy.mtu = Mtu;
    FabricRun run(network_of(shape.plan), policy);
    run_all(run, flows);
    CHECK(run.fabric().payload_bytes_delivered() == bytes_of(flows));
  }
}

TEST_CASE("in a large fabric every time, byte and peak is that of the switched reference")
{
  for (const Shape& shape : large_shapes()) {
    INFO(shape.kind << ": " << shape.name);
    const NetworkSpec network = network_of(shape.plan);
    const auto flows = random_flows(joined_endpoints(shape.plan), 2, 3);
    const FabricPolicy policy{.flow_control = FlowControl::Credits, .mtu = Mtu};
    FabricRun run(network, policy);
    run_all(run, flows);
    SwitchedReference reference(network, policy);
    for (const FlowSpec& each : flows)
      reference.start(each);
    reference.finish();
    check_agreement(run, reference, static_cast<PortIndex>(network.ports.size()));
  }
}

TEST_CASE("in a fabric of any kind the way there is as long as the way back, and a message alone takes as long")
{
  for (const Shape& shape : samples()) {
    const NetworkSpec network = network_of(shape.plan);
    const auto endpoints = joined_endpoints(shape.plan);
    FabricPolicy policy;
    policy.always_switched = true;
    policy.mtu = Mtu;
    const auto alone = [&](EndpointIndex from, EndpointIndex to) {
      FabricRun run(network, policy);
      return run_all(run, {flow(from, {{to, 1000}})});
    };
    for (const EndpointIndex to : {endpoints[1], endpoints.back()}) {
      INFO(shape.kind << ": " << shape.name << ", to " << to);
      FabricRun run(network, policy);
      CHECK(run.fabric().path_latency_ps(endpoints.front(), to) == run.fabric().path_latency_ps(to, endpoints.front()));
      const bool is_die = to < shape.plan.site.dies();
      if (is_die)
        CHECK(alone(endpoints.front(), to) == alone(to, endpoints.front()));
    }
  }
}

TEST_CASE("a fabric of any kind takes no longer way than it says, and one in the node is no longer than one between")
{
  for (const Shape& shape : samples()) {
    const NetworkSpec network = network_of(shape.plan);
    FabricPolicy policy;
    policy.always_switched = true;
    FabricRun run(network, policy);
    for (EndpointIndex to = 1; to < shape.plan.site.dies(); ++to) {
      INFO(shape.kind << ": " << shape.name << ", to " << to);
      const bool is_between = shape.plan.site.node_of(to) != 0;
      CHECK(run.fabric().path_latency_ps(0, to) <= 200'000 * longest_way(shape.plan, is_between));
    }
  }
}

TEST_CASE("a long write from the first or the last die of an idle fabric of any kind is as fast as its shortest ways")
{
  constexpr std::uint32_t Packets = 60;  // a lane
  for (const Shape& shape : samples()) {
    topology::FabricTiming timing{};
    timing.buffer = Buffer;
    const NetworkSpec network = topology::fabric_network({&shape.plan, 1}, {&timing, 1});
    FabricPolicy policy;
    policy.always_switched = true;
    policy.mtu = Mtu;
    const std::uint32_t bytes = Packets * network.lanes * 2048;
    for (const EndpointIndex from : {0U, shape.plan.site.dies() - 1})
      for (EndpointIndex to = 0; to < shape.plan.site.dies(); ++to) {
        const BytesPerSecond rate = topology::shortest_ways_rate(shape.plan, from, to);
        if (from == to || rate.count() <= 0)
          continue;
        FabricRun run(network, policy);
        const std::int64_t time = run_all(run, {flow(from, {{to, bytes}})});
        INFO(shape.kind << ": " << shape.name << ", " << from << " to " << to);
        CHECK(bytes / (static_cast<double>(time) * 1e-12) == Approx(rate.count()).epsilon(0.07));
      }
  }
}

TEST_CASE("a short message comes on all rails of a fat tree alike")
{
  const Shape shape =
      shape_of(kind_named("fat-tree"),
               {"eight rails",
                {.nodes = 8, .dies_per_node = 2, .cpus_per_node = 0},
                "{tiers: 2, down: 4, up: 16, rails: 8, lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s}"});
  const NetworkSpec network = network_of(shape.plan);
  FabricPolicy policy;
  policy.mtu = Mtu;
  FabricRun run(network, policy);
  run_all(run, {flow(0, {{15, 8 * 8 * 2048}})});
  for (std::uint32_t rail = 0; rail < 8; ++rail) {
    const std::uint64_t packets = run.fabric().counters(network.lane_in_ports[15 * 8 + rail]).bytes / 2048;
    INFO("rail " << rail << ": " << packets << " of 64 packets");
    CHECK(packets >= 6);
    CHECK(packets <= 10);
  }
}
