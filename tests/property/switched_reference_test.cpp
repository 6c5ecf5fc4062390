// The packet fabric's general way does what its rules say: every notice, byte count and peak is that of a plain
// implementation of the same rules, on random small networks and traffic. No byte and no credit gets lost on that one,
// and where the short way does the same, its times are those of the short way's reference.
#include "tests/property/reference_fabric.h"
#include "tests/property/switched_agreement.h"
#include "tests/property/switched_traffic.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint64_t Seeds = 100;

void run_reference(SwitchedReference& reference, const SwitchedTraffic& traffic)
{
  traffic.run(reference, [&](const FlowSpec& flow, std::int64_t time) { reference.start(flow, time); });
  reference.finish();
}

void compare(const SwitchedTraffic& traffic)
{
  FabricRun run(traffic.network, traffic.policy);
  traffic.run(run.fabric(), [&](const FlowSpec& flow, std::int64_t time) { run.start(flow, time); });
  run.finish();
  SwitchedReference reference(traffic.network, traffic.policy);
  run_reference(reference, traffic);
  check_agreement(run, reference, static_cast<PortIndex>(traffic.network.ports.size()));
}

}  // namespace

TEST_CASE("the reference delivers or loses every byte")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  const SwitchedTraffic traffic(
      seed, {.graphs = seed % 3 != 0, .credits = seed % 2 == 0, .classes = true, .changes = true, .errors = true});
  SwitchedReference reference(traffic.network, traffic.policy);
  run_reference(reference, traffic);
  CHECK(reference.delivered_bytes() + reference.lost_bytes() + reference.lost_control_bytes() ==
        traffic.message_bytes());
}

TEST_CASE("the general reference is as fast as that of the short way")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  SwitchedTraffic traffic(seed, {});
  traffic.policy.acknowledgement = Acknowledgement::Latency;
  if (traffic.policy.spine_choice == SpineChoice::LeastQueue)
    traffic.policy.spine_choice = SpineChoice::Spray;
  std::vector<FlowSpec> flows;
  for (FlowSpec& flow : traffic.flows) {
    // The short way lays local messages out ahead, too.
    std::erase_if(flow.messages, [&](const Message& message) { return message.destination == flow.source; });
    flow.lanes.resize(std::min(flow.lanes.size(), flow.messages.size()));
    flow.control = false;
    flow.inbox = NoIndex;
    flow.sink_engine = NoIndex;
    if (flows.empty() || flows.back().source != flow.source)
      flows.push_back(flow);
  }
  SwitchedReference general(traffic.network, traffic.policy);
  ReferenceFabric plain(traffic.network, traffic.policy);
  general.add_engines(traffic.endpoints * traffic.network.lanes);
  plain.add_engines(traffic.endpoints * traffic.network.lanes);
  for (const FlowSpec& flow : flows) {
    general.start(flow);
    plain.start(flow);
  }
  general.finish();
  plain.finish();
  CHECK(general.notices() == plain.notices());
  CHECK(general.delivered_bytes() == plain.delivered_bytes());
  CHECK(general.port_hops() == plain.port_hops());
  for (PortIndex port = 0; port < traffic.network.ports.size(); ++port)
    CHECK(general.bytes(port) == plain.bytes(port));
}

TEST_CASE("with credits every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(seed, {.credits = true}));
}

TEST_CASE("with classes of traffic every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(seed, {.credits = seed % 2 == 0, .classes = true}));
}

TEST_CASE("with timed changes every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(seed, {.credits = seed % 2 == 0, .changes = true}));
}

TEST_CASE("with bit errors every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(seed, {.credits = seed % 2 == 0, .errors = true}));
}

TEST_CASE("in any graph every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(seed, {.graphs = true}));
}

TEST_CASE("with all of it every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(
      seed,
      {.graphs = seed % 4 != 0, .credits = seed % 3 != 0, .classes = true, .changes = true, .errors = seed % 2 == 0}));
}

TEST_CASE("without any of it every time, byte and peak is that of the switched reference")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds + 1));
  INFO("seed " << seed);
  compare(SwitchedTraffic(seed, {}));
}
