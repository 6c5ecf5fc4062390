// A decode run as its parts see it: what is decoded, on what, and how a rank shares its cores.
#pragma once

#include "workloads/decode/decode_spec.h"

#include <cstdint>

namespace cm::workloads {

struct DecodePlan {
  int microbatches = 1;
  models::CoreShare attention_cores;
  models::CoreShare moe_cores;
  // Both microbatches compute on all cores, one at a time; a microbatch that communicates leaves them to the other.
  bool takes_turns = false;
};

struct DecodeSetup {
  const DecodeSpec& spec;
  const DecodePlan& plan;
  const models::ModelSpec& model;
  const models::MachineSpec& machine;
  std::uint64_t seed = 1;
};

}  // namespace cm::workloads
