// The small machine with cards of round numbers: an adapter carries a byte in 50 ps, a node's VPC card in 25.
#pragma once

#include "models/network/card_planes.h"
#include "tests/support/small_machine.h"

namespace cm::tests {

inline models::MachineSpec machine_with_cards()
{
  models::MachineSpec machine = small_machine();
  machine.rdma = {.latency = 3_us, .payload_share = 0.8, .post = 1_us, .mtu = 4_KiB};
  machine.vpc = {.latency = 20_us, .payload_share = 0.8, .post = 2_us, .mtu = 4_KiB};
  return machine;
}

inline models::MachineSpec on_cards(models::CardPlane plane, models::MachineSpec machine = machine_with_cards())
{
  models::use_cards(plane, machine);
  return machine;
}

}  // namespace cm::tests
