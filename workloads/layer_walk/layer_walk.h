// Walks the microbatches of every rank through the layers of a model, step by step and each rank on its own clock, as
// the phase's tables say (layer_program.h). Ranks meet in the exchanges only.
//
// An iteration is a row of passes: all microbatches of a rank go through some layers and join, then operators run that
// are for all of them together (head, speculation, overhead of the step).
#pragma once

#include "sim/metrics/progress.h"
#include "sim/random/random_stream.h"
#include "workloads/exchanges/exchange.h"
#include "workloads/layer_walk/layer_breakdown.h"
#include "workloads/layer_walk/layer_program.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cm::workloads {

struct WalkPass {
  std::int64_t first_layer = 0;
  std::int64_t end_layer = 0;            // behind the last
  std::vector<std::uint8_t> afterwards;  // operators, when the microbatches have joined
};

// A microbatch on its way. Layer and generation are of the layer that it is in; behind the layers `layer` is the number
// behind the last one.
struct WalkPlace {
  std::uint32_t rank = 0;
  std::uint32_t micro = 0;
  std::uint32_t iteration = 0;
  std::int64_t layer = 0;
  std::uint32_t operators_done = 0;  // of an operator step that has several
};

struct OperatorCost {
  Seconds time;
  Bytes traffic{};  // of the die's memory
  // Work of the whole step, for its stage. A single operator's counts when it starts; of several operators only that of
  // the last one counts, when it has ended.
  models::StageWork work{};
  bool is_last = true;      // of the step's operators
  std::string_view name{};  // on a timeline
  std::size_t track = 0;    // that it is shown on
};

// A phase of serving a model: its tables, costs and exchanges.
class WalkedPhase {
 public:
  // The walk keeps its address.
  WalkedPhase() = default;
  WalkedPhase(const WalkedPhase&) = delete;
  WalkedPhase& operator=(const WalkedPhase&) = delete;
  virtual ~WalkedPhase() = default;

  [[nodiscard]] virtual std::span<const LayerStep> program(std::int64_t layer) const = 0;
  // Whether a layer is part of the breakdown.
  [[nodiscard]] virtual bool counts(std::int64_t layer) const = 0;
  // Cost of the operator that starts now. Operators behind the layers run for the rank's microbatches together.
  [[nodiscard]] virtual OperatorCost cost(std::uint8_t op, const WalkPlace& place) const = 0;
  [[nodiscard]] virtual Seconds turn() const { return {}; }
  [[nodiscard]] virtual Exchange& exchange(std::uint8_t exchange, std::uint32_t micro) = 0;

  // Before a rank's first step of an iteration, and behind its last one.
  virtual void begin_iteration(std::uint32_t /*rank*/, std::uint32_t /*iteration*/) {}
  virtual void end_iteration(std::uint32_t /*rank*/, std::uint32_t /*iteration*/, Picoseconds /*took*/) {}
  // Told of a part of an exchange in a layer that counts. `spent` is in the walk's unit and has `waited` in it.
  virtual void note_exchange(const LayerStep& /*step*/, double /*spent*/, double /*waited*/) {}
  // An operator is on the timeline now.
  virtual void show_operator(std::uint8_t /*op*/, const WalkPlace& /*place*/, RankTimeline& /*timeline*/) {}
};

struct WalkSetup {
  std::uint32_t ranks = 0;
  std::uint32_t microbatches = 1;
  std::uint32_t iterations = 1;
  std::vector<WalkPass> passes;  // of an iteration
  BreakdownUnit unit;            // of the breakdown
  double jitter = 0;             // standard deviation of an operator's time over its mean
  std::uint64_t seed = 1;        // of the jitter, with the name of its streams
  std::string_view jitter_name;
  std::string_view doing;  // shown with the progress
};

class LayerWalk final : public ExchangeListener, private sim::streams::NoticeOwner {
 public:
  // Phase, plane and progress are borrowed. `finished` is raised when the last rank has done its iterations.
  LayerWalk(WalkSetup setup, WalkedPhase& phase, sim::streams::DataPlane& plane, sim::streams::Signal finished,
            sim::metrics::Progress& progress);

  // Where the phase's exchange of a microbatch runs.
  [[nodiscard]] ExchangePlace place_of(std::uint8_t exchange, std::uint32_t micro, const models::MachineSpec& machine,
                                       const models::EndpointEngines& engines);

  // Tells the timeline, which is borrowed, what happens from now on.
  void show_on(RankTimeline& timeline) { timeline_ = &timeline; }

  // Starts every rank at the data plane's time.
  void start();

  void on_exchanged(const ExchangeEnd& end) override;

  [[nodiscard]] Picoseconds now() const { return plane_.now(); }
  [[nodiscard]] const LayerBreakdown& breakdown() const { return breakdown_; }
  [[nodiscard]] WalkPlace place(std::uint32_t rank, std::uint32_t micro) const;
  // How many generations of a part a microbatch of a rank has started.
  [[nodiscard]] std::uint32_t started(std::uint32_t rank, std::uint32_t micro, std::uint8_t exchange,
                                      std::uint8_t part = 0) const
  {
    return ranks_[rank].microbatches[micro].started[number_of(exchange, part)];
  }

 private:
  static constexpr int Nobody = -1;
  enum class Event : std::uint8_t { OperatorEnded, TurnEnded };

  struct Microbatch {
    std::int64_t layer = 0;
    std::size_t step = 0;
    Picoseconds since;                 // end of the step before
    std::uint32_t operators_done = 0;  // of the running step
    bool has_more_operators = false;
    models::StageWork work;  // of a step of several operators, until the last has ended
    std::array<std::uint32_t, MostExchanges * MostParts> started{};  // generations
    std::array<std::uint32_t, MostExchanges * MostParts> through{};
    Picoseconds waited;  // in the part that ended last
  };

  // Serves one microbatch at a time.
  struct Stream {
    int holder = Nobody;
    int waiting = Nobody;
    int next = 0;  // of those that take it in order
  };

  struct Rank {
    std::array<Microbatch, MostMicrobatches> microbatches;
    std::array<Stream, MostStreams> streams;
    std::size_t pass = 0;
    std::uint32_t joined = 0;        // microbatches that are through the pass
    std::size_t operators_done = 0;  // behind it
    std::uint32_t iteration = 0;
    Picoseconds iteration_start;
    sim::RandomStream jitter;

    explicit Rank(const sim::RandomStream& draws) : jitter(draws) {}
  };

  [[nodiscard]] static std::size_t number_of(std::uint8_t exchange, std::uint8_t part)
  {
    return exchange * MostParts + part;
  }
  [[nodiscard]] Microbatch& at(std::uint32_t rank, std::uint32_t micro) { return ranks_[rank].microbatches[micro]; }
  [[nodiscard]] const LayerStep& step_of(const Microbatch& batch) const
  {
    return phase_.program(batch.layer)[batch.step];
  }
  [[nodiscard]] bool is_behind_pass(std::uint32_t rank) const { return ranks_[rank].joined == setup_.microbatches; }

  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;
  void begin_iteration(std::uint32_t rank);
  void begin_pass(std::uint32_t rank);
  void walk_on(std::uint32_t rank, std::uint32_t micro);
  [[nodiscard]] bool perform(std::uint32_t rank, std::uint32_t micro, const LayerStep& step);
  void end_step(std::uint32_t rank, std::uint32_t micro);
  void end_operator(std::uint32_t rank, std::uint32_t micro);
  [[nodiscard]] bool enter_next_layer(std::uint32_t rank, std::uint32_t micro);
  void go_on_behind_pass(std::uint32_t rank);
  [[nodiscard]] bool may_take(const Stream& stream, std::uint32_t micro, const LayerStep& step) const;
  [[nodiscard]] bool take(Stream& stream, std::uint32_t micro, const LayerStep& step);
  void release(std::uint32_t rank, Stream& stream);
  void run_operator(std::uint32_t rank, std::uint32_t micro, std::uint8_t op);
  void add_work(const Microbatch& batch, const models::StageWork& work);
  void show(std::uint32_t rank, std::uint32_t micro, std::uint8_t op, const OperatorCost& cost);
  void count_exchange(const LayerStep& step, const WalkPlace& place, Picoseconds spent, Picoseconds waited);

  WalkSetup setup_;
  WalkedPhase& phase_;
  sim::streams::DataPlane& plane_;
  sim::streams::NoticeRange notices_;  // member: rank, detail: microbatch
  sim::streams::Signal finished_;
  sim::metrics::Progress& progress_;
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
  std::vector<Rank> ranks_;
  std::uint32_t ranks_finished_ = 0;
  LayerBreakdown breakdown_;
};

}  // namespace cm::workloads
