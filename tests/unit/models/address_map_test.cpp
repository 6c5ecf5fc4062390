#include "models/memory/address_map.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace cm;
using namespace cm::models;

namespace {

// `nodes` nodes of four homes each, endpoints from 100 on.
AddressMapSpec pool(Layout layout, std::uint32_t nodes)
{
  AddressMapSpec spec;
  spec.layout = layout;
  spec.block = Bytes(1000);
  for (std::uint32_t home = 0; home < 4 * nodes; ++home) {
    spec.homes.push_back(100 + home);
    spec.nodes_of_homes.push_back(home / 4);
  }
  return spec;
}

std::int64_t total(const std::vector<Place>& places)
{
  std::int64_t bytes = 0;
  for (const Place& place : places)
    bytes += place.bytes.count();
  return bytes;
}

}  // namespace

TEST_CASE("every layout places every byte of a block, on homes alone")
{
  for (const LayoutName& each : LayoutTable)
    for (const std::uint32_t parts : {1U, 3U, 8U, 16U}) {
      AddressMapSpec spec = pool(each.layout, 4);
      spec.stripe = parts;
      spec.heads = parts;
      spec.blocks_per_node = 3;
      const AddressMap map(spec);
      for (std::uint64_t block = 0; block < 50; ++block) {
        const auto places = map.places(block, static_cast<std::uint32_t>(block % 4), block / 4);
        CHECK(total(places) == 1000);
        CHECK(places == map.places(block, static_cast<std::uint32_t>(block % 4), block / 4));
        for (const Place& place : places)
          CHECK((place.endpoint >= 100 && place.endpoint < 116));
      }
    }
}

TEST_CASE("a block of fewer bytes than parts has no empty part")
{
  AddressMapSpec spec = pool(Layout::Stripe, 4);
  spec.stripe = 16;
  spec.block = Bytes(5);
  const auto places = AddressMap(spec).places(7);
  CHECK(places.size() == 5);
  CHECK(total(places) == 5);
}

TEST_CASE("consistent hashing spreads blocks and moves only those of the home that leaves")
{
  const AddressMapSpec whole = pool(Layout::Hash, 8);
  AddressMapSpec smaller = whole;
  smaller.homes.erase(smaller.homes.begin() + 5);
  smaller.nodes_of_homes.erase(smaller.nodes_of_homes.begin() + 5);
  const AddressMap before(whole);
  const AddressMap after(smaller);
  std::map<std::uint32_t, int> load;
  for (std::uint64_t block = 0; block < 20'000; ++block) {
    const std::uint32_t home = before.places(block)[0].endpoint;
    ++load[home];
    if (home != 105)
      CHECK(after.places(block)[0].endpoint == home);
  }
  REQUIRE(load.size() == 32);
  for (const auto& [home, blocks] : load) {
    CHECK(blocks > 625 / 2);
    CHECK(blocks < 625 * 2);
  }
}

TEST_CASE("a stripe up to the number of nodes uses as many nodes")
{
  for (const std::uint32_t width : {1U, 2U, 4U, 8U}) {
    AddressMapSpec spec = pool(Layout::Stripe, 8);
    spec.stripe = width;
    std::set<std::uint32_t> nodes;
    for (const Place& place : AddressMap(spec).places(11))
      nodes.insert((place.endpoint - 100) / 4);
    CHECK(nodes.size() == width);
  }
}

TEST_CASE("local-first stays in the writer's node until its room is used up")
{
  AddressMapSpec spec = pool(Layout::LocalFirst, 4);
  spec.blocks_per_node = 10;
  const AddressMap map(spec);
  int outside = 0;
  for (std::uint64_t block = 0; block < 10; ++block)
    CHECK((map.places(block, 2, block)[0].endpoint - 100) / 4 == 2);
  for (std::uint64_t block = 10; block < 100; ++block)
    outside += (map.places(block, 2, block)[0].endpoint - 100) / 4 != 2;
  CHECK(outside > 45);
}

TEST_CASE("by head all blocks meet at the same homes")
{
  AddressMapSpec spec = pool(Layout::ByHead, 4);
  spec.heads = 1;
  const AddressMap map(spec);
  for (std::uint64_t block = 1; block < 20; ++block)
    CHECK(map.places(block)[0].endpoint == map.places(0)[0].endpoint);
}
