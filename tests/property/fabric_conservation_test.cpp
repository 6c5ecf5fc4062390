// Bytes in are bytes out: in total, at every endpoint, at every leaf and at every spine.
#include "tests/property/random_exchange.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint64_t Seeds = 25;

struct Carried {
  PacketFabric& fabric;

  std::uint64_t operator()(PortIndex port) const { return fabric.counters(port).bytes; }

  // `count` ports of a stage from the `first` one on, every `step`-th.
  std::uint64_t sum(const std::vector<PortIndex>& stage, std::size_t first, std::size_t count,
                    std::size_t step = 1) const
  {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i)
      bytes += (*this)(stage.at(first + i * step));
    return bytes;
  }
};

// With its frame overhead.
std::uint64_t on_the_wire(std::uint32_t bytes, const FabricPolicy& policy, std::uint64_t lanes)
{
  const auto mtu = static_cast<std::uint64_t>(policy.mtu.count());
  std::uint64_t packets = (bytes + mtu - 1) / mtu;
  if (packets > lanes) {
    // Whole rounds of equal packets; rounding up their size may leave the last ones empty.
    const std::uint64_t rounds = (packets + lanes - 1) / lanes;
    const std::uint64_t each = (bytes + rounds * lanes - 1) / (rounds * lanes);
    packets = (bytes + each - 1) / each;
  }
  return bytes + packets * static_cast<std::uint64_t>(policy.frame_overhead.count());
}

}  // namespace

TEST_CASE("every byte that is sent arrives")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  INFO("seed " << seed);
  const RandomExchange exchange(seed);
  FabricRun run(small_clos(exchange.clos), exchange.policy);
  run_all(run, exchange.flows);
  std::uint64_t sent = 0;
  for (const FlowSpec& each : exchange.flows)
    for (const Message& message : each.messages)
      sent += message.bytes;
  CHECK(run.fabric().payload_bytes_emitted() == sent);
  CHECK(run.fabric().payload_bytes_delivered() == sent);
  CHECK(run.fabric().flows_in_flight() == 0);
  CHECK(run.notices().size() == exchange.flows.size());
}

TEST_CASE("endpoints put out and take in what their messages weigh")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  INFO("seed " << seed);
  const RandomExchange exchange(seed);
  const NetworkSpec network = small_clos(exchange.clos);
  FabricRun run(network, exchange.policy);
  run_all(run, exchange.flows);
  const Carried carried{run.fabric()};
  std::vector<std::uint64_t> out(network.endpoints());
  std::vector<std::uint64_t> in(network.endpoints());
  for (const FlowSpec& each : exchange.flows)
    for (const Message& message : each.messages)
      if (message.destination != each.source) {
        out[each.source] += on_the_wire(message.bytes, exchange.policy, network.lanes);
        in[message.destination] += on_the_wire(message.bytes, exchange.policy, network.lanes);
      }
  const std::size_t lanes = network.lanes;
  for (std::size_t endpoint = 0; endpoint < network.endpoints(); ++endpoint) {
    CHECK(carried.sum(network.lane_out_ports, endpoint * lanes, lanes) == out[endpoint]);
    CHECK(carried.sum(network.lane_in_ports, endpoint * lanes, lanes) == in[endpoint]);
  }
}

TEST_CASE("leaves and spines of every sub-plane send on what they receive")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  INFO("seed " << seed);
  const RandomExchange exchange(seed);
  const NetworkSpec network = small_clos(exchange.clos);
  FabricRun run(network, exchange.policy);
  run_all(run, exchange.flows);
  const Carried carried{run.fabric()};
  const ClosSpec& clos = exchange.clos;
  const std::size_t lanes = clos.lanes;
  const std::size_t spines = clos.spines;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (std::size_t group = 0; group < clos.groups; ++group) {
      const std::size_t first = group * clos.endpoints_per_group * lanes + lane;
      const std::size_t leaf = (group * lanes + lane) * spines;
      CHECK(carried.sum(network.lane_out_ports, first, clos.endpoints_per_group, lanes) +
                carried.sum(network.down_ports, leaf, spines) ==
            carried.sum(network.lane_in_ports, first, clos.endpoints_per_group, lanes) +
                carried.sum(network.up_ports, leaf, spines));
    }
    for (std::size_t spine = 0; spine < spines; ++spine)
      CHECK(carried.sum(network.up_ports, lane * spines + spine, clos.groups, lanes * spines) ==
            carried.sum(network.down_ports, lane * spines + spine, clos.groups, lanes * spines));
  }
}
