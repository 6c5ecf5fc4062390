// One transfer between two endpoints of a plane: latency and bandwidth as the published table measures them on UB.
#pragma once

#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"
#include "sim/metrics/result.h"

#include <vector>

namespace cm::workloads {

enum class AccessOp { Read, Write };

struct P2pSpec {
  std::uint32_t from = 0;  // endpoint: the initiator
  std::uint32_t to = 0;    // endpoint: the memory that is read or written
  AccessOp op = AccessOp::Read;
  Bytes bytes{512};
};

// Endpoints are written "die:17" or "cpu:3". `machine` is changed where the workload chooses another plane.
P2pSpec read_p2p(sim::config::Reader& workload, models::MachineSpec& machine);

// Keys of the machine that such an access does not meet.
std::vector<sim::config::UnusedKey> unused_keys(const P2pSpec& spec, const models::MachineSpec& machine);

void run_p2p(const P2pSpec& spec, const models::MachineSpec& machine, std::uint64_t seed, sim::metrics::Result& result);

}  // namespace cm::workloads
