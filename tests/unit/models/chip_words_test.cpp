#include "models/network/chip_words.h"

#include <catch2/catch.hpp>

using namespace cm::models;

TEST_CASE("idle chips are numbered in ranges")
{
  const ChipGrid grid{{1, 0, 0, 0, 2, 0}, {1, 0, 0.001, 0, 2, 0}};
  CHECK(idle_chips(grid) == std::vector<bool>{false, true, true, true, false, true});
  CHECK(numbered("chips", idle_chips(grid)) == "chips 1-3, 5");
  CHECK(numbered("nodes", {false, true}) == "node 1");
  CHECK(numbered("nodes", {false, false}).empty());
}

TEST_CASE("even use is said to be even, with its range")
{
  CHECK(chip_words("chips", {{10, 10.5}, {10.2, 10.1}}, {}) == "busy 10 to 10.5 % of the run, which is even");
  CHECK(chip_words("chips", {{10, 0}, {10, 0}}, {}) ==
        "chip 1 is idle; the others are busy 10 % of the run, which is even");
  CHECK(chip_words("chips", {{0, 0}, {0, 0}}, {}) == "no packet crossed these links");
}

TEST_CASE("a gradient is told along the side of the grid on which it lies")
{
  CHECK(chip_words("chips", {{10, 10}, {20, 20}}, {}) ==
        "busy 10 to 20 % of the run; it differs by sub-plane: most at sub-plane 1 (20 %), least at sub-plane 0 (10 %)");
  CHECK(chip_words("chips", {{10, 20}, {10, 20}}, {}) ==
        "busy 10 to 20 % of the run; it differs by chip: most at chip 1 (20 %), least at chip 0 (10 %)");
}

TEST_CASE("nodes differ because their endpoints send more, or more of it to other nodes")
{
  const ChipGrid grid{{10, 20, 0}};
  const std::string range = "nodes 0-1 send; node 2 is idle; the others are busy 10 to 20 % of the run; it differs by "
                            "node: most at node 1 (20 %), least at node 0 (10 %)";
  CHECK(chip_words("nodes", grid, {{100, 50}, {200, 100}, {0, 0}}) ==
        range + "; endpoints of node 1 send 2 times as many bytes");
  CHECK(chip_words("nodes", grid, {{100, 40}, {100, 80}, {0, 0}}) ==
        range + "; 80 % of what endpoints of node 1 send leaves the node, 40 % at the other");
  // Fewer bytes explain no busier links.
  CHECK(chip_words("nodes", grid, {{200, 100}, {100, 50}, {0, 0}}) == range);
  CHECK(chip_words("nodes", grid, {{100, 50}, {200, 50}, {0, 0}}) == range);
}
