// Keys of the packet plane that a run does not use. A machine file has all of them, whatever is run.
#pragma once

#include "models/network/machine.h"
#include "sim/config/unused_key.h"

#include <vector>

namespace cm::models {

// The traffic of a run.
struct FabricUse {
  bool between_nodes = true;
  bool asks_for_data = false;       // small requests go ahead of data
  bool sends_small_pieces = false;  // at least a control packet each
  bool waits_for_writes = false;    // for their acknowledgements
  bool sets_flags = false;
  bool reports_queues = false;
};

// Appends them with their reasons, those that a workload may choose for itself too.
void add_unused_fabric_keys(const MachineSpec& machine, const FabricUse& use,
                            std::vector<sim::config::UnusedKey>& unused);

}  // namespace cm::models
