#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::int64_t Hop = 200'000;
constexpr std::int64_t Byte = 1'000;
constexpr std::uint32_t Packet = 8192;

FlowSpec flag(std::uint32_t source, std::uint32_t destination, std::uint64_t notice)
{
  FlowSpec spec = flow(source, {{destination, 20}}, notice);
  spec.control = true;
  return spec;
}

// When a flag's fence comes that has left in the middle of `data`.
std::int64_t flag_under_load(FlowControl control, const std::vector<FlowSpec>& data, bool is_control)
{
  FabricRun run(small_clos({.endpoints_per_group = 8}), {.flow_control = control});
  for (const FlowSpec& each : data)
    run.start(each);
  FlowSpec late = flag(0, 1, 100);
  late.control = is_control;
  const std::int64_t start = 20 * Packet * Byte;
  run.start(late, start);
  run.finish();
  return run.time_of(100) - start;
}

}  // namespace

TEST_CASE("a control packet on an idle path costs what any packet costs")
{
  FabricRun run(small_clos({}));
  run.start(flag(0, 1, 1));
  run.start(flag(0, 5, 2), 10'000'000);
  run.finish();
  CHECK(run.time_of(1) == 20 * Byte + 2 * Hop);
  CHECK(run.time_of(2) == 10'000'000 + 20 * Byte + 6 * Hop);
}

TEST_CASE("control packets overtake data at every port")
{
  std::vector<FlowSpec> incast;
  for (std::uint32_t source = 2; source < 8; ++source)
    incast.push_back(flow(source, {{1, 100 * Packet}}));
  const std::int64_t idle = 20 * Byte + 2 * Hop;
  SECTION("in front of the receiver")
  {
    // It waits for the packet being sent, and for no more than that.
    const std::int64_t took = flag_under_load(FlowControl::None, incast, true);
    CHECK(took >= idle);
    CHECK(took <= idle + Packet * Byte + 40 * Byte);
    CHECK(flag_under_load(FlowControl::None, incast, false) > idle + 50 * Packet * Byte);
  }
  SECTION("on the sender's own lane")
  {
    const std::vector<FlowSpec> own{flow(0, {{2, 100 * Packet}})};
    const std::int64_t took = flag_under_load(FlowControl::None, own, true);
    CHECK(took <= idle + Packet * Byte + 40 * Byte);
    CHECK(flag_under_load(FlowControl::None, own, false) > idle + 50 * Packet * Byte);
  }
  SECTION("in front of the receiver with credits")
  {
    CHECK(flag_under_load(FlowControl::Credits, incast, true) <= idle + Packet * Byte + 40 * Byte);
  }
}

TEST_CASE("control packets do not wait for credits on the sender's own lane")
{
  const std::vector<FlowSpec> own{flow(0, {{2, 100 * Packet}})};
  CHECK(flag_under_load(FlowControl::Credits, own, true) <= 20 * Byte + 2 * Hop + Packet * Byte + 40 * Byte);
}

TEST_CASE("control packets take their share of a port's time from the data")
{
  FabricRun run(small_clos({}));
  FlowSpec flags = flow(2, std::vector<Message>(1000, {1, 20}));
  flags.control = true;
  run.start(flags);
  run.start(flow(0, {{1, 100 * Packet}}));
  run.finish();
  const std::int64_t all_bytes = 100 * Packet + 1000 * 20;
  CHECK(run.time_of(0) == all_bytes * Byte + 2 * Hop);
}

TEST_CASE("control packets queue behind each other")
{
  FabricRun run(small_clos({}));
  for (const std::uint32_t source : {1U, 2U, 3U}) {
    FlowSpec flags = flow(source, std::vector<Message>(100, {0, 20}));
    flags.control = true;
    run.start(flags);
  }
  CHECK(run.finish() == 300 * 20 * Byte + 2 * Hop);
}

TEST_CASE("an acknowledgement as a packet pays its own serialisation")
{
  FabricRun run(small_clos({}), {.acknowledgement = Acknowledgement::Packets});
  run.start(flow(0, {{1, 512}}));
  run.start(flow(4, {{1, 512}}), 100'000'000);
  run.finish();
  CHECK(run.time_of(0) == 512 * Byte + 20 * Byte + 2 * Hop);
  CHECK(run.time_of(4) == 100'000'000 + 512 * Byte + 20 * Byte + 6 * Hop);
}

TEST_CASE("nobody acknowledges a flow that does not ask for it")
{
  FabricRun run(small_clos({}), {.acknowledgement = Acknowledgement::Packets});
  run.start(flow_without_fence(0, {{1, 512}}));
  run.finish();
  CHECK(run.fabric().port_hops() == 2);
  CHECK(run.fabric().flows_in_flight() == 0);
}

TEST_CASE("acknowledgements as packets agree with acknowledgements as latency")
{
  const auto end = [](Acknowledgement acknowledgement) {
    FabricRun run(small_clos(cloudmatrix_clos(2)), {.acknowledgement = acknowledgement});
    return static_cast<double>(run_all(run, all_to_all(32, 64 * 1024)));
  };
  CHECK(end(Acknowledgement::Packets) == Approx(end(Acknowledgement::Latency)).epsilon(0.01));
}
