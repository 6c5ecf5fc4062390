// Memory of round numbers, and the small machine with it: one CPU a node, so that the pool of a node is one server.
#pragma once

#include "tests/support/small_machine.h"

namespace cm::tests {

inline models::MemorySpec round_memory()
{
  models::MemorySpec memory;
  memory.ladder.l2_cache = 5_ns;
  memory.ladder.hbm = 60_ns;
  memory.ladder.dram = 80_ns;
  memory.ladder.cxl_memory = 240_ns;
  memory.ladder.ssd = 100_us;
  memory.ladder.disk = 10.0_ms;
  memory.cross_die_access = 210_ns;
  memory.ssd = {.capacity = Bytes(1'000'000'000'000), .bandwidth = 40_GBps, .usable = 1, .software = 10_us};
  memory.object_store = {.capacity = Bytes(1'000'000'000'000), .bandwidth = 2_GBps, .usable = 1, .software = 50_us};
  memory.translation = {.page = 2_MiB, .entries = 64, .hit = 10_ns, .levels = 3, .walkers = 2};
  memory.lookup = {.software = 400_ns, .switch_table = 50_ns};
  memory.transfer = {.chunk = 64_KiB, .window = 4, .served = 2};
  memory.coherence = {.line = 64_B, .snoop = 50_ns};
  memory.loader = 8_GBps;
  memory.paths = {.rdma_post = 1_us,
                  .rdma_completion = 500_ns,
                  .pcie = {500_ns, 250_GBps},
                  .card = {1_us, 25_GBps},
                  .host_software = 2_us,
                  .host_copy = 40_GBps,
                  .host_buffer = 1_MiB,
                  .device_copy_launch = 20_us,
                  .gpu_peer = {350_ns, 400_GBps},
                  .cxl_bandwidth = 50_GBps};
  return memory;
}

inline models::MachineSpec small_machine_with_memory()
{
  models::MachineSpec machine = small_machine();
  machine.topology.cpus_per_node = 1;
  machine.cpu.dram_capacity = Bytes(64'000'000'000);
  machine.cpu.dram_bandwidth = 200_GBps;
  machine.rdma.latency = 3_us;
  machine.vpc.latency = 5_us;
  machine.memory = round_memory();
  return machine;
}

}  // namespace cm::tests
