// Requests that wait for room in decode, in order: a long request is not overtaken for ever by short ones. The first
// one is admitted when a die has a place in its batch and memory for prompt and answer, and when the iteration with it
// would hold the target.
#pragma once

#include "workloads/serving/instances/decode_dies.h"
#include "workloads/serving/instances/hand_overs.h"
#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/routers/decode_routers.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace cm::workloads {

// Obstacles that kept requests out of decode, counted in attempts to admit one.
struct DecodeWaits {
  std::int64_t for_memory = 0;
  std::int64_t for_place = 0;
  std::int64_t for_target = 0;  // `tpot_target` would have been missed

  friend bool operator==(const DecodeWaits&, const DecodeWaits&) = default;
  friend DecodeWaits operator+(const DecodeWaits& a, const DecodeWaits& b)
  {
    return {a.for_memory + b.for_memory, a.for_place + b.for_place, a.for_target + b.for_target};
  }
};

class AdmissionQueue {
 public:
  // Whether an iteration with so many requests on the busiest die, the given one among them, holds the target.
  using HoldsTarget = std::function<bool(std::int64_t requests_on_die, const InFlight& request)>;

  // The hand-overs are borrowed: their sources decide between equal dies.
  AdmissionQueue(DecodeDies dies, const HandOvers& hand_overs, Bytes kv_per_token, HoldsTarget holds_target);

  void submit(InFlight& request);
  // Takes the first request out and gives it a die; null when it has to wait, or none does.
  InFlight* admit(Seconds now);
  // A request that was admitted has ended, and leaves its die.
  void release(const InFlight& request);

  // Whether a die without other requests has memory for it.
  [[nodiscard]] bool can_hold(const Request& request) const { return needed_by(request) <= dies_.room().memory; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  // Requests that were submitted and not released.
  [[nodiscard]] const DecodeLoad& load() const { return load_; }
  [[nodiscard]] const DecodeWaits& waits() const { return waits_; }
  [[nodiscard]] const DecodeDies& dies() const { return dies_; }

 private:
  [[nodiscard]] Bytes needed_by(const Request& request) const
  {
    return kv_per_token_ * (request.input_tokens + request.output_tokens);
  }
  std::optional<std::uint32_t> die_for(const InFlight& request);

  DecodeDies dies_;
  const HandOvers& hand_overs_;
  Bytes kv_per_token_;
  HoldsTarget holds_target_;
  std::deque<InFlight*> waiting_;
  DecodeLoad load_;
  DecodeWaits waits_;
};

}  // namespace cm::workloads
