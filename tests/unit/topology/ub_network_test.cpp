#include "sim/diagnostics/errors.h"
#include "tests/unit/topology/machines.h"
#include "topology/routing/ub_network.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace cm;
using namespace cm::topology;
using sim::fabric::NetworkSpec;

namespace {

constexpr PortLatencies Latencies{.endpoint_port = 300_ns, .delivery_port = 200_ns, .trunk_port = 200_ns};

NetworkSpec network_of(const Graph& graph)
{
  return ub_network(graph, Latencies, 64_KiB);
}

}  // namespace

TEST_CASE("every port of the network is used by exactly one link")
{
  for (const SupernodeSpec& spec : {test::full_spec(), test::small_spec(), test::single_spec()}) {
    const Graph graph = Supernode(spec).graph();
    const NetworkSpec network = network_of(graph);
    std::vector<std::uint32_t> used;
    for (const auto* table : {&network.lane_out_ports, &network.lane_in_ports, &network.up_ports, &network.down_ports})
      used.insert(used.end(), table->begin(), table->end());
    std::ranges::sort(used);

    REQUIRE(used.size() == network.ports.size());
    for (std::uint32_t port = 0; port < used.size(); ++port)
      REQUIRE(used[port] == port);
    CHECK(std::count_if(graph.links().begin(), graph.links().end(), [](const Link& link) {
            return link.plane == Plane::Ub;
          }) == static_cast<std::ptrdiff_t>(used.size()));
  }
}

TEST_CASE("the tables have the sizes of the full machine")
{
  const NetworkSpec network = network_of(Supernode(test::full_spec()).graph());
  CHECK(network.endpoints() == 960);
  CHECK(network.lanes == 7);
  CHECK(network.spines == 16);
  CHECK(network.lane_out_ports.size() == 960 * 7);
  CHECK(network.up_ports.size() == 5376);
  CHECK(network.group_of.at(16) == 1);
  CHECK(network.group_of.at(768 + 4) == 1);
}

TEST_CASE("a port has the bandwidth of its link and the latency of its kind")
{
  const NetworkSpec network = network_of(Supernode(test::full_spec()).graph());
  const auto port = [&network](std::uint32_t index) { return network.ports.at(index); };
  CHECK(port(network.lane_out_ports.at(0)) == sim::fabric::PortSpec{28_GBps, 300_ns, 64_KiB});
  CHECK(port(network.lane_in_ports.at(0)) == sim::fabric::PortSpec{28_GBps, 200_ns, 64_KiB});
  CHECK(port(network.lane_out_ports.at(768 * 7)) == sim::fabric::PortSpec{160_GBps / 7.0, 300_ns, 64_KiB});
  CHECK(port(network.up_ports.at(0)) == sim::fabric::PortSpec{28_GBps, 200_ns, 64_KiB});
  CHECK(port(network.down_ports.at(0)) == sim::fabric::PortSpec{28_GBps, 200_ns, 64_KiB});
}

TEST_CASE("one slow link of the graph is one slow port of the network")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const VertexId l1 = test::find_vertex(graph, "l1:2.1");
  const VertexId l2 = test::find_vertex(graph, "l2:1.0");
  const auto is_slow = [&](const Link& link) { return link.from == l1 && link.to == l2; };
  Graph slowed = test::without_links(graph, is_slow);
  slowed.add_link({l1, l2, 1_GBps, Plane::Ub, 1});
  const NetworkSpec network = network_of(slowed);

  CHECK(network.ports.at(network.up_ports.at((2 * 2 + 1) * 3 + 0)).rate == 1_GBps);
  CHECK(std::count_if(network.ports.begin(), network.ports.end(),
                      [](const auto& port) { return port.rate == 1_GBps; }) == 1);
}

TEST_CASE("the ports of a sub-plane are numbered consecutively")
{
  const NetworkSpec network = network_of(Supernode(test::small_spec()).graph());
  const std::uint32_t per_sub_plane = static_cast<std::uint32_t>(network.ports.size()) / network.lanes;
  for (std::uint32_t i = 0; i < network.lane_out_ports.size(); ++i)
    CHECK(network.lane_out_ports[i] / per_sub_plane == i % network.lanes);
  for (std::uint32_t i = 0; i < network.down_ports.size(); ++i)
    CHECK(network.down_ports[i] / per_sub_plane == i / network.spines % network.lanes);
}

TEST_CASE("a missing link, a double link and a link that fits no tier are refused")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const VertexId l1 = test::find_vertex(graph, "l1:0.0");
  const VertexId l2 = test::find_vertex(graph, "l2:0.0");
  const auto is_that = [&](const Link& link) { return link.from == l1 && link.to == l2; };
  CHECK_THROWS_AS(network_of(test::without_links(graph, is_that)), SimulationError);

  Graph doubled = graph;
  doubled.add_link({l1, l2, 28_GBps, Plane::Ub, 0});
  CHECK_THROWS_AS(network_of(doubled), SimulationError);

  Graph stray = graph;
  stray.add_link({test::find_vertex(graph, "die:0"), l1, 28_GBps, Plane::Ub, 2});
  CHECK_THROWS_AS(network_of(stray), SimulationError);

  Graph odd = graph;
  odd.add_link({test::find_vertex(graph, "die:0"), l2, 28_GBps, Plane::Ub, 0});
  CHECK_THROWS_AS(network_of(odd), SimulationError);
}

TEST_CASE("the order in which a graph was built does not reach the groups of the network")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const NetworkSpec network = network_of(graph);
  const NetworkSpec other = network_of(test::renamed(graph, 3, 1));
  CHECK(other.ports.size() == network.ports.size());
  for (std::uint32_t a = 0; a < network.endpoints(); ++a)
    for (std::uint32_t b = 0; b < network.endpoints(); ++b)
      CHECK((network.group_of[a] == network.group_of[b]) == (other.group_of[a] == other.group_of[b]));
}
