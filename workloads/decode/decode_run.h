// The decode iteration as it happens: every rank walks its microbatches through the layers on two streams, on its own
// clock (decode_program.h), and meets the other ranks only in the exchanges: those of its experts with all of them,
// those of its split attention and feed-forward with its tensor-parallel group. After the last layer a rank joins its
// microbatches for the head, runs the MTP layer once per speculative token, and starts over.
#pragma once

#include "sim/metrics/histogram.h"
#include "workloads/decode/decode_costs.h"
#include "workloads/decode/expert_routing.h"
#include "workloads/decode/layer_times.h"
#include "workloads/exchanges/expert_exchange.h"
#include "workloads/exchanges/tensor_exchange.h"
#include "workloads/live_machine/live_machine.h"

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace cm::workloads {

// Times of all ranks, iterations and layers that the breakdown counts.
struct DecodeTimes {
  sim::metrics::Histogram dispatch_us{"us"};
  sim::metrics::Histogram combine_us{"us"};
  sim::metrics::Histogram wait_us{"us"};
  sim::metrics::Histogram tensor_exchange_us{"us"};
  sim::metrics::Histogram rank_iteration_ms{"ms"};
};

class DecodeRun final : private WalkedPhase {
 public:
  // All that the setup refers to, live machine and progress are borrowed. `finished` is raised when every rank has done
  // its iterations.
  DecodeRun(const DecodeSetup& setup, LiveMachine& live, sim::streams::Signal finished,
            sim::metrics::Progress& progress);

  // [stream]: what it is called on a timeline.
  static constexpr std::array<std::string_view, 2> StreamNames{"attention stream", "MoE stream"};
  // Tells the timeline, which is borrowed, what happens from now on.
  void show_on(RankTimeline& timeline);

  // Starts the first iteration of every rank at the data plane's time.
  void start() { walk_.start(); }

  // Means over the MoE layers, in a dense model over all; nothing when there are none.
  [[nodiscard]] std::optional<LayerTimes> layer_times() const;
  // Mean work of a stage in the layers of layer_times().
  [[nodiscard]] models::StageWork stage_work(DecodeStage stage) const { return walk_.breakdown().work(stage); }
  [[nodiscard]] const DecodeTimes& times() const { return times_; }
  // Mean over the ranks, one entry per iteration, in milliseconds.
  [[nodiscard]] const std::vector<double>& iteration_ms() const { return iteration_ms_; }

 private:
  [[nodiscard]] std::span<const LayerStep> program(std::int64_t layer) const override;
  [[nodiscard]] bool counts(std::int64_t layer) const override;
  [[nodiscard]] OperatorCost cost(std::uint8_t op, const WalkPlace& place) const override;
  [[nodiscard]] Exchange& exchange(std::uint8_t exchange, std::uint32_t micro) override;
  void begin_iteration(std::uint32_t rank, std::uint32_t iteration) override;
  void end_iteration(std::uint32_t rank, std::uint32_t iteration, Picoseconds took) override;
  void note_exchange(const LayerStep& step, double spent, double waited) override;
  void show_operator(std::uint8_t op, const WalkPlace& place, RankTimeline& timeline) override;

  void add_exchanges(std::uint32_t micro, LiveMachine& live);
  [[nodiscard]] bool is_moe(std::int64_t layer) const;
  // Number of the experts' exchange that the microbatch has started last.
  [[nodiscard]] std::uint32_t generation(const WalkPlace& place) const;
  [[nodiscard]] TensorKernel tensor_kernel(std::uint32_t part, std::uint32_t rank, std::uint32_t micro) const;

  DecodeSetup setup_;
  models::ModelSpec share_;  // what one die of a tensor-parallel group has of the model
  std::vector<LayerStep> moe_program_;
  std::vector<LayerStep> dense_program_;
  RankBatches batches_;
  DecodeCosts costs_;
  ExpertRouting routing_;
  LayerWalk walk_;
  std::array<std::unique_ptr<ExpertExchange>, MostMicrobatches> experts_;  // none without experts
  std::array<std::unique_ptr<TensorExchange>, MostMicrobatches> tensors_;  // none with groups of one die
  std::vector<double> iteration_ms_;
  DecodeTimes times_;
};

}  // namespace cm::workloads
