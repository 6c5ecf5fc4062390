// The decode instances of a service, all alike, and the router that chooses one of them for each prefilled request.
#pragma once

#include "workloads/serving/instances/decode_instance.h"

#include <cstdint>
#include <deque>

namespace cm::workloads {

class DecodeInstances {
 public:
  struct Setup {
    const ServingSpec& spec;
    const models::ModelSpec& model;
    const models::MachineSpec& machine;
    sim::engine::Engine& engine;
    IterationCells& cells;
    Planes& planes;
    ServingTimeline& timeline;
  };

  // Borrows everything that the setup refers to. Throws RefusedByModel when weights and buffers leave no room for
  // requests.
  DecodeInstances(const Setup& setup, const DecodeInstance::Finished& finished);

  // Whether a die without other requests has memory for it.
  [[nodiscard]] bool can_hold(const Request& request) const { return instances_.front().queue().can_hold(request); }
  // Its prompt is prefilled: chooses the instance that decodes it. The request is borrowed until it is finished.
  void submit(InFlight& request, Seconds now);

  [[nodiscard]] const std::deque<DecodeInstance>& all() const { return instances_; }

  // Sums over the instances:
  [[nodiscard]] std::int64_t places() const;
  [[nodiscard]] DecodeWaits waits() const;
  [[nodiscard]] std::size_t waiting() const;  // requests
  [[nodiscard]] std::size_t running() const;
  // Room of each die for keys and values, and the most of it that was ever reserved on one.
  [[nodiscard]] Bytes memory_of_die() const { return instances_.front().queue().dies().room().memory; }
  [[nodiscard]] Bytes reserved_most() const;

 private:
  const DecodeRouter& router_;
  HandOvers hand_overs_;
  std::deque<DecodeInstance> instances_;
  std::uint64_t routed_ = 0;  // requests
};

}  // namespace cm::workloads
