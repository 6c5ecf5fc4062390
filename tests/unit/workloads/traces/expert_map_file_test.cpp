#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/expert_map_file.h"
#include "workloads/traces/placement_file.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

std::string layer(int id, const std::string& first, const std::string& second, int second_device = 1)
{
  return "{\"layer_id\": " + std::to_string(id) +
         ", \"device_count\": 2, \"device_list\": [{\"device_id\": 0, \"device_expert\": [" + first +
         "]}, {\"device_id\": " + std::to_string(second_device) + ", \"device_expert\": [" + second + "]}]}";
}

std::string map_of(const std::string& layers)
{
  return "{\"moe_layer_count\": 1, \"layer_list\": [" + layers + "]}";
}

std::string problem_of(const std::string& text)
{
  const tests::TemporaryFolder folder;
  const auto read = read_placement(folder.with("a.json", text));
  REQUIRE(std::holds_alternative<std::vector<std::string>>(read));
  return std::get<std::vector<std::string>>(read).at(0);
}

}  // namespace

TEST_CASE("an expert map is read as a placement, layers and devices in any order")
{
  const tests::TemporaryFolder folder;
  const std::string text = "\n " + map_of(layer(1, "3, 1, 0", "1, 2, 3") + ", " + layer(0, "0, 1, 2", "2, 3, 0"));
  for (const std::string& path : {folder.with("a.json", text), tests::packed(folder.file("a.json.gz"), text)}) {
    CHECK(begins_like_json_object(path));
    const auto read = read_placement(path);
    REQUIRE(std::holds_alternative<models::PlacementTable>(read));
    const auto& table = std::get<models::PlacementTable>(read);
    CHECK(table.ranks == 2);
    CHECK(table.layers == 2);
    CHECK(table.experts == 4);
    CHECK(table.holders(0, 0) == std::vector<std::uint32_t>{0, 1});
    CHECK(table.holders(0, 3) == std::vector<std::uint32_t>{1});
    CHECK(table.holders(1, 1) == std::vector<std::uint32_t>{0, 1});
    CHECK(table.redundant(0) == 2);
  }
}

TEST_CASE("what is wrong with an expert map is told with its place")
{
  CHECK_THAT(problem_of("{\"layer_list\": 5}"), Catch::Contains("a.json:1:16: expected the list layer_list"));
  CHECK_THAT(problem_of("{}"), Catch::Contains("a.json:1:1: expected the list layer_list, found no such key"));
  CHECK_THAT(problem_of("{"), Catch::Contains("a.json:1:2: expected"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, -1", "1, 2"))),
             Catch::Contains("a.json:1:128: expected an expert from 0 to 65535, found -1"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 0", "1, 2"))), Catch::Contains("expected each expert of a device once"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 1", "1, 2") + "," + layer(0, "0, 1", "1, 2"))),
             Catch::Contains("found layer_id 0 again"));
  CHECK_THAT(problem_of(map_of(layer(2, "0, 1", "1, 2"))), Catch::Contains("expected layers 0 to 0, found layer_id 2"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 1", "1, 2", 7))), Catch::Contains("up to device_id 7"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 1", "1, 2", 0))), Catch::Contains("found device_id 0 again"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 2", "0, 3"))), Catch::Contains("expected expert 1 on at least one rank"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 1", "2"))), Catch::Contains("expected as many experts on every rank"));
  CHECK_THAT(problem_of(map_of(layer(0, "0, 99999999999999999999", "2"))), Catch::Contains("expected an expert from"));
}
