// Two nodes of the published shape, with dies of round numbers.
#pragma once

#include "models/network/machine.h"
#include "tests/support/round_die.h"

namespace cm::tests {

inline models::MachineSpec small_machine()
{
  models::MachineSpec machine;
  machine.name = "two nodes";
  machine.topology = {.nodes = 2,
                      .nodes_per_rack = 2,
                      .npus_per_node = 8,
                      .dies_per_npu = 2,
                      .cpus_per_node = 4,
                      .sub_planes = 7,
                      .l2_per_sub_plane = 16,
                      .cpu_lanes = 7,
                      .lane_bandwidth = 28_GBps,
                      .uplink_bandwidth = 28_GBps,
                      .cpu_bandwidth = 160_GBps,
                      .die_to_die_bandwidth = 270_GBps,
                      .rdma_bandwidth = 25_GBps,
                      .vpc_bandwidth = 50_GBps};
  machine.ub.mtu = 8_KiB;
  machine.ub.buffer = 256_KiB;
  machine.ub.control_packet = 20_B;
  machine.ub.traversal = 200_ns;
  machine.ub.internode_cost = 0.02;
  machine.ub.access = {.npu_base = 0.8_us, .cpu_base = 0.6_us, .write_extra = 0.1_us};
  machine.die = round_die();
  machine.cpu.remote_read = 150_GBps;
  machine.cpu.remote_write = 110_GBps;
  return machine;
}

}  // namespace cm::tests
