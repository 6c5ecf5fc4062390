// A die of round numbers: expected times can be worked out in the head.
#pragma once

#include "models/parts/die_spec.h"

namespace cm::tests {

inline models::DieSpec round_die()
{
  models::DieSpec die;
  die.aic_cores = 20;
  die.aiv_cores = 40;
  die.peak_bf16 = FlopsPerSecond(100e12);
  die.peak_int8 = FlopsPerSecond(200e12);
  die.hbm_capacity = Bytes(64'000'000'000);
  die.hbm_bandwidth = BytesPerSecond(2e12);
  die.write_engine = BytesPerSecond(100e9);
  die.read_engine = BytesPerSecond(150e9);
  die.reserved = Bytes(3'000'000'000);
  die.compute.int8_gemm = 0.8;
  die.compute.bf16_gemm = 0.5;
  die.compute.attention = 0.6;
  die.compute.prefill_attention = 0.5;
  die.compute.grouped_gemm = 0.4;
  die.compute.memory = 0.5;
  die.compute.overlap_exponent = 2;
  die.compute.serial_share = 0.2;
  die.compute.cube_operator = 3_us;
  die.compute.vector_operator = 2_us;
  die.exchange.launch = 2_us;
  die.exchange.synchronise = 5_us;
  die.exchange.per_peer = 100_ns;
  die.exchange.reorder = 1_us;
  die.exchange.slot = 512_B;
  die.exchange.saturating_cores = 20;
  die.unfused = {.kernel_launch = 4_us, .host_synchronise = 20_us};
  die.sdma.bandwidth = BytesPerSecond(180e9);
  die.sdma.start_up = 5_us;
  die.host.turn = 1.0_ms;
  die.host.batch = 50.0_ms;
  die.protocols = {{.name = "direct", .launch = 2_us, .step = 1_us, .message = Seconds(0), .rate = 100_GBps},
                   {.name = "sdma", .launch = 20_us, .step = 1_us, .message = Seconds(0), .rate = 190_GBps}};
  return die;
}

}  // namespace cm::tests
