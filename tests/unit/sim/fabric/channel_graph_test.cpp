#include "sim/fabric/switched/channel_graph.h"
#include "sim/fabric/switched/clos_graph.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <numeric>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

std::vector<EndpointIndex> first_endpoints(std::uint32_t count)
{
  std::vector<EndpointIndex> endpoints(count);
  std::iota(endpoints.begin(), endpoints.end(), 0U);
  return endpoints;
}

// Endpoints in a ring that forward in one direction: port i leads from i to the next. All have one stage, or rising
// ones.
NetworkSpec ring(std::uint32_t size, std::uint32_t levels, bool rises)
{
  NetworkSpec network;
  network.lanes = 1;
  network.group_of.assign(size, 0);
  network.graph = {.ends = {}, .vertices = size, .endpoints_forward = true, .levels = levels};
  for (std::uint32_t i = 0; i < size; ++i) {
    network.ports.push_back({BytesPerSecond(1e9), Seconds(0), Bytes(4096)});
    network.graph.ends.push_back({.from = i, .to = (i + 1) % size, .stage = static_cast<std::uint8_t>(rises ? i : 0)});
    network.lane_out_ports.push_back(i);
    network.lane_in_ports.push_back((i + size - 1) % size);
  }
  return network;
}

ChannelSurvey survey(const NetworkSpec& network)
{
  Router router(network, graph_of(network));
  return survey_channels(router, first_endpoints(network.endpoints()));
}

}  // namespace

TEST_CASE("a circle of waits is found, and a graph without one has none")
{
  ChannelGraph graph(6);
  graph.add_wait(0, 1);
  graph.add_wait(1, 2);
  graph.add_wait(0, 2);
  graph.add_wait(4, 3);
  CHECK(graph.circle().empty());
  graph.add_wait(2, 5);
  graph.add_wait(5, 1);
  CHECK(graph.circle() == std::vector<std::uint32_t>{1, 2, 5});
}

TEST_CASE("a channel that waits for itself is a circle")
{
  ChannelGraph graph(2);
  graph.add_wait(1, 1);
  CHECK(graph.circle() == std::vector<std::uint32_t>{1});
}

TEST_CASE("a ring has no circle when every link raises the level, and refuses ways that are longer than its levels")
{
  const ChannelSurvey enough = survey(ring(4, 3, false));
  CHECK(enough.circle.empty());
  CHECK(enough.cut.empty());
  CHECK(enough.refused.empty());
  // Three links take three levels.
  const ChannelSurvey few = survey(ring(4, 2, false));
  CHECK(few.circle.empty());
  CHECK(few.refused.size() == 4);
  CHECK(few.refused.front() == EndpointPair{1, 0});
}

TEST_CASE("a ring of rising stages needs a second level for what passes its last port")
{
  CHECK(survey(ring(4, 2, true)).refused.empty());
  CHECK(survey(ring(4, 1, true)).refused.size() == 3);
}

TEST_CASE("a Clos has no circle, healthy and without any one of its ports")
{
  NetworkSpec network = small_clos({.groups = 3, .endpoints_per_group = 2, .lanes = 2, .spines = 2});
  network.graph = graph_of(network);
  network.graph.levels = 2;
  Router router(network, network.graph);
  const auto endpoints = first_endpoints(network.endpoints());
  CHECK(survey_channels(router, endpoints).cut.empty());
  for (PortIndex port = 1; port <= network.ports.size(); ++port) {
    router.set_usable(port, false);
    const ChannelSurvey one_less = survey_channels(router, endpoints);
    CHECK(one_less.circle.empty());
    CHECK(one_less.cut.empty());
    CHECK(one_less.refused.empty());
    CHECK(survey_channels(router, endpoints).circle.empty());
    router.set_usable(port, true);
  }
}

TEST_CASE("an endpoint that lost its only lane is cut off from all others")
{
  const NetworkSpec network = small_clos({.groups = 2, .endpoints_per_group = 2, .lanes = 1, .spines = 2});
  Router router(network, graph_of(network));
  router.set_usable(network.lane_in_ports.at(3) + 1, false);
  CHECK(survey_channels(router, first_endpoints(4)).cut == std::vector<EndpointPair>{{0, 3}, {1, 3}, {2, 3}});
}
