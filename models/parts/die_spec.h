// Capabilities of a die and a CPU: peaks, achieved shares of them, and how their endpoints use the fabric.
#pragma once

#include "models/parts/protocol_spec.h"
#include "models/parts/tile_spec.h"
#include "sim/config/reader.h"
#include "sim/units/quantity.h"

#include <vector>

namespace cm::models {

// Shares of peak that kernels reach, and how a kernel's time follows from its work (models/compute/roofline.h).
struct ComputeSpec {
  double int8_gemm = 0;          // share of the INT8 peak
  double fp8_gemm = 0;           // share of the FP8 peak; 0 on a die without FP8
  double bf16_gemm = 0;          // share of the BF16 peak
  double attention = 0;          // share of the BF16 peak, attention kernels of decode
  double prefill_attention = 0;  // the same for prefill, where a score costs fewer FLOPs and as much softmax
  double grouped_gemm = 0;       // share of the peak that grouped products over a die's experts reach in prefill
  double memory = 0;             // share of the HBM bandwidth
  double memory_cores = 0;       // cube cores whose loads together fill the HBM; 0: a few
  double overlap_exponent = 1;   // exponent of the soft maximum of compute and memory time
  double serial_share = 0;       // share of compute time that does not shrink with more cores
  Seconds cube_operator;         // static cost of an operator on the cube cores
  Seconds vector_operator;       // static cost of an operator on the vector cores only
  double vector_rate = 0;        // elements a second that all vector cores together work through; 0: any number
  int attention_kernels = 0;     // of a decode step, small ones around attention: norms, rotary, cache write, slices
  double side_by_side = 0;       // prefill: cube operators beside another microbatch's vector work take so much longer
  double jitter = 0;             // coefficient of variation of an operator's time

  friend bool operator==(const ComputeSpec&, const ComputeSpec&) = default;
};

// The fused dispatch and combine kernels (models/collectives/fused_kernels.h).
struct ExchangeSpec {
  Seconds launch;              // either kernel
  double exposed_latency = 0;  // share of the extra round trip between nodes that the cores' writes do not hide
  Seconds synchronise;         // dispatch: synchronisation of the die's cores, counting of tokens
  Seconds per_peer;            // dispatch: write a flag, poll one, add one count to the prefix sum
  Seconds reorder;             // dispatch: one received row to its place, by the saturating cores together
  Bytes slot;                  // follows a quantised row: scale, metadata, alignment
  int saturating_cores = 0;    // vector cores whose writes together fill the write engine

  friend bool operator==(const ExchangeSpec&, const ExchangeSpec&) = default;
};

// The unfused exchange: collectives that the host launches (models/collectives/unfused_kernels.h).
struct UnfusedSpec {
  Seconds kernel_launch;     // by the host, one kernel
  Seconds host_synchronise;  // from the end of a kernel until the host has read what it computed

  friend bool operator==(const UnfusedSpec&, const UnfusedSpec&) = default;
};

// Copies between the memories of dies by dedicated engines.
struct SdmaSpec {
  BytesPerSecond bandwidth;  // all remote copies that a die sends
  Seconds start_up;          // once for an exchange with all peers

  friend bool operator==(const SdmaSpec&, const SdmaSpec&) = default;
};

// The process on the CPU that drives a die.
struct HostSpec {
  Seconds turn;   // to read sizes from the die and to launch what depends on them
  Seconds batch;  // once a prefill batch, before and after the die's work

  friend bool operator==(const HostSpec&, const HostSpec&) = default;
};

struct DieSpec {
  int aic_cores = 0;
  int aiv_cores = 0;
  int core_group = 1;  // cube cores are handed to streams in groups of so many
  FlopsPerSecond peak_bf16;
  FlopsPerSecond peak_int8;
  FlopsPerSecond peak_fp8;  // 0: the die has no FP8
  Bytes hbm_capacity;
  BytesPerSecond hbm_bandwidth;
  BytesPerSecond write_engine;  // all remote writes of a die together
  BytesPerSecond read_engine;   // all remote reads of a die together
  Bytes reserved;               // HBM that runtime and communication libraries keep for themselves
  ComputeSpec compute;
  ExchangeSpec exchange;
  UnfusedSpec unfused;
  SdmaSpec sdma;
  HostSpec host;
  std::vector<ProtocolSpec> protocols;  // for collective operations
  TileSpec tiles;

  [[nodiscard]] bool has_fp8() const { return peak_fp8.count() > 0; }
  [[nodiscard]] BytesPerSecond usable_hbm_bandwidth() const { return hbm_bandwidth * compute.memory; }
  friend bool operator==(const DieSpec&, const DieSpec&) = default;
};

struct CpuSpec {
  Bytes dram_capacity;
  BytesPerSecond dram_bandwidth;
  BytesPerSecond remote_read;   // one CPU serves so much to readers on the fabric
  BytesPerSecond remote_write;  // one CPU takes so much from writers on the fabric

  friend bool operator==(const CpuSpec&, const CpuSpec&) = default;
};

DieSpec read_die(sim::config::Reader& die);
CpuSpec read_cpu(sim::config::Reader& cpu);

}  // namespace cm::models
