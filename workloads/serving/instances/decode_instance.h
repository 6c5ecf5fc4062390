// One decode instance: requests wait for room, get their keys and values handed over, and then take part in every
// iteration until their last token. All dies step together; the busiest one, and the mean length of what is cached,
// decide how long an iteration takes.
#pragma once

#include "workloads/cells/iteration_cells.h"
#include "workloads/serving/instances/admission_queue.h"
#include "workloads/serving/instances/decode_work.h"
#include "workloads/serving/instances/running_batch.h"
#include "workloads/serving/serving_timeline.h"

#include <functional>

namespace cm::workloads {

class DecodeInstance {
 public:
  struct Setup {
    const ServingSpec& spec;
    DecodeDies dies;
    Bytes kv_per_token;
    std::uint32_t dies_per_npu = 1;
    sim::engine::Engine& engine;
    IterationCells& cells;
    Planes& planes;
    HandOvers& hand_overs;
    ServingTimeline& timeline;
  };
  // Told of a request that has all its tokens, inside the instance's actor.
  using Finished = std::function<void(InFlight&)>;

  // Borrows everything that the setup refers to.
  DecodeInstance(std::uint32_t number, const Setup& setup, Finished finished);
  // Its queue and its hand-overs call it back.
  DecodeInstance(const DecodeInstance&) = delete;
  DecodeInstance& operator=(const DecodeInstance&) = delete;

  // Its prompt is prefilled. The request is borrowed until it is finished.
  void submit(InFlight& request, Seconds now);

  [[nodiscard]] const AdmissionQueue& queue() const { return queue_; }
  [[nodiscard]] std::size_t running() const { return batch_.size(); }  // requests
  [[nodiscard]] const DecodeWork& work() const { return work_; }
  // Whether iterations miss the target with a single request on a die.
  [[nodiscard]] bool target_is_missed_alone() const { return target_is_missed_alone_; }

 private:
  void admit(Seconds now);
  [[nodiscard]] bool holds_target(std::int64_t requests_on_die, const InFlight& request);
  void join(InFlight& request);
  void run(sim::engine::Control& control);
  void iterate(sim::engine::Control& control);
  [[nodiscard]] std::size_t on_planes() const { return planes_.decode_instance(number_); }
  // Time of an iteration with so many requests on the busiest die.
  [[nodiscard]] Cell iteration(std::int64_t requests_on_die, double mean_kv_tokens, double kv_share = 0);

  std::uint32_t number_;
  const ServingSpec& spec_;
  std::uint32_t dies_per_npu_;
  sim::engine::Engine& engine_;
  IterationCells& cells_;
  Planes& planes_;
  HandOvers& hand_overs_;
  ServingTimeline& timeline_;
  Finished finished_;
  AdmissionQueue queue_;
  RunningBatch batch_;
  bool is_working_ = false;
  DecodeWork work_;
  bool target_is_missed_alone_ = false;
};

}  // namespace cm::workloads
