#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

// On the small Clos a byte takes 1,000 ps at a port and a switch output 200,000 ps; 4 endpoints a group.

namespace {

constexpr std::int64_t Byte = 1'000;

// Times at which senders that all write to endpoint 2 have their acknowledgement.
std::vector<std::int64_t> incast(FabricPolicy policy, Waiting waiting, std::uint32_t senders = 2)
{
  policy.waiting = waiting;
  FabricRun run(small_clos({}), policy);
  for (std::uint32_t sender = 0; sender < senders; ++sender)
    run.start(flow(sender == 2 ? 7 : sender, {{2, 8192}}, sender));
  run.finish();
  std::vector<std::int64_t> ends;
  for (std::uint32_t sender = 0; sender < senders; ++sender)
    ends.push_back(run.time_of(sender));
  return ends;
}

}  // namespace

TEST_CASE("without queues in switches packets for one endpoint come together")
{
  const auto queued = incast({}, Waiting::AtEveryPort);
  CHECK(queued[1] - queued[0] == 8192 * Byte);
  const auto free = incast({}, Waiting::AtLanes);
  CHECK(free[0] == queued[0]);
  CHECK(free[1] == queued[0]);
}

TEST_CASE("a lone packet takes as long with queues as without them")
{
  ClosSpec mixed;
  mixed.uplink_rate = 2_GBps;
  for (const ClosSpec& clos : {ClosSpec{}, mixed})
    for (const FabricPolicy& policy : {FabricPolicy{}, FabricPolicy{.forwarding = Forwarding::StoreAndForward},
                                       FabricPolicy{.spine_choice = SpineChoice::LeastQueue},
                                       FabricPolicy{.acknowledgement = Acknowledgement::Packets}}) {
      const auto end = [&](Waiting waiting) {
        FabricPolicy changed = policy;
        changed.waiting = waiting;
        FabricRun run(small_clos(clos), changed);
        run.start(flow(0, {{5, 512}}));
        return run.finish();
      };
      CHECK(end(Waiting::AtLanes) == end(Waiting::AtEveryPort));
      CHECK(end(Waiting::Nowhere) == end(Waiting::AtEveryPort));
    }
}

TEST_CASE("an endpoint sends one packet after another on its lane unless packets wait nowhere")
{
  const auto last = [](Waiting waiting) {
    FabricRun run(small_clos({}), {.waiting = waiting});
    run.start(flow(0, {{1, 512}, {2, 512}, {3, 512}}));
    return run.finish();
  };
  CHECK(last(Waiting::AtLanes) == last(Waiting::AtEveryPort));
  CHECK(last(Waiting::AtEveryPort) - last(Waiting::Nowhere) == 2 * 512 * Byte);
}

TEST_CASE("buffers never fill where packets wait for nobody")
{
  const FabricPolicy credits{.flow_control = FlowControl::Credits};
  CHECK(incast(credits, Waiting::AtLanes, 5) == incast({}, Waiting::AtLanes, 5));
}

TEST_CASE("control packets wait for nobody either")
{
  const auto last = [](Waiting waiting) {
    FabricRun run(small_clos({}), {.waiting = waiting});
    const InboxIndex inbox = run.fabric().add_inboxes(8);
    run.fabric().expect(inbox + 2, 3 * 20, 0, 9);
    for (const std::uint32_t sender : {0U, 1U, 3U}) {
      FlowSpec flags = flow_to_inbox(sender, {{2, 20}}, inbox);
      flags.control = true;
      run.start(flags);
    }
    run.finish();
    return run.time_of(9);
  };
  CHECK(last(Waiting::AtEveryPort) - last(Waiting::AtLanes) == 2 * 20 * Byte);
}

TEST_CASE("ports carry the same bytes with and without queues")
{
  const NetworkSpec network = small_clos({});
  const auto bytes = [&](Waiting waiting) {
    FabricRun run(network, {.waiting = waiting});
    run_all(run, all_to_all(8, 1000));
    std::vector<std::uint64_t> counted{run.fabric().port_hops(), run.fabric().payload_bytes_delivered()};
    for (PortIndex port = 0; port < run.fabric().ports(); ++port)
      counted.push_back(run.fabric().counters(port).bytes);
    return counted;
  };
  CHECK(bytes(Waiting::AtLanes) == bytes(Waiting::AtEveryPort));
  CHECK(bytes(Waiting::Nowhere) == bytes(Waiting::AtEveryPort));
}
