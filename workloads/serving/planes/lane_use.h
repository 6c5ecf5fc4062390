// How much of the lanes of an instance's dies keys and values take, and work that they delay.
//
// Packets of the instance's own exchanges are simulated without them, in cells; here both meet. An exchange is as slow
// as its slower direction and its slowest die, so what counts is the share of the lanes that is taken on the die and in
// the direction that has most of it. Flows share a lane max-min fairly: an exchange that wants its lane gets half of
// it.
#pragma once

#include "sim/engine/engine.h"
#include "sim/units/quantity.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace cm::workloads {

enum class LaneDirection : std::uint8_t { Out, In };

class LaneUse {
 public:
  // `lanes`: of one die, one direction, all its lanes together. `dies`: that spread bytes are spread over.
  LaneUse(BytesPerSecond lanes, std::uint32_t dies) : lanes_(lanes), dies_(dies) {}

  static constexpr double MostShare = 0.5;       // that keys and values get of lanes that an exchange wants too
  static constexpr double IgnoredShare = 0.005;  // less than this delays nothing: no cell is simulated for it

  // Bytes that crossed the lanes between `begin` and `end`, now: evenly those of the dies, or those of one die. Of
  // transfers of single dies that overlap in time the first that ends counts for the time that they share.
  void spread(LaneDirection direction, Bytes amount);
  void on_one_die(LaneDirection direction, Bytes amount, Seconds begin, Seconds end);

  // Mean share of the lanes over a time that ends now, in the direction that had more of it, at most MostShare.
  [[nodiscard]] double share_of(Seconds elapsed) const;
  // Ends the time that share_of() was asked about: bytes that it could not hold are left for the next.
  void charge(Seconds elapsed);
  // Forgets the bytes that have crossed the lanes so far: there was nothing that they could delay.
  void forget() { taken_ = {}; }

 private:
  BytesPerSecond lanes_;
  std::uint32_t dies_;
  std::array<double, 2> taken_{};          // [direction]: seconds of all lanes, not charged yet
  std::array<Seconds, 2> single_until_{};  // [direction]: up to when transfers of single dies have counted
};

// Lets the time of some work pass: first what it takes `alone`, then what keys and values that crossed the lanes in the
// meantime add. `lasts(share)` is how long it takes when they have such a share of the lanes. The time that passed.
template <typename Lasts>
Seconds work_beside(sim::engine::Control& control, LaneUse& use, Seconds alone, const Lasts& lasts)
{
  constexpr Seconds Negligible(1e-6);
  control.sleep(alone);
  Seconds passed = alone;
  for (double share = use.share_of(passed); share >= LaneUse::IgnoredShare; share = use.share_of(passed)) {
    const Seconds whole = lasts(share);
    if (whole - passed < Negligible)
      break;
    control.sleep(whole - passed);
    passed = whole;
  }
  use.charge(passed);
  return passed;
}

}  // namespace cm::workloads
