// Where a block of memory can lie, seen from a die: what the place holds, how long it takes, how fast it is, and which
// endpoint of the UB plane serves it.
//
// Latencies of remote accesses are published as wholes. What the device and the translation take is part of them:
// `endpoint_time` is what is left for issuing, the endpoint's machinery and completion.
#pragma once

#include "models/network/machine.h"

#include <array>
#include <optional>
#include <string_view>

namespace cm::models {

enum class Tier { Hbm, CrossDieHbm, RemoteHbm, LocalDram, RemoteDram, Ssd, ObjectStore };

struct TierName {
  Tier tier = Tier::Hbm;
  std::string_view word;      // in scenarios and metrics
  std::string_view sentence;  // for --help and tables
};

inline constexpr std::array<TierName, 7> TierTable{{
    {Tier::Hbm, "hbm", "HBM of the die itself"},
    {Tier::CrossDieHbm, "cross_die_hbm", "HBM of the other die of the NPU, over the die-to-die link"},
    {Tier::RemoteHbm, "remote_hbm", "HBM of a die of another node, over UB"},
    {Tier::LocalDram, "local_dram", "DRAM of a CPU of the same node, over UB"},
    {Tier::RemoteDram, "remote_dram", "DRAM of a CPU of another node, over UB"},
    {Tier::Ssd, "ssd", "volume of the node (EVS), over VPC and the DRAM of a CPU"},
    {Tier::ObjectStore, "object_store", "bucket of the machine (OBS), over VPC and the DRAM of a CPU"},
}};

std::string_view to_text(Tier tier);

// Requires a machine with memory.
struct TierSpec {
  Bytes capacity;            // one place: a die, a socket, a volume, the bucket
  Seconds latency;           // the device alone, for a small access
  BytesPerSecond bandwidth;  // the device alone
  int channels = 1;
  Bytes interleave;
};

TierSpec tier_spec(const MachineSpec& machine, Tier tier);

// The tier that memory of UB endpoint `target` is to a die. Endpoints count all dies, then all CPUs.
Tier tier_of(const topology::SupernodeSpec& machine, std::uint32_t die, std::uint32_t target);

// The lowest-numbered other endpoint that is of a tier for a die; empty for storage, and where the machine has none.
std::optional<std::uint32_t> nearest_target(const topology::SupernodeSpec& machine, std::uint32_t die, Tier tier);

std::uint32_t node_of_endpoint(const topology::SupernodeSpec& machine, std::uint32_t endpoint);

// Time of a remote access that belongs neither to device, translation nor traversals. Requires a machine with memory.
Seconds endpoint_time(const MachineSpec& machine, bool target_is_die, bool is_write);

}  // namespace cm::models
