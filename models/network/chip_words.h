// Words on how busy the switch chips of a run were: which stood idle, how even the others were, and, where they were
// not, along what the use differs and why as far as the counters of the ports tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cm::models {

// [sub-plane][chip], in percent of the run.
using ChipGrid = std::vector<std::vector<double>>;

// Below this, in percent, a chip counts as idle.
inline constexpr double IdlePercent = 0.005;

// [chip]: idle on every sub-plane.
std::vector<bool> idle_chips(const ChipGrid& grid);

// "0-19, 24"; `word` in the plural goes before several and without its last letter before one: "nodes 0-19, 24".
std::string numbered(std::string_view word, const std::vector<bool>& chosen);

// Bytes of a node's endpoints.
struct NodeTraffic {
  double sent = 0;  // over their lanes
  double left = 0;  // those of them that go up to the L2 chips
};

// "nodes 0-19 hold the ranks; nodes 20-47 are idle; the others are busy 12.1 to 12.9 % of the run, which is even".
// `word`: "nodes" or "chips". `nodes`: one for each column where the columns are nodes, else empty.
std::string chip_words(std::string_view word, const ChipGrid& grid, const std::vector<NodeTraffic>& nodes);

}  // namespace cm::models
