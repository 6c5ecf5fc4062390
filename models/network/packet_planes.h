// The networks of a machine file: read by plane (ub, rdma, vpc) or by role (fabrics.scale_up, scale_out, front), and
// turned into the network that packets run on.
#pragma once

#include "models/network/machine.h"

#include <optional>
#include <string>

namespace cm::models {

// Sections of a machine file that hold its networks, by whatever names.
struct PlaneSections {
  sim::config::Reader node;
  sim::config::Reader scale_up;
  sim::config::Reader rdma;
  sim::config::Reader tree;  // switches of the scale-out plane
  sim::config::Reader vpc;
  bool has_tree = false;

  // The fabric that carries all packets, or the one inside nodes.
  [[nodiscard]] sim::config::Reader& packets(PacketPlane plane)
  {
    return plane == PacketPlane::ScaleOut ? tree : scale_up;
  }
  // Of all but a fabric whose packets are not simulated.
  void finish(PacketPlane plane);
};

PacketPlane read_packet_plane(sim::config::Reader& machine);
PlaneSections plane_sections(sim::config::Reader& machine, PacketPlane plane);

// Reads the structure of the machine and the packet rules of its fabrics into `spec`, whose packet plane has been read;
// one whose packets are not simulated is read for what is wrong with it.
void read_planes(sim::config::Reader& machine, PlaneSections& sections, MachineSpec& spec);

// Reports packets that a fabric cannot carry: those that no buffer holds, or that take a port longer than its 32-bit
// picoseconds.
void check_packet_sizes(PlaneSections& sections, const MachineSpec& spec);

// Classes of traffic for which ports have too few virtual lanes, in words; events of `spec` count.
std::optional<std::string> virtual_lanes_problem(const MachineSpec& spec);

// Ports at the payload share of their rates, with the latencies of the machine.
sim::fabric::NetworkSpec packet_network(const MachineSpec& spec, const topology::Supernode& supernode);

}  // namespace cm::models
