// Which lane and which spine a packet takes.
#include "sim/random/random_stream.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint32_t Packet = 8192;

std::vector<std::uint64_t> bytes_of(FabricRun& run, std::vector<PortIndex>::const_iterator first, std::size_t count)
{
  std::vector<std::uint64_t> bytes;
  for (std::size_t i = 0; i < count; ++i)
    bytes.push_back(run.fabric().counters(first[static_cast<std::ptrdiff_t>(i)]).bytes);
  return bytes;
}

// How many of the ports carried something.
std::ptrdiff_t used(const std::vector<std::uint64_t>& bytes)
{
  return std::ranges::count_if(bytes, [](std::uint64_t each) { return each > 0; });
}

std::vector<std::uint64_t> source_lanes(const NetworkSpec& network, FabricRun& run)
{
  return bytes_of(run, network.lane_out_ports.begin(), network.lanes);
}

}  // namespace

TEST_CASE("spray uses all lanes evenly")
{
  const NetworkSpec network = small_clos({.lanes = 7});
  FabricRun run(network);
  run.start(flow(0, {{1, 70 * Packet}}));
  run.finish();
  for (const std::uint64_t bytes : source_lanes(network, run))
    CHECK(bytes == 10 * Packet);
}

TEST_CASE("spray uses all spines evenly")
{
  const NetworkSpec network = small_clos({.lanes = 3, .spines = 4});
  FabricRun run(network);
  run.start(flow(0, {{5, 120 * Packet}}));
  run.finish();
  for (const std::uint64_t bytes : bytes_of(run, network.up_ports.begin(), 12))
    CHECK(bytes == 10 * Packet);
  for (const std::uint64_t bytes : bytes_of(run, network.down_ports.begin() + 12, 12))
    CHECK(bytes == 10 * Packet);
}

TEST_CASE("spray starts at random places that the seed moves")
{
  const auto first_lanes = [](std::uint64_t seed) {
    const NetworkSpec network = small_clos({.lanes = 7});
    FabricRun run(network, {.seed = seed});
    std::vector<std::ptrdiff_t> lanes;
    for (std::uint32_t source = 0; source < 8; ++source) {
      run.start(flow(source, {{(source + 1) % 8, 100}}), source * 10'000'000);
      run.finish();
      const auto bytes = bytes_of(run, network.lane_out_ports.begin() + source * 7, 7);
      lanes.push_back(std::ranges::find_if(bytes, [](auto each) { return each > 0; }) - bytes.begin());
    }
    return lanes;
  };
  const auto lanes = first_lanes(1);
  CHECK(lanes == first_lanes(1));
  CHECK(lanes != first_lanes(2));
  CHECK(std::ranges::count(lanes, lanes.front()) < 8);
}

TEST_CASE("hash keeps a pair on one lane and one spine and spreads the pairs")
{
  const ClosSpec spec{.groups = 2, .endpoints_per_group = 32, .lanes = 7, .spines = 4};
  const NetworkSpec network = small_clos(spec);
  const FabricPolicy policy{.lane_choice = LaneChoice::Hash, .spine_choice = SpineChoice::Hash};
  FabricRun pair(network, policy);
  pair.start(flow(0, {{40, 100 * Packet}}));
  pair.finish();
  const auto lanes_of_pair = source_lanes(network, pair);
  CHECK(used(lanes_of_pair) == 1);
  CHECK(used(bytes_of(pair, network.up_ports.begin(), 28)) == 1);

  // The same pair again, on another fabric and with another seed: a hash has no memory.
  FabricPolicy other_seed = policy;
  other_seed.seed = 99;
  FabricRun again(network, other_seed);
  again.start(flow(0, {{3, Packet}}));
  again.finish();
  again.start(flow(0, {{40, Packet}}), 100'000'000'000);
  again.finish();
  const auto lanes_again = source_lanes(network, again);
  for (std::size_t lane = 0; lane < 7; ++lane)
    if (lanes_of_pair[lane] > 0)
      CHECK(lanes_again[lane] > 0);

  FabricRun many(network, policy);
  for (std::uint32_t destination = 32; destination < 64; ++destination)
    many.start(flow_without_fence(0, {{destination, Packet}}));
  many.finish();
  CHECK(used(source_lanes(network, many)) == 7);
}

TEST_CASE("by-destination keeps a destination on one lane whoever sends")
{
  const NetworkSpec network = small_clos({.endpoints_per_group = 8, .lanes = 7});
  FabricRun run(network, {.lane_choice = LaneChoice::ByDestination});
  for (const std::uint32_t source : {1U, 2U, 9U})
    run.start(flow(source, {{0, 50 * Packet}}));
  run.finish();
  const auto lanes = bytes_of(run, network.lane_in_ports.begin(), 7);
  CHECK(used(lanes) == 1);
  CHECK(*std::ranges::max_element(lanes) == 150 * Packet);
}

TEST_CASE("by-message puts each message on its lane and sprays a flow that names none")
{
  const NetworkSpec network = small_clos({.endpoints_per_group = 8, .lanes = 7});
  FabricRun run(network, {.lane_choice = LaneChoice::ByMessage});
  FlowSpec named = flow(1, {{0, 50 * Packet}, {0, 20 * Packet}, {0, 5 * Packet}});
  named.lanes = {3, 6, 3};
  run.start(std::move(named));
  run.start(flow(2, {{8, 70 * Packet}}));
  run.finish();
  const auto lanes = bytes_of(run, network.lane_in_ports.begin(), 7);
  CHECK(lanes == std::vector<std::uint64_t>{0, 0, 0, 55 * Packet, 0, 0, 20 * Packet});
  const auto sprayed = bytes_of(run, network.lane_in_ports.begin() + 8 * 7, 7);
  CHECK(sprayed == std::vector<std::uint64_t>(7, 10 * Packet));
}

TEST_CASE("by-destination makes a lone transfer as slow as one lane")
{
  const auto end = [](LaneChoice choice) {
    FabricRun run(small_clos({.lanes = 7}), {.lane_choice = choice});
    run.start(flow(0, {{1, 70 * Packet}}));
    return run.finish() - 400'000;
  };
  CHECK(end(LaneChoice::Spray) == 10 * Packet * 1000);
  CHECK(end(LaneChoice::ByDestination) == 70 * Packet * 1000);
}

TEST_CASE("the least queue goes around the collisions of a hash")
{
  const ClosSpec spec{.groups = 2, .endpoints_per_group = 8, .lanes = 1, .spines = 8};
  const auto end = [&](SpineChoice choice, FlowControl control) {
    FabricRun run(small_clos(spec), {.flow_control = control, .spine_choice = choice});
    for (std::uint32_t source = 0; source < 8; ++source)
      run.start(flow(source, {{source + 8, 100 * Packet}}));
    return run.finish() - 6 * 200'000;
  };
  const std::int64_t ideal = 100 * Packet * 1000;
  const FlowControl control = GENERATE(FlowControl::None, FlowControl::Credits);
  const std::int64_t hash = end(SpineChoice::Hash, control);
  const std::int64_t least_queue = end(SpineChoice::LeastQueue, control);
  CHECK(hash >= 2 * ideal);
  CHECK(10 * least_queue < 6 * hash);
  CHECK(least_queue >= ideal);
}
