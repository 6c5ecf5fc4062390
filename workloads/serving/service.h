// The service as a whole: requests arrive, are routed, prefilled, handed over and decoded.
#pragma once

#include "sim/metrics/progress.h"
#include "workloads/serving/decode_instance.h"
#include "workloads/serving/kv_pool.h"
#include "workloads/serving/measurements.h"
#include "workloads/serving/prefill_instance.h"
#include "workloads/serving/request_log.h"

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace cm::workloads {

// Requests, at one moment.
struct Census {
  Seconds time;
  std::uint64_t arrived = 0;
  std::uint64_t refused = 0;
  std::uint64_t finished = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t outside_decode = 0;  // of these, the ones that no decode iteration serves yet
};

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

  // What the setup refers to is borrowed.
  explicit Service(const Setup& setup);

  // The actor that lets requests in; ends with the last arrival.
  void let_in(sim::engine::Control& control, RequestSource& source);

  [[nodiscard]] Census census(Seconds now) const;
  // When the warm-up was over, and when the last request arrived. Of the run that has ended.
  [[nodiscard]] const Census& after_warm_up() const { return after_warm_up_; }
  [[nodiscard]] const Census& at_last_arrival() const { return at_last_arrival_; }
  // When the last request that has finished got its first iteration, or its only token. Picoseconds.
  [[nodiscard]] std::int64_t last_served() const { return last_served_; }
  [[nodiscard]] bool is_done() const { return has_last_arrived_ && in_flight_.empty(); }

  [[nodiscard]] const Measurements& measurements() const { return measurements_; }
  [[nodiscard]] const RequestLog& log() const { return log_; }
  [[nodiscard]] const Planes& planes() const { return planes_; }
  [[nodiscard]] const KvPool& pool() const { return pool_; }
  [[nodiscard]] const DecodeInstance& decode() const { return decode_; }
  [[nodiscard]] const std::deque<PrefillInstance>& prefill() const { return prefill_; }
  [[nodiscard]] std::int64_t prompt_tokens() const { return prompt_tokens_; }
  [[nodiscard]] std::int64_t cached_tokens() const { return cached_tokens_; }

 private:
  void receive(sim::engine::Control& control, InFlight& request);
  [[nodiscard]] std::uint32_t route();
  void prefilled(sim::engine::Control& control, std::uint32_t instance, const std::vector<InFlight*>& requests);
  void finish(InFlight& request);

  const ServingSpec& spec_;
  const models::ModelSpec& model_;
  std::uint64_t seed_;
  std::uint64_t warm_up_requests_;
  std::uint64_t expected_;
  sim::engine::Engine& engine_;
  ServingTimeline& timeline_;
  sim::metrics::Progress& progress_;
  Planes planes_;
  KvPool pool_;
  DecodeInstance decode_;
  std::deque<PrefillInstance> prefill_;
  std::vector<std::int64_t> load_;  // [instance]: tokens routed to it and not prefilled, as the router counts them
  std::map<std::uint64_t, std::unique_ptr<InFlight>> in_flight_;
  std::uint32_t next_instance_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t finished_ = 0;
  bool has_last_arrived_ = false;
  std::int64_t last_served_ = 0;
  Census after_warm_up_;
  Census at_last_arrival_;
  Measurements measurements_;
  RequestLog log_;
  std::int64_t prompt_tokens_ = 0;  // past the warm-up
  std::int64_t cached_tokens_ = 0;
};

}  // namespace cm::workloads
