// How busy the switch chips of a run were, as its result.json tells.
#pragma once

#include "sim/config/reading_log.h"
#include "topology/supernode/supernode_spec.h"

#include <string>
#include <vector>

namespace cm::tools {

// [sub-plane][chip], in percent: an L1 chip a node, an L2 chip as numbered in its sub-plane.
struct SwitchUse {
  std::vector<std::vector<double>> l1;
  std::vector<std::vector<double>> l2;
  std::vector<std::string> words{};  // on each kind of chip: what is idle, how even the rest is
};

// Switch use in the result.json at `path` or in that folder. Reports what is wrong with it: no packets in that run, or
// a machine of another size than `machine`.
SwitchUse read_switch_use(const std::string& path, const topology::SupernodeSpec& machine,
                          sim::config::ReadingLog& log);

}  // namespace cm::tools
