// The decode instance: requests wait for room in the HBM of a die, get their keys and values handed over, and then take
// part in every iteration until their last token. All dies step together.
#pragma once

#include "sim/engine/actor_pool.h"
#include "workloads/serving/instances/busy_time.h"
#include "workloads/serving/instances/output_events.h"
#include "workloads/serving/iteration_cells.h"
#include "workloads/serving/planes/planes.h"
#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/serving_timeline.h"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace cm::workloads {

class DecodeInstance {
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
  // Told of a request that has all its tokens, inside the instance's actor.
  using Finished = std::function<void(InFlight&)>;

  // Borrows everything that the setup refers to. Throws RefusedByModel when weights and buffers leave no room for
  // requests.
  DecodeInstance(const Setup& setup, Finished finished);

  // Whether a die without other requests has room for it.
  [[nodiscard]] bool can_hold(const Request& request) const;
  // Its prompt is prefilled. The request is borrowed until it is finished.
  void submit(InFlight& request, Seconds now);

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t running() const { return running_.size(); }
  [[nodiscard]] std::int64_t places() const { return most_on_die_ * static_cast<std::int64_t>(dies_.size()); }
  [[nodiscard]] Bytes bytes_of(std::int64_t tokens) const { return kv_per_token_ * tokens; }  // keys and values
  [[nodiscard]] Bytes kv_room() const { return kv_room_; }                                    // of a die
  [[nodiscard]] Bytes kv_reserved_most() const { return kv_reserved_most_; }
  [[nodiscard]] std::int64_t iterations() const { return iterations_; }
  [[nodiscard]] const BusyTime& busy() const { return busy_; }
  [[nodiscard]] const OutputEvents& outputs() const { return outputs_; }
  // Part of the busy time that keys and values on the same lanes added.
  [[nodiscard]] Seconds delayed() const { return delayed_; }
  // How often the first request that waits found no room in HBM, no place in the batch, or that the iteration would
  // have missed the target with it.
  [[nodiscard]] std::int64_t waits_for_memory() const { return waits_for_memory_; }
  [[nodiscard]] std::int64_t waits_for_batch() const { return waits_for_batch_; }
  [[nodiscard]] std::int64_t waits_for_target() const { return waits_for_target_; }
  // Whether iterations miss the target with a single request on a die.
  [[nodiscard]] bool target_is_missed_alone() const { return target_is_missed_alone_; }

 private:
  struct Die {
    std::int64_t requests = 0;  // admitted
    std::int64_t running = 0;
    Bytes reserved;
  };

  [[nodiscard]] Bytes reservation(const Request& request) const
  {
    return bytes_of(request.input_tokens + request.output_tokens);
  }
  // The rank of a prefill instance that hands the request's keys and values over to a decode die.
  [[nodiscard]] std::uint32_t source_of(std::uint32_t rank) const
  {
    return static_cast<std::uint32_t>(rank / dies_per_prefill_rank_);
  }
  std::int64_t& sending(const InFlight& request, std::uint32_t rank)
  {
    return sending_[std::size_t{request.instance} * spec_.prefill.deployment.ranks + source_of(rank)];
  }
  void admit(Seconds now);
  std::optional<std::uint32_t> choose_die(const InFlight& request);
  [[nodiscard]] bool holds_target(std::int64_t requests_on_die, const InFlight& request);
  void hand_over(sim::engine::Control& control, InFlight& request);
  void join(InFlight& request);
  void work(sim::engine::Control& control);
  [[nodiscard]] Cell iteration(double kv_share);
  // The tokens that it got.
  std::int64_t advance(InFlight& request, Seconds now);

  const ServingSpec& spec_;
  sim::engine::Engine& engine_;
  sim::engine::ActorPool hand_overs_;
  IterationCells& cells_;
  Planes& planes_;
  ServingTimeline& timeline_;
  Finished finished_;
  std::uint32_t dies_per_npu_;
  std::int64_t dies_per_prefill_rank_;
  Bytes kv_per_token_;
  Bytes kv_room_;
  Bytes kv_reserved_most_;
  std::int64_t most_on_die_;
  std::vector<Die> dies_;
  std::vector<std::int64_t> sending_;  // [prefill instance * ranks + rank]: hand-overs under way
  std::deque<InFlight*> waiting_;
  std::vector<InFlight*> joining_;  // until the next iteration
  std::vector<InFlight*> running_;
  std::int64_t kv_tokens_ = 0;  // of all that run
  bool is_working_ = false;
  std::int64_t iterations_ = 0;
  BusyTime busy_;
  OutputEvents outputs_;
  Seconds delayed_;
  std::int64_t waits_for_memory_ = 0;
  std::int64_t waits_for_batch_ = 0;
  std::int64_t waits_for_target_ = 0;
  bool target_is_missed_alone_ = false;
};

}  // namespace cm::workloads
