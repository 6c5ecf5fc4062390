// One prefill instance: a queue in order of arrival, and batches of as many new tokens as fit, one after another. A
// prompt that does not fit is cut; its rest goes first into the next batch. An idle instance waits a moment for more
// before it starts, if it was told to.
#pragma once

#include "sim/engine/engine.h"
#include "workloads/cells/iteration_cells.h"
#include "workloads/serving/instances/busy_time.h"
#include "workloads/serving/planes/planes.h"
#include "workloads/serving/requests/in_flight.h"
#include "workloads/serving/serving_timeline.h"

#include <deque>
#include <functional>
#include <vector>

namespace cm::workloads {

class PrefillInstance {
 public:
  // Told of the requests of a batch whose prompts are through, inside the instance's actor.
  using Prefilled = std::function<void(sim::engine::Control&, std::uint32_t instance, const std::vector<InFlight*>&)>;

  struct Setup {
    const ServingSpec& spec;
    sim::engine::Engine& engine;
    IterationCells& cells;
    Planes& planes;
    ServingTimeline& timeline;
  };
  // Borrows everything that the setup refers to.
  PrefillInstance(std::uint32_t number, const Setup& setup, Prefilled prefilled);

  // A router sends the request here, and takes so much of its prompt for cached.
  void expect(InFlight& request, std::int64_t cached_tokens);
  // Cost of sending this prompt to the instance now, as far as is known: the time until it is finished with it and with
  // all that it expects, and as much longer as the prompt makes that for each of the requests that it expects.
  [[nodiscard]] Seconds cost_of(Seconds now, const Prompt& prompt);
  // Its cached keys and values are there. The request is borrowed until it is prefilled.
  void submit(InFlight& request);

  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  [[nodiscard]] const BusyTime& busy() const { return busy_; }
  // Part of the busy time that keys and values on the same lanes added.
  [[nodiscard]] Seconds delayed() const { return delayed_; }
  // A batch that is through.
  struct Done {
    Stretch time;
    std::int64_t new_tokens = 0;
    std::int64_t reused_tokens = 0;  // of the prompts that began in it
  };
  [[nodiscard]] const std::vector<Done>& done() const { return done_; }

 private:
  struct Batch {
    PrefillBatch prompts;
    std::vector<InFlight*> through;  // whose prompts end in it
    std::int64_t reused_tokens = 0;  // of those that begin in it
  };

  void work(sim::engine::Control& control);
  Batch take_batch(Seconds now);
  // Time of as few batches as hold it.
  [[nodiscard]] Seconds time_of(const PrefillLoad& load);
  void show(const PrefillBatch& batch, Seconds start, Seconds end);

  std::uint32_t number_;
  const ServingSpec& spec_;
  sim::engine::Engine& engine_;
  IterationCells& cells_;
  Planes& planes_;
  ServingTimeline& timeline_;
  Prefilled prefilled_;
  std::deque<InFlight*> queue_;
  PrefillLoad expected_;  // of prompts, or their rests, that no batch has taken yet
  std::int64_t expected_requests_ = 0;
  Seconds batch_ends_;  // as far as is known
  bool is_working_ = false;
  BusyTime busy_;
  Seconds delayed_;
  std::vector<Done> done_;
};

}  // namespace cm::workloads
