// A machine file as one Spec, and the data plane that it describes.
#pragma once

#include "models/network/card_spec.h"
#include "models/network/free_parts.h"
#include "models/network/timed_events.h"
#include "models/network/ub_spec.h"
#include "models/parts/die_spec.h"
#include "models/parts/memory_spec.h"
#include "sim/streams/data_plane.h"
#include "topology/supernode/supernode.h"

#include <optional>
#include <string>

namespace cm::models {

// Network whose packets are simulated: machine.ub, the fabric of machine.rdma.fabric, or the first inside nodes and the
// second between them.
enum class PacketPlane { ScaleUp, ScaleOut, Both };

// Where the fabrics of a machine stand in its file, for messages.
struct FabricNames {
  std::string scale_up = "machine.ub";
  std::string scale_out = "machine.rdma.fabric";

  friend bool operator==(const FabricNames&, const FabricNames&) = default;
};

// Planes beside it, of cards around a switch (card_planes.h).
enum class CardPlane { Rdma, Vpc };

struct MachineSpec {
  std::string name;
  topology::SupernodeSpec topology;
  UbSpec ub;
  // Of the fabric between the nodes where packets run on both: rates, latencies and buffers of its ports alone. All
  // else is as in `ub`, the size of packets too.
  std::optional<UbSpec> scale_out{};
  DieSpec die;
  CpuSpec cpu;
  CardSpec rdma;  // of a die; its rate is topology.rdma_bandwidth
  CardSpec vpc;   // of a node; its rate is topology.vpc_bandwidth
  // Empty when the machine file says nothing about it: then no workload that needs the memory can run.
  std::optional<MemorySpec> memory;
  PacketPlane packet_plane = PacketPlane::ScaleUp;
  // Plane that carries the packets of this run in place of the packet plane; set by use_cards() alone.
  std::optional<CardPlane> cards{};
  FabricNames names{};
  FreeParts free{};     // set by set_free() alone
  EventsSpec events{};  // of a scenario; times count from the start of a run

  // Why traffic that takes the links inside a node would be wrong on this machine; empty when it is right. Kernels that
  // send every row through the adapter, to the own node too, need not ask.
  [[nodiscard]] std::optional<std::string> node_traffic_problem() const;
  // Why CPUs can send and receive nothing on this machine; empty when they can.
  [[nodiscard]] std::optional<std::string> cpu_traffic_problem() const;

  friend bool operator==(const MachineSpec&, const MachineSpec&) = default;
};

// `machine` is the whole machine file; finish() is called here.
MachineSpec read_machine(sim::config::Reader& machine);

// Makes parts of the machine take no time: an idealisation. Times of the network and the host become zero; who wants
// the time of an expert looks at `spec.free`.
void set_free(const FreeParts& parts, MachineSpec& spec);

// Ports, policies and memory of the machine. `supernode` was built from spec.topology.
sim::streams::DataPlaneSpec data_plane_spec(const MachineSpec& spec, const topology::Supernode& supernode,
                                            std::uint64_t seed);

// Payload rate of all lanes of a die together, one way.
BytesPerSecond all_lanes(const MachineSpec& spec);
// The same of a CPU.
BytesPerSecond all_cpu_lanes(const MachineSpec& spec);

// Name of a lane, and of all that its packets pass, in reports: "sub-plane 3".
std::string lane_name(const MachineSpec& spec, std::uint32_t lane);

// The lanes that experts are dealt to by number, one each: all of them, or 0 when rows go as any other traffic.
std::uint32_t expert_lanes(const MachineSpec& spec);

// Leaves `share`, above 0 and up to 1, of the rate of the lanes of the dies [first, first + count), both ways: what
// else crosses them takes the rest.
void narrow_lanes(sim::streams::DataPlaneSpec& plane, std::uint32_t first, std::uint32_t count, double share);

// The machinery at the ends of the packet plane, registered with a fabric: who shares which engine. On a plane of cards
// each endpoint has one, its use of the card.
class EndpointEngines {
 public:
  EndpointEngines(const MachineSpec& spec, sim::fabric::PacketFabric& fabric);

  // Engine that paces data that leaves an endpoint: a die's write engine for its own writes, a CPU's memory for what
  // others read from it. Nothing paces a die's memory when it is read, nor a CPU's own writes, but their lanes.
  [[nodiscard]] sim::fabric::EngineUse source(std::uint32_t endpoint, bool is_read) const;
  // Engines that such a use takes together: one, or one for each lane.
  [[nodiscard]] double engines_of(const sim::fabric::EngineUse& use) const;
  // Engine that paces the copies that a die's SDMA sends.
  [[nodiscard]] sim::fabric::EngineUse sdma(std::uint32_t die) const;
  // Engine at the receiving end: CPU memory when written to, a die's read engine when it reads.
  struct Sink {
    sim::fabric::EngineIndex first = sim::fabric::NoIndex;  // indexed by endpoint
    BytesPerSecond rate{0};
  };
  [[nodiscard]] Sink sink(std::uint32_t endpoint, bool is_read) const;
  [[nodiscard]] bool is_die(std::uint32_t endpoint) const { return endpoint < dies_; }

 private:
  MachineSpec spec_;
  std::uint32_t dies_ = 0;
  std::uint32_t endpoints_ = 0;
  sim::fabric::EngineIndex sources_ = 0;
  sim::fabric::EngineIndex sinks_ = 0;
  sim::fabric::EngineIndex sdma_ = 0;
};

}  // namespace cm::models
