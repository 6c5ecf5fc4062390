#include "models/parts/die_spec.h"

#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

namespace cm::models {
namespace {

using sim::config::Reader;

ComputeSpec read_compute(Reader compute)
{
  ComputeSpec spec;
  compute.required_fraction({"int8_gemm", "share of the INT8 peak that matrix products reach", 0.01, 1.0},
                            spec.int8_gemm);
  compute.optional_fraction({"fp8_gemm", "share of the FP8 peak that matrix products reach", 0.01, 1.0}, spec.fp8_gemm);
  compute.required_fraction({"bf16_gemm", "share of the BF16 peak that matrix products reach", 0.01, 1.0},
                            spec.bf16_gemm);
  compute.required_fraction({"attention", "share of the BF16 peak that attention kernels reach", 0.01, 1.0},
                            spec.attention);
  compute.required_fraction(
      {"prefill_attention", "share of the BF16 peak that attention kernels of prefill reach", 0.01, 1.0},
      spec.prefill_attention);
  compute.required_fraction({"grouped_gemm", "share of the peak that grouped products of prefill reach", 0.01, 1.0},
                            spec.grouped_gemm);
  compute.required_fraction({"memory", "share of the HBM bandwidth that kernels reach", 0.01, 1.0}, spec.memory);
  compute.optional({"memory_cores", "cube cores whose loads together fill the HBM; 0: any number", 0.0, 1024.0},
                   spec.memory_cores);
  compute.required({"overlap_exponent",
                    "exponent of the soft maximum of compute and memory time: 1 adds them, large hides the smaller",
                    1.0, 100.0},
                   spec.overlap_exponent);
  compute.required_fraction({"serial_share", "part of an operator's compute time that does not shrink with more cores"},
                            spec.serial_share);
  compute.required({"cube_operator", "static cost of an operator on the cube cores", 0.0, 1e-3}, spec.cube_operator);
  compute.required({"vector_operator", "static cost of an operator on the vector cores", 0.0, 1e-3},
                   spec.vector_operator);
  compute.optional(
      {"vector_rate",
       "elements a second that all vector cores together work through: rows that prefill routes, packs, sorts "
       "and adds up, small kernels around decode's attention; 0: any number",
       0.0, 1e18},
      spec.vector_rate);
  compute.optional(
      {"attention_kernels",
       "small kernels around attention in a layer of decode: norms, rotary, cache write, quantisation, slices", 0,
       1000},
      spec.attention_kernels);
  compute.optional_fraction({"side_by_side",
                             "how much longer prefill's operators on cube cores take beside another microbatch, whose "
                             "vector work keeps their own vector part waiting",
                             0.0, 1.0},
                            spec.side_by_side);
  compute.required_fraction({"jitter", "coefficient of variation of an operator's time from rank to rank", 0.0, 0.5},
                            spec.jitter);
  compute.finish();
  return spec;
}

ExchangeSpec read_exchange(Reader exchange)
{
  ExchangeSpec spec;
  exchange.required({"launch", "start of a fused communication kernel", 0.0, 1e-3}, spec.launch);
  exchange.required_fraction(
      {"exposed_latency", "share of the extra round trip between nodes that the cores' writes do not hide"},
      spec.exposed_latency);
  exchange.required({"synchronise", "synchronisation of all cores and counting of tokens in dispatch", 0.0, 1e-3},
                    spec.synchronise);
  exchange.required({"per_peer", "flag, poll and prefix sum of one peer in dispatch", 0.0, 1e-4}, spec.per_peer);
  exchange.required(
      {"reorder", "time of the saturating cores together to copy one received row to its place in dispatch", 0.0, 1e-4},
      spec.reorder);
  exchange.required({"slot", "size of the slot that follows a quantised row: scale, metadata, alignment", 0.0, 65536.0},
                    spec.slot);
  exchange.required({"saturating_cores", "vector cores whose writes fill the write engine", 1.0, 1024.0},
                    spec.saturating_cores);
  exchange.finish();
  return spec;
}

UnfusedSpec read_unfused(Reader unfused)
{
  UnfusedSpec spec;
  unfused.required({"kernel_launch", "launch of one kernel by the host", 0.0, 1e-2}, spec.kernel_launch);
  unfused.required({"host_synchronise", "from the end of a kernel until the host has read its result", 0.0, 1.0},
                   spec.host_synchronise);
  unfused.finish();
  return spec;
}

SdmaSpec read_sdma(Reader sdma)
{
  SdmaSpec spec;
  sdma.required({"bandwidth", "all remote copies that a die sends", 1e6, 1e14}, spec.bandwidth);
  sdma.required({"start_up", "start-up time of one exchange with all peers", 0.0, 1e-2}, spec.start_up);
  sdma.finish();
  return spec;
}

HostSpec read_host(Reader host)
{
  HostSpec spec;
  host.required({"turn", "to read sizes from the die and to launch what depends on them", 0.0, 1.0}, spec.turn);
  host.required({"batch", "time of the host for a prefill batch, before and after the die's work", 0.0, 10.0},
                spec.batch);
  host.finish();
  return spec;
}

}  // namespace

DieSpec read_die(Reader& die)
{
  DieSpec spec;
  die.required({"aic_cores", "cube cores", 1.0, 1024.0}, spec.aic_cores);
  die.required({"aiv_cores", "vector cores", 1.0, 4096.0}, spec.aiv_cores);
  die.required({"core_group", "cube cores are handed to streams in groups of so many", 1.0, 1024.0}, spec.core_group);
  die.required({"peak_bf16", "dense BF16 peak", 1e9, 1e18}, spec.peak_bf16);
  die.required({"peak_int8", "dense INT8 peak", 1e9, 1e18}, spec.peak_int8);
  die.optional({"peak_fp8", "dense FP8 peak; left out for a die without FP8", 1e9, 1e18}, spec.peak_fp8);
  Reader hbm = die.section({"hbm", "high-bandwidth memory"});
  hbm.required({"capacity", "size", 1e6, 1e15}, spec.hbm_capacity);
  hbm.required({"bandwidth", "peak bandwidth", 1e9, 1e15}, spec.hbm_bandwidth);
  hbm.required({"reserved", "kept by runtime and communication libraries", 0.0, 1e15}, spec.reserved);
  if (spec.hbm_capacity > Bytes(0) && spec.reserved >= spec.hbm_capacity)
    hbm.complain("reserved", fmt::format("expected less than the capacity of {}, found {}", to_text(spec.hbm_capacity),
                                         to_text(spec.reserved)));
  hbm.finish();
  die.required({"write_engine", "all remote writes of a die together", 1e6, 1e14}, spec.write_engine);
  die.required({"read_engine", "all remote reads of a die together", 1e6, 1e14}, spec.read_engine);
  spec.compute = read_compute(die.section({"compute", "achieved shares of peak and static costs"}));
  if (spec.has_fp8() && spec.compute.fp8_gemm <= 0)
    die.complain("peak_fp8", "expected compute.fp8_gemm beside it, the share that matrix products reach");
  spec.exchange = read_exchange(die.section({"exchange", "fused dispatch and combine kernels"}));
  spec.unfused =
      read_unfused(die.section({"unfused", "dispatch and combine out of all-to-alls that the host launches"}));
  spec.sdma = read_sdma(die.section({"sdma", "copies between the memories of dies"}));
  spec.host = read_host(die.section({"host", "the process on the CPU that drives a die"}));
  spec.protocols = read_protocols(die);
  spec.tiles = read_tiles(die);
  die.finish();
  return spec;
}

CpuSpec read_cpu(Reader& cpu)
{
  CpuSpec spec;
  Reader dram = cpu.section({"dram", "memory of one socket"});
  dram.required({"capacity", "size", 1e6, 1e15}, spec.dram_capacity);
  dram.required({"bandwidth", "peak bandwidth", 1e9, 1e15}, spec.dram_bandwidth);
  dram.finish();
  cpu.required({"remote_read", "rate at which one CPU serves readers on the fabric", 1e6, 1e14}, spec.remote_read);
  cpu.required({"remote_write", "rate at which one CPU takes data from writers on the fabric", 1e6, 1e14},
               spec.remote_write);
  cpu.finish();
  return spec;
}

}  // namespace cm::models
