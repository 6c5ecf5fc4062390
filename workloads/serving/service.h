// The service as a whole: requests arrive, are routed, prefilled, handed over and decoded.
#pragma once

#include "sim/engine/actor_pool.h"
#include "sim/metrics/progress.h"
#include "workloads/serving/instances/decode_instance.h"
#include "workloads/serving/instances/prefill_instance.h"
#include "workloads/serving/pool/kv_pool.h"
#include "workloads/serving/requests/request_record.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cm::workloads {

// Requests, at one moment.
struct Census {
  Seconds time;
  std::uint64_t arrived = 0;
  std::uint64_t refused = 0;
  std::uint64_t finished = 0;
  std::uint64_t in_flight = 0;
};

// Requests that no part of the service can hold.
struct Refusals {
  std::uint64_t context = 0;  // longer than the model's context
  std::uint64_t memory = 0;   // others, longer than a decode die's memory for keys and values
  std::int64_t longest = 0;   // tokens of prompt and answer
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

  // Borrows everything that the setup refers to.
  explicit Service(const Setup& setup);

  // The actor that lets requests in; ends with the last arrival that the source knows the time of. Later turns
  // (Request::later) arrive when the turns before them have ended.
  void let_in(sim::engine::Control& control, RequestSource& source);

  [[nodiscard]] Census census(Seconds now) const;
  // Census at the last arrival of a run that has ended.
  [[nodiscard]] const Census& at_last_arrival() const { return at_last_arrival_; }
  // The last arrival, or the last token of a request when that is later.
  [[nodiscard]] Seconds last_event() const { return last_event_; }
  [[nodiscard]] const Refusals& refusals() const { return refusals_; }
  [[nodiscard]] bool is_done() const { return has_last_arrived_ && in_flight_.empty(); }

  // [number], in order of arrival.
  [[nodiscard]] std::span<const RequestRecord> records() const { return records_; }
  [[nodiscard]] const Planes& planes() const { return planes_; }
  [[nodiscard]] const KvPool& pool() const { return pool_; }
  [[nodiscard]] const DecodeInstance& decode() const { return decode_; }
  [[nodiscard]] const std::deque<PrefillInstance>& prefill() const { return prefill_; }

 private:
  // Loads of cached blocks to an instance.
  struct Loads {
    std::int64_t under_way = 0;  // requests, that have an actor or wait for one
    std::deque<InFlight*> waiting;
  };
  // The next turn of a conversation, until it is due.
  struct DueTurn {
    Seconds due;
    std::uint64_t order = 0;  // in which turns before it ended
    Request request;

    friend bool operator>(const DueTurn& a, const DueTurn& b)
    {
      return a.due != b.due ? a.due > b.due : a.order > b.order;
    }
  };
  // A request has an actor only while something of it moves; where many move at once, the others wait for one.
  struct Actors {
    explicit Actors(sim::engine::Engine& engine);

    sim::engine::ActorPool uploads;
    sim::engine::ActorPool loads;
    sim::engine::ActorPool stores;
  };

  void arrive(Request request, Seconds now);
  [[nodiscard]] bool refuses(const Request& request, std::uint64_t number, Seconds now);
  void receive(sim::engine::Control& control, InFlight& request);
  void route(InFlight& request, Seconds now);
  void wait_for_load(InFlight& request);
  void load(sim::engine::Control& control, InFlight& request);
  void prefilled(sim::engine::Control& control, std::uint32_t instance, const std::vector<InFlight*>& requests);
  void finish(InFlight& request);
  void expect_next_turn(Request& ended, Seconds end);
  void let_turns_in(sim::engine::Control& control, std::uint64_t keeper);

  const ServingSpec& spec_;
  const models::ModelSpec& model_;
  std::uint64_t seed_;
  sim::engine::Engine& engine_;
  Actors actors_;
  sim::metrics::Progress& progress_;
  Planes planes_;
  KvPool pool_;
  DecodeInstance decode_;
  std::deque<PrefillInstance> prefill_;
  std::vector<Loads> loads_;  // [instance]
  std::map<std::uint64_t, std::unique_ptr<InFlight>> in_flight_;
  // Turns that wait for their time, in a heap; an actor sleeps until the earliest.
  std::vector<DueTurn> turns_;
  std::uint64_t ended_turns_ = 0;
  std::optional<Seconds> next_turn_;  // when that actor wakes up
  std::uint64_t turn_keeper_ = 0;     // number of that actor
  std::uint32_t next_instance_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t finished_ = 0;
  bool has_last_arrived_ = false;
  Census at_last_arrival_;
  Seconds last_event_;
  Refusals refusals_;
  std::vector<RequestRecord> records_;  // [number]
};

}  // namespace cm::workloads
