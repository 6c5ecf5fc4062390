// Cards of round numbers, to the picosecond: 50 ps a byte and 3 us over RDMA, 25 ps a byte and 20 us over VPC.
#include "sim/config/reader.h"
#include "tests/support/card_machine.h"
#include "tests/support/fabric_run.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;
using tests::machine_with_cards;
using tests::on_cards;

namespace {

constexpr std::uint32_t FirstCpu = 32;  // two nodes of 16 dies and four CPUs

// A machine's data plane with flows of data that are there when they have all come.
class Cards {
 public:
  explicit Cards(const MachineSpec& machine)
      : machine_(machine), spec_(data_plane_spec(machine, topology::Supernode(machine.topology), 1)),
        run_(spec_.network, spec_.policy), engines_(machine, run_.fabric()),
        inboxes_(run_.fabric().add_inboxes(machine.topology.ub_endpoints()))
  {
  }

  // Messages of one poster.
  void send(std::uint32_t from, const std::vector<sim::fabric::Message>& messages)
  {
    sim::fabric::FlowSpec flow = tests::flow_to_inbox(from, messages, inboxes_);
    flow.engine = engines_.source(from, false);
    post_messages(machine_, 1, flow);
    run_.start(flow);
  }
  void expect(std::uint32_t to, std::uint64_t bytes) { run_.fabric().expect(inboxes_ + to, bytes, 0, to); }

  // Starts a message of its own between two endpoints; when it has come, in picoseconds.
  void send_one(std::uint32_t from, std::uint32_t to, std::uint32_t bytes)
  {
    expect(to, bytes);
    send(from, {{to, bytes}});
  }
  std::int64_t finish() { return run_.finish(); }
  [[nodiscard]] std::int64_t time_of(std::uint32_t to) const { return run_.time_of(to); }

  [[nodiscard]] std::uint64_t bytes_of(const std::string& port)
  {
    const auto names = card_port_names(machine_);
    const auto found = std::ranges::find(names, port);
    REQUIRE(found != names.end());
    return run_.fabric().counters(static_cast<sim::fabric::PortIndex>(found - names.begin())).bytes;
  }

 private:
  MachineSpec machine_;
  sim::streams::DataPlaneSpec spec_;
  tests::FabricRun run_;
  EndpointEngines engines_;
  sim::fabric::InboxIndex inboxes_;
};

struct Reading {
  MachineSpec machine;
  std::vector<std::string> problems;
};

Reading read(const std::string& word, MachineSpec machine = machine_with_cards())
{
  const sim::config::Value value = sim::config::parse_text("p2p.yaml", "{plane: " + word + "}");
  sim::config::ReadingLog log;
  sim::config::Reader workload(value, "workload", log);
  read_plane(workload, machine);
  return {machine, log.problems};
}

bool is_unused(const MachineSpec& machine, const std::string& path)
{
  std::vector<sim::config::UnusedKey> unused;
  add_unused_card_keys(machine, unused);
  return std::ranges::any_of(unused, [&](const auto& key) { return key.path == path; });
}

}  // namespace

TEST_CASE("flows and packets take rate, share, latency and post of a card from one description")
{
  const MachineSpec machine = machine_with_cards();
  const auto rdma = rdma_plane(machine);
  REQUIRE(rdma.endpoints.size() == 32);
  CHECK(rdma.endpoints[31].up.count() == Approx(20e9));
  CHECK(rdma.latency.count() == Approx(4e-6));
  const auto vpc = vpc_plane(machine);
  REQUIRE(vpc.endpoints.size() == 2);
  CHECK(vpc.endpoints[1].down.count() == Approx(40e9));
  CHECK(vpc.latency.count() == Approx(22e-6));
  CHECK(all_lanes(on_cards(CardPlane::Rdma)).count() == Approx(20e9));
  CHECK(all_lanes(on_cards(CardPlane::Vpc)).count() == Approx(40e9));
  CHECK(on_cards(CardPlane::Vpc).ub.access.cpu_base == 2_us);
}

TEST_CASE("a message over RDMA takes its bytes and one latency, inside a node too")
{
  for (const std::uint32_t to : {1U, 16U}) {
    Cards cards(on_cards(CardPlane::Rdma));
    cards.send_one(0, to, 40'960);
    CHECK(cards.finish() == 40'960 * 50 + 3'000'000);
    CHECK(cards.bytes_of("RDMA adapter of die 0, out") == 40'960);
    CHECK(cards.bytes_of("RDMA adapter of die " + std::to_string(to) + ", in") == 40'960);
  }
}

TEST_CASE("dies have adapters of their own, and a receiver's carries what comes from all")
{
  Cards apart(on_cards(CardPlane::Rdma));
  apart.send_one(0, 16, 40'960);
  apart.send_one(1, 17, 40'960);
  CHECK(apart.finish() == 40'960 * 50 + 3'000'000);
  Cards together(on_cards(CardPlane::Rdma));
  together.expect(16, 2 * 40'960);
  together.send(0, {{16, 40'960}});
  together.send(1, {{16, 40'960}});
  CHECK(together.finish() == 2 * 40'960 * 50 + 3'000'000);
}

TEST_CASE("dies and CPUs of a node share its VPC card, one direction apart from the other")
{
  Cards alone(on_cards(CardPlane::Vpc));
  alone.send_one(0, 16, 40'960);
  CHECK(alone.finish() == 40'960 * 25 + 20'000'000);
  Cards shared(on_cards(CardPlane::Vpc));
  shared.send_one(0, 16, 40'960);
  shared.send_one(FirstCpu, FirstCpu + 4, 40'960);
  CHECK(shared.finish() == 2 * 40'960 * 25 + 20'000'000);
  CHECK(shared.bytes_of("VPC card of node 0, out") == 2 * 40'960);
  CHECK(shared.bytes_of("CPU 0 to the VPC card of node 0") == 40'960);
  Cards both_ways(on_cards(CardPlane::Vpc));
  both_ways.send_one(0, 16, 40'960);
  both_ways.send_one(17, 1, 40'960);
  CHECK(both_ways.finish() == 40'960 * 25 + 20'000'000);
}

TEST_CASE("what moves inside a node takes its VPC card both ways and no other")
{
  Cards cards(on_cards(CardPlane::Vpc));
  cards.send_one(0, 1, 40'960);
  cards.send_one(16, 17, 40'960);
  CHECK(cards.finish() == 40'960 * 25 + 20'000'000);
  CHECK(cards.bytes_of("VPC card of node 0, out") == 40'960);
  CHECK(cards.bytes_of("VPC card of node 0, in") == 40'960);
  CHECK(cards.bytes_of("VPC card of node 0 to die 1") == 40'960);
  // Beside what comes from the other node.
  Cards busy(on_cards(CardPlane::Vpc));
  busy.send_one(0, 1, 40'960);
  busy.send_one(16, 2, 40'960);
  CHECK(busy.finish() == 2 * 40'960 * 25 + 20'000'000);
}

TEST_CASE("messages of one poster follow each other at the pace of posting or at that of the card")
{
  const auto time_of_twenty = [](std::uint32_t bytes) {
    Cards cards(on_cards(CardPlane::Rdma));
    cards.expect(16, std::uint64_t{20} * bytes);
    cards.send(0, std::vector<sim::fabric::Message>(20, {16, bytes}));
    return cards.finish();
  };
  // 400 bytes take the adapter 20 ns, a post a microsecond; the first message's is waited for elsewhere.
  CHECK(time_of_twenty(400) == 19 * 1'000'000 + 400 * 50 + 3'000'000);
  CHECK(time_of_twenty(40'000) == 20 * 40'000 * 50 + 3'000'000);
}

TEST_CASE("blocks of one poster reach the rates that HIXL measured over RDMA")
{
  MachineSpec machine = machine_with_cards();
  machine.rdma.payload_share = 0.956;
  machine.rdma.post = 0.88_us;
  const auto rate = [&](std::uint32_t block) {
    constexpr std::uint32_t All = 128 << 20;
    Cards cards(on_cards(CardPlane::Rdma, machine));
    cards.expect(16, All);
    cards.send(0, std::vector<sim::fabric::Message>(All / block, {16, block}));
    return static_cast<double>(All) / static_cast<double>(cards.finish()) * 1e3;
  };
  // Write and read of 16 KiB: 18.4 and 18.7 GB/s.
  CHECK(rate(16 << 10) == Approx(18.55).epsilon(0.01));
  CHECK(rate(64 << 10) == Approx(23.7).epsilon(0.01));
  CHECK(rate(2 << 20) == Approx(23.9).epsilon(0.01));
}

TEST_CASE("posters side by side take turns")
{
  const MachineSpec machine = on_cards(CardPlane::Rdma);
  CHECK(posting_time(machine, 12, 1).count() == Approx(12e-6));
  CHECK(posting_time(machine, 12, 4).count() == Approx(3e-6));
  CHECK(posting_time(machine_with_cards(), 12, 1) == Seconds(0));
}

TEST_CASE("every port of a plane of cards has a name of its own")
{
  for (const CardPlane plane : {CardPlane::Rdma, CardPlane::Vpc}) {
    const MachineSpec machine = on_cards(plane);
    std::vector<std::string> names = card_port_names(machine);
    CHECK(names.size() == card_data_plane(machine, 1).network.ports.size());
    std::ranges::sort(names);
    CHECK(std::ranges::adjacent_find(names) == names.end());
    CHECK(std::ranges::find(names, "") == names.end());
  }
  CHECK(lane_name(on_cards(CardPlane::Rdma), 0) == "RDMA adapters");
}

TEST_CASE("a network that is free has cards without rate, latency and post")
{
  MachineSpec machine = machine_with_cards();
  set_free({.network = true}, machine);
  Cards cards(on_cards(CardPlane::Rdma, machine));
  cards.send_one(0, 16, 40'960);
  CHECK(cards.finish() == 0);
  CHECK(posting_time(on_cards(CardPlane::Rdma, machine), 5, 1) == Seconds(0));
}

TEST_CASE("a workload names the plane that carries its bytes")
{
  CHECK(read("ub").machine == machine_with_cards());
  CHECK(read("rdma").machine == on_cards(CardPlane::Rdma));
  CHECK(read("vpc").machine == on_cards(CardPlane::Vpc));
  const Reading wrong = read("rmda");
  REQUIRE(wrong.problems.size() == 1);
  CHECK_THAT(wrong.problems.front(), Catch::Contains("workload.plane: expected one of ub, rdma, vpc") &&
                                         Catch::Contains("did you mean \"rdma\"?"));
  MachineSpec without_packets = machine_with_cards();
  without_packets.vpc.mtu = Bytes(0);
  const Reading sizeless = read("vpc", without_packets);
  REQUIRE(sizeless.problems.size() == 1);
  CHECK_THAT(sizeless.problems.front(), Catch::Contains("workload.plane") && Catch::Contains("machine.vpc.mtu"));
}

TEST_CASE("events of the packet plane are refused where it carries nothing")
{
  MachineSpec machine = machine_with_cards();
  machine.events.events.push_back({.part = "die:17", .kind = "down", .change = {}});
  CHECK(read("ub", machine).problems.empty());
  const Reading refused = read("rdma", machine);
  REQUIRE(refused.problems.size() == 1);
  CHECK_THAT(refused.problems.front(),
             Catch::Contains("workload.plane: expected ub: events change parts of machine.ub"));
}

TEST_CASE("only dies have adapters, and every device of a node has its card")
{
  CHECK_THAT(card_problem(on_cards(CardPlane::Rdma), FirstCpu).value(), Catch::Contains("a CPU has no RDMA adapter"));
  CHECK_FALSE(card_problem(on_cards(CardPlane::Rdma), FirstCpu - 1));
  CHECK_FALSE(card_problem(on_cards(CardPlane::Vpc), FirstCpu));
  CHECK_FALSE(card_problem(machine_with_cards(), FirstCpu));
}

TEST_CASE("a run has no use for keys of planes that do not carry its bytes")
{
  CHECK(is_unused(machine_with_cards(), "machine.rdma.post"));
  CHECK(is_unused(machine_with_cards(), "machine.vpc.node_bandwidth"));
  CHECK_FALSE(is_unused(machine_with_cards(), "machine.ub"));
  const MachineSpec over_vpc = on_cards(CardPlane::Vpc);
  CHECK(is_unused(over_vpc, "machine.ub"));
  CHECK(is_unused(over_vpc, "machine.rdma.die_bandwidth"));
  CHECK_FALSE(is_unused(over_vpc, "machine.vpc.node_bandwidth"));
  CHECK(is_unused(over_vpc, "workload.l2_choice"));
}
