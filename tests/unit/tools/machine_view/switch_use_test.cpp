#include "tests/unit/sim/temporary_folder.h"
#include "tests/unit/topology/machines.h"
#include "tools/machine_view/switch_use.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::topology::test::small_spec;

namespace {

// Two sub-planes of three L1 chips, one for each node, and three L2 chips.
const std::string Chips = R"({"chips": {
  "L1": {"busy": [[1, 2, 3], [4, 5, 6]], "sentence": "L1 chips: even"},
  "L2": {"busy": [[7, 8, 9], [10, 11, 12]], "sentence": "L2 chips: chip 2 is idle"}}})";

struct Reading {
  SwitchUse use;
  std::vector<std::string> problems;
};

Reading read(const std::string& text, const cm::topology::SupernodeSpec& machine = small_spec())
{
  const cm::tests::TemporaryFolder folder;
  folder.put("result.json", text);
  cm::sim::config::ReadingLog log;
  SwitchUse use = read_switch_use(folder.path().string(), machine, log);
  return {std::move(use), log.problems};
}

}  // namespace

TEST_CASE("the use of chips is read by sub-plane and chip")
{
  const Reading reading = read(Chips);
  CHECK(reading.problems.empty());
  CHECK(reading.use.l1.at(1).at(2) == 6);
  CHECK(reading.use.l2.at(0).at(1) == 8);
  CHECK(reading.use.words == std::vector<std::string>{"L1: even", "L2: chip 2 is idle"});
}

TEST_CASE("the use of chips of another machine is refused")
{
  auto machine = small_spec();
  machine.nodes = 4;
  const Reading reading = read(Chips, machine);
  REQUIRE(reading.problems.size() == 1);
  CHECK_THAT(reading.problems.front(),
             Catch::Contains("chips.L1.busy: expected 2 sub-planes of 4 chips, as this machine has"));
}

TEST_CASE("a run that sent no packets has no use of chips")
{
  const Reading reading = read(R"({"run": {}})");
  REQUIRE(reading.problems.size() == 1);
  CHECK_THAT(reading.problems.front(), Catch::Contains("a run that sent packets over the UB plane"));
}

TEST_CASE("a result without sentences on its chips is read all the same")
{
  const Reading reading =
      read(R"({"chips": {"L1": {"busy": [[1, 2, 3], [4, 5, 6]]}, "L2": {"busy": [[7, 8, 9], [10, 11, 12]]}}})");
  CHECK(reading.problems.empty());
  CHECK(reading.use.words.empty());
}
