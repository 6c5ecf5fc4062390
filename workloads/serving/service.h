// The service as a whole: requests arrive, are routed, prefilled, handed over and decoded. What each part does is in
// the part; here is who tells whom.
#pragma once

#include "sim/engine/actor_pool.h"
#include "sim/metrics/progress.h"
#include "workloads/serving/instances/decode_instances.h"
#include "workloads/serving/instances/prefill_instances.h"
#include "workloads/serving/pool/cache_loads.h"
#include "workloads/serving/pool/kv_pool.h"
#include "workloads/serving/requests/due_turns.h"
#include "workloads/serving/requests/request_book.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace cm::workloads {

class Service {
 public:
  struct Setup {
    const ServingSpec& spec;
    const models::ModelSpec& model;
    const models::MachineSpec& machine;
    std::uint64_t seed = 1;
    std::uint64_t requests = 0;  // that will arrive
    sim::engine::Engine& engine;
    IterationCells& cells;
    ServingTimeline& timeline;
    sim::metrics::Progress& progress;
  };

  // Borrows everything that the setup refers to. Throws RefusedByModel when weights and buffers of decode leave no room
  // for requests.
  explicit Service(const Setup& setup);

  // The actor that lets requests in; ends with the last arrival that the source knows the time of. Later turns
  // (Request::later) arrive when the turns before them have ended.
  void let_in(sim::engine::Control& control, RequestSource& source);

  [[nodiscard]] const RequestBook& book() const { return book_; }
  [[nodiscard]] const Planes& planes() const { return planes_; }
  [[nodiscard]] const KvPool& pool() const { return pool_; }
  [[nodiscard]] const DecodeInstances& decode() const { return decode_; }
  [[nodiscard]] const std::deque<PrefillInstance>& prefill() const { return prefill_.all(); }

 private:
  void arrive(Request request, Seconds now);
  // Empty when the service can hold the request.
  [[nodiscard]] std::optional<Refusal> refusal_of(const Request& request) const;
  void receive(sim::engine::Control& control, InFlight& request);
  void load(sim::engine::Control& control, InFlight& request);
  void prefilled(sim::engine::Control& control, std::uint32_t instance, const std::vector<InFlight*>& requests);
  void finish(InFlight& request);

  const ServingSpec& spec_;
  const models::ModelSpec& model_;
  sim::metrics::Progress& progress_;
  // A request has an actor only while something of it moves; where many move at once, the others wait for one.
  sim::engine::ActorPool uploads_;
  sim::engine::ActorPool stores_;
  RequestBook book_;
  DueTurns turns_;
  Planes planes_;
  KvPool pool_;
  CacheLoads loads_;
  DecodeInstances decode_;
  PrefillInstances prefill_;
};

}  // namespace cm::workloads
