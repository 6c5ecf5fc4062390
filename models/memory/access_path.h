// Way of a die to a block: a sequence of steps, each of them a wait, a server that others use too, or packets on the
// UB fabric. What a step takes counts to one of three shares, so that the shares of an access add up to its latency:
//
//   T = T_MMU (look-up and translation) + T_UB (ways, endpoints, software on the way) + T_memory (device and its queue)
//
// A plan: it says what happens and waits for nothing. workloads/kv_access runs it.
#pragma once

#include "models/memory/memory_tier.h"

#include <array>
#include <string_view>
#include <vector>

namespace cm::models {

enum class Share { Translation, Network, Memory };
inline constexpr std::size_t Shares = 3;

enum class StepKind {
  Wait,       // `time`
  Serve,      // `station` of the endpoint `at`
  Translate,  // in the initiator's die
  Request,    // a control packet from the initiator to `at`
  Fetch,      // the data from `at` to the initiator, as packets
  Post,       // the data from the initiator to `at`, as packets, until acknowledged
};

// Kinds of servers beside the fabric.
enum class Station {
  Hbm,
  Dram,
  DieLink,
  Sdma,
  VpcUp,
  VpcDown,
  Ssd,
  Bucket,
  Rdma,
  Pcie,
  Card,
  HostCopy,
  GpuPeer,
  Cxl,
};
inline constexpr std::size_t Stations = 14;

enum class Endpoint {
  Initiator,
  Target,
  InitiatorHost,  // CPU 0 of the initiator's node
  TargetHost,
};

struct Step {
  StepKind kind = StepKind::Wait;
  Share share = Share::Network;
  Seconds time{};
  Station station = Station::Hbm;
  Endpoint at = Endpoint::Target;
  bool streams = false;  // the next step takes the data as they come
  bool by_sdma = false;  // Fetch: the initiator's read engine is not used
};

// `before` and `after` are taken once for the whole block, `each` for every chunk, `window` of them at a time.
struct AccessPath {
  std::vector<Step> before;
  std::vector<Step> each;
  std::vector<Step> after;
  Bytes chunk;
  int window = 1;
};

enum class Lookup { Resolved, Software, SwitchTable };

// Read or write of a block in a tier. Requires a machine with memory.
AccessPath tier_path(const MachineSpec& machine, Tier tier, bool is_write, Lookup lookup);

// Work and owner of the servers of one kind.
struct StationSpec {
  std::string_view name;
  enum class Owner { Endpoint, Node, Machine } owner = Owner::Endpoint;
  int channels = 1;
  Bytes interleave;
  BytesPerSecond rate;
  Seconds latency;
};

StationSpec station_spec(const MachineSpec& machine, Station station);

// Ways to read a block that lies in another node, or outside of a die. Those that this machine does not have are built
// from parts of conventional machines (configs/parts/access-paths.yaml).
struct NamedPath {
  std::string_view word;
  std::string_view sentence;
  Tier from = Tier::RemoteDram;
  AccessPath (*build)(const MachineSpec& machine) = nullptr;
};

inline constexpr std::size_t NamedPaths = 8;
const std::array<NamedPath, NamedPaths>& path_table();

}  // namespace cm::models
