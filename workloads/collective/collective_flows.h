// A collective's plan on SimGrid's own flow model: every die a link into one non-blocking switch, all ranks in step.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/network/machine.h"

namespace cm::workloads {

// Rate at which a rank's engine sends to all peers together; to other nodes, where some of the ranks are, it is slower.
BytesPerSecond engine_rate(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                           const models::MachineSpec& machine);

// From the call to the end of the last step. Differs from packets in that a step begins for all ranks at once, that the
// latency is that of the furthest pair, and that spine switches, queues and messages' own costs do not exist.
Seconds run_collective_on_flows(const models::CollectivePlan& plan, const models::ProtocolSpec& protocol,
                                const models::MachineSpec& machine);

}  // namespace cm::workloads
