// Loads of cached blocks into prefill instances: each instance loads for so many requests at a time, others wait in
// order for one of its places.
#pragma once

#include "sim/engine/actor_pool.h"
#include "workloads/serving/requests/in_flight.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace cm::workloads {

class CacheLoads {
 public:
  // Blocks until the request's blocks are in the memory of its instance, and passes it on.
  using Load = std::function<void(sim::engine::Control&, InFlight&)>;

  // The engine is borrowed. `places`: of each instance, at least one.
  CacheLoads(sim::engine::Engine& engine, std::uint32_t instances, std::int64_t places, Load load);

  // Loads for a request whose instance is known, now or as soon as that has a place. Borrowed until it is loaded.
  void submit(InFlight& request);

  [[nodiscard]] std::size_t waiting(std::uint32_t instance) const { return instances_[instance].waiting.size(); }

 private:
  struct Instance {
    std::int64_t taken = 0;  // places, of requests that have an actor or wait for one
    std::deque<InFlight*> waiting;
  };

  void run(sim::engine::Control& control, InFlight& request);

  sim::engine::ActorPool actors_;
  std::int64_t places_;
  Load load_;
  std::vector<Instance> instances_;
};

}  // namespace cm::workloads
