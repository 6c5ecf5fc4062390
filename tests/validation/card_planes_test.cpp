// Flows and packets of one description of a card (models/network/card_spec.h) against each other, at both ends of a
// sweep of sizes: one transfer, two that share a card, a ring. Both are bytes over rate behind post and latency. They
// differ, and should, where one sender posts several messages: those are a post apart in packets, and each flow posts
// for itself.
#include "sim/engine/engine.h"
#include "tests/support/card_machine.h"
#include "tests/support/collective_time.h"
#include "tests/support/fabric_run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <vector>

using namespace cm;
using models::CardPlane;
using sim::engine::Control;
using sim::engine::Engine;

namespace {

constexpr std::uint32_t Small = 512;
constexpr std::uint32_t Large = 64U << 20U;
constexpr double SmallError = 1e-3;

struct Demand {
  std::uint32_t from;  // dies
  std::uint32_t to;
  std::uint32_t bytes;
};

// Until all bytes are there; all senders post at once.
double packets_us(CardPlane plane, const std::vector<Demand>& demands)
{
  const models::MachineSpec machine = tests::on_cards(plane);
  const auto spec = models::data_plane_spec(machine, topology::Supernode(machine.topology), 1);
  tests::FabricRun run(spec.network, spec.policy);
  const models::EndpointEngines engines(machine, run.fabric());
  const auto inboxes = run.fabric().add_inboxes(machine.topology.ub_endpoints());
  const std::int64_t posted = to_picoseconds(models::posting_time(machine, 1, 1)).count();
  std::map<std::uint32_t, std::uint64_t> incoming;
  for (const Demand& demand : demands)
    incoming[demand.to] += demand.bytes;
  for (const auto& [die, bytes] : incoming)
    run.fabric().expect(inboxes + die, bytes, 0, die);
  for (const Demand& demand : demands) {
    sim::fabric::FlowSpec flow = tests::flow_to_inbox(demand.from, {{demand.to, demand.bytes}}, inboxes);
    flow.engine = engines.source(demand.from, false);
    models::post_messages(machine, 1, flow);
    run.start(std::move(flow), posted);
  }
  return microseconds(Picoseconds(run.finish()));
}

// The plane as serving has it.
sim::engine::StarPlaneSpec plane_of_flows(CardPlane plane)
{
  const models::MachineSpec machine = tests::machine_with_cards();
  return plane == CardPlane::Rdma ? models::rdma_plane(machine) : models::vpc_plane(machine);
}

std::size_t card_of(CardPlane plane, std::uint32_t die)
{
  return plane == CardPlane::Rdma ? die : die / 16;
}

double flows_us(CardPlane plane, const std::vector<Demand>& demands)
{
  std::vector<Control::Transfer> transfers;
  for (const Demand& demand : demands)
    transfers.push_back({card_of(plane, demand.from), card_of(plane, demand.to), Bytes(demand.bytes)});
  Engine engine;
  const std::size_t index = engine.add_plane(plane_of_flows(plane));
  Seconds end;
  engine.spawn("all", [&](Control& control) { end = std::ranges::max(control.transfer_all(index, transfers)); });
  engine.run();
  return microseconds(end);
}

void compare(double packets, double flows)
{
  std::printf("packets %.4f us, flows %.4f us, difference %+.3f %%\n", packets, flows, (packets / flows - 1) * 100);
  CHECK(packets == Approx(flows).epsilon(SmallError));
}

void compare(CardPlane plane, const std::vector<Demand>& demands)
{
  compare(packets_us(plane, demands), flows_us(plane, demands));
}

// An all-gather of eight ranks in a ring, each of its seven steps a transfer of every rank to the next.
void compare_rings(std::uint32_t bytes)
{
  constexpr std::uint32_t Ranks = 8;
  const Seconds launch = 5_us;
  models::MachineSpec machine = tests::machine_with_cards();
  machine.die.protocols = {{.name = "only", .launch = launch, .step = 1_us, .message = Seconds(0), .rate = 100_GBps}};
  machine = tests::on_cards(CardPlane::Rdma, machine);
  const models::CollectiveQuestion question{
      .operation = models::Operation::AllGather, .ranks = Ranks, .ranks_per_group = 16, .bytes = Bytes(bytes)};
  const auto packets = tests::run_collective("ring", question, machine.die.protocols.front(), machine);
  Engine engine;
  const std::size_t index = engine.add_plane(plane_of_flows(CardPlane::Rdma));
  Seconds end;
  engine.spawn("ring", [&](Control& control) {
    control.sleep(launch);
    std::vector<Control::Transfer> step;
    for (std::uint32_t rank = 0; rank < Ranks; ++rank)
      step.push_back({rank, (rank + 1) % Ranks, Bytes(bytes)});
    for (std::uint32_t i = 1; i < Ranks; ++i)
      control.transfer_all(index, step);
    // The flag that tells of the last data.
    control.sleep(machine.die.protocols.front().step);
    end = control.now();
  });
  engine.run();
  compare(microseconds(packets.end), microseconds(end));
}

}  // namespace

// One engine a process: no sections and no loops over engines here.
TEST_CASE("a small transfer over RDMA takes as long in packets as in flows")
{
  compare(CardPlane::Rdma, {{0, 16, Small}});
}

TEST_CASE("a large transfer over RDMA takes as long in packets as in flows")
{
  compare(CardPlane::Rdma, {{0, 16, Large}});
}

TEST_CASE("a small transfer over VPC takes as long in packets as in flows")
{
  compare(CardPlane::Vpc, {{0, 16, Small}});
}

TEST_CASE("a large transfer over VPC takes as long in packets as in flows")
{
  compare(CardPlane::Vpc, {{0, 16, Large}});
}

TEST_CASE("two small transfers into one adapter take as long in packets as in flows")
{
  compare(CardPlane::Rdma, {{0, 16, Small}, {1, 16, Small}});
}

TEST_CASE("two large transfers into one adapter take as long in packets as in flows")
{
  compare(CardPlane::Rdma, {{0, 16, Large}, {1, 16, Large}});
}

TEST_CASE("two small transfers that share a VPC card take as long in packets as in flows")
{
  compare(CardPlane::Vpc, {{0, 16, Small}, {1, 17, Small}});
}

TEST_CASE("two large transfers that share a VPC card take as long in packets as in flows")
{
  compare(CardPlane::Vpc, {{0, 16, Large}, {1, 17, Large}});
}

TEST_CASE("a ring of small shares over RDMA takes as long in packets as in flows")
{
  compare_rings(Small);
}

TEST_CASE("a ring of large shares over RDMA takes as long in packets as in flows")
{
  compare_rings(Large);
}
