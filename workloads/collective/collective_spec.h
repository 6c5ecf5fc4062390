// Parameters of the collective workload.
#pragma once

#include "models/collectives/operation.h"
#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"

#include <string>
#include <vector>

namespace cm::workloads {

struct CollectiveSpec {
  models::CollectiveQuestion question;  // its seed is the run's
  std::string algorithm = "auto";       // of models::collective_table(), or auto
  std::string protocol = "auto";        // of the machine's die, or auto
  // The machine's sub-planes go by experts. No packet here belongs to one, so all are sprayed.
  bool ignores_experts = false;
};

// May change the policies of machine.ub, or the plane that carries the packets. Ranks sit on consecutive dies.
CollectiveSpec read_collective(sim::config::Reader& workload, models::MachineSpec& machine);

// Keys of the machine that such an operation does not meet.
std::vector<sim::config::UnusedKey> unused_keys(const CollectiveSpec& spec, const models::MachineSpec& machine);

}  // namespace cm::workloads
