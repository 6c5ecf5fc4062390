// Later turns of conversations, until they are due: each arrives its delay after the turn before it was answered or
// refused, so when it arrives depends on the service.
#pragma once

#include "sim/engine/engine.h"
#include "workloads/traces/request.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace cm::workloads {

class DueTurns {
 public:
  // Takes a turn that is due, inside an actor.
  using Arrive = std::function<void(Request turn, Seconds now)>;

  // The engine is borrowed.
  DueTurns(sim::engine::Engine& engine, Arrive arrive);

  // Schedules the turn that follows a request which was answered, or refused, at `end`; none follows the last one of a
  // conversation. Takes the later turns out of `ended`. Turns that are due at the same time arrive in the order of
  // these calls.
  void follow(Request& ended, Seconds end);

  [[nodiscard]] std::size_t waiting() const { return turns_.size(); }

 private:
  struct Turn {
    Seconds due;
    std::uint64_t order = 0;  // among all that were scheduled
    Request request;

    friend bool operator>(const Turn& a, const Turn& b) { return a.due != b.due ? a.due > b.due : a.order > b.order; }
  };

  void keep(sim::engine::Control& control, std::uint64_t keeper);

  sim::engine::Engine& engine_;
  Arrive arrive_;
  std::vector<Turn> turns_;  // a heap, the earliest first; an actor, their keeper, sleeps until that one is due
  std::uint64_t scheduled_ = 0;
  std::optional<Seconds> wake_up_;  // of the keeper
  std::uint64_t keeper_ = 0;        // its number: a turn that is due earlier than all others gets a new keeper
};

}  // namespace cm::workloads
