// With credits and buffers of hardly a packet nothing waits for ever: paths go up and then down, so no wait is
// circular.
#include "sim/random/random_stream.h"
#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;
using cm::sim::RandomStream;

namespace {

constexpr std::uint64_t Seeds = 40;

// Anybody may send anybody anything, or nothing: a tenth of the matrices are dense, most have hot rows and columns.
struct RandomMatrix {
  ClosSpec clos;
  FabricPolicy policy;
  std::vector<std::vector<std::uint32_t>> bytes;  // [source][destination]

  explicit RandomMatrix(std::uint64_t seed)
  {
    RandomStream random(seed, "random matrix");
    policy.flow_control = FlowControl::Credits;
    policy.forwarding = static_cast<Forwarding>(random.below(2));
    policy.lane_choice = any_lane_choice(random);
    policy.spine_choice = any_spine_choice(random);
    policy.acknowledgement = static_cast<Acknowledgement>(random.below(2));
    policy.mtu = Bytes(256 << random.below(5));
    policy.frame_overhead = Bytes(random.below(2) * 16);
    policy.seed = seed;
    clos = {.groups = 1 + random.below(5),
            .endpoints_per_group = 2 + random.below(5),
            .lanes = 1 + random.below(4),
            .spines = 1 + random.below(4),
            .uplink_rate = BytesPerSecond(0.3e9 + 2e9 * random.uniform())};
    // One to three packets.
    clos.buffer = (policy.mtu + policy.frame_overhead) * (1 + random.below(3));
    const std::uint32_t endpoints = clos.groups * clos.endpoints_per_group;
    const double density = random.uniform();
    const std::uint32_t hot = random.below(endpoints);
    bytes.assign(endpoints, std::vector<std::uint32_t>(endpoints));
    for (std::uint32_t from = 0; from < endpoints; ++from)
      for (std::uint32_t to = 0; to < endpoints; ++to)
        if (from != to && random.uniform() < density)
          bytes[from][to] = 1 + random.below(to == hot || from == hot ? 60'000 : 6'000);
  }
};

}  // namespace

TEST_CASE("every message of a random traffic matrix arrives through buffers of one to three packets")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  INFO("seed " << seed);
  const RandomMatrix matrix(seed);
  FabricRun run(small_clos(matrix.clos), matrix.policy);
  const auto endpoints = static_cast<std::uint32_t>(matrix.bytes.size());
  const EngineIndex engines = run.fabric().add_engines(2 * endpoints);
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  for (std::uint32_t from = 0; from < endpoints; ++from)
    for (std::uint32_t to = 0; to < endpoints; ++to) {
      if (matrix.bytes[from][to] == 0)
        continue;
      // A notice for every message: an inbox of its own, and its fence.
      const std::uint64_t number = 2 * (std::uint64_t{from} * endpoints + to);
      const InboxIndex inboxes = run.fabric().add_inboxes(endpoints);
      run.fabric().expect(inboxes + to, matrix.bytes[from][to], 0, number);
      FlowSpec each = flow(from, {{to, matrix.bytes[from][to]}}, number + 1);
      each.inbox = inboxes;
      if (from % 2 == 0)
        each.engine = {.engine = engines + from, .rate = BytesPerSecond(0.8e9)};
      if (to % 3 == 0) {
        each.sink_engine = engines + endpoints;
        each.sink_rate = BytesPerSecond(0.9e9);
      }
      run.start(each);
      ++messages;
      bytes += matrix.bytes[from][to];
    }
  run.finish();
  REQUIRE(run.notices().size() == 2 * messages);
  CHECK(run.fabric().payload_bytes_delivered() == bytes);
  CHECK(run.fabric().flows_in_flight() == 0);
  CHECK(run.fabric().peak_queue_bytes() <= (matrix.clos.endpoints_per_group + matrix.clos.spines + matrix.clos.groups) *
                                               static_cast<std::uint64_t>(matrix.clos.buffer.count()));
}
