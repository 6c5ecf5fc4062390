// The decode iteration as it happens: every rank walks its microbatches through the layers on two streams, on its own
// clock, and meets the other ranks only in the exchanges: those of its experts with all of them, those of its split
// attention and feed-forward with its tensor-parallel group.
//
// Two microbatches: the attention stream and the MoE stream own a split of the cores and work on different
// microbatches; a microbatch that finds its stream taken waits. Or they take turns on all cores, and communication
// needs none (DeepSeek on H800, arXiv:2506.12708v2 Fig. 14). One microbatch: it has all cores and runs the two in turn.
// After the last layer a rank joins its microbatches for the head, runs the MTP layer once per speculative token, and
// starts over.
#pragma once

#include "sim/metrics/histogram.h"
#include "sim/metrics/progress.h"
#include "workloads/decode/attention_work.h"
#include "workloads/decode/decode_spec.h"
#include "workloads/exchanges/exchange_work.h"
#include "workloads/exchanges/tensor_exchange.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace cm::workloads {

struct DecodePlan {
  int microbatches = 1;
  models::CoreShare attention_cores;
  models::CoreShare moe_cores;
  // Both microbatches compute on all cores, one at a time; a microbatch that communicates leaves them to the other.
  bool takes_turns = false;
};

// Where the time of one microbatch in one MoE layer goes (of a dense model: in one layer); the parts add up to the
// layer. Means over ranks, microbatches, layers and iterations, in microseconds.
struct LayerTimes {
  double wait_attention = 0;  // for the attention stream
  double attention = 0;
  double attention_exchange = 0;  // within the tensor-parallel group
  double wait_moe = 0;            // for the MoE stream
  double dense_ffn = 0;
  double gate = 0;
  double dispatch = 0;
  double dispatch_wait = 0;  // in the barrier
  double mlp = 0;
  double combine = 0;
  double combine_wait = 0;  // for the slowest expert of the rank's tokens
  double ffn_exchange = 0;  // within the tensor-parallel group

  [[nodiscard]] double layer() const { return moe_stream() + wait_attention + attention_stream() + wait_moe; }
  [[nodiscard]] double attention_stream() const { return attention + attention_exchange; }
  [[nodiscard]] double moe_stream() const
  {
    return gate + dispatch + dispatch_wait + mlp + combine + combine_wait + dense_ffn + ffn_exchange;
  }
};

// Stages that do work, by the parts of a layer's time.
enum class DecodeStage : std::uint8_t {
  Attention,
  AttentionExchange,
  DenseFfn,
  Gate,
  Dispatch,
  Experts,
  Combine,
  FfnExchange
};
inline constexpr std::size_t DecodeStages = 8;

class DecodeRun final : public sim::streams::DataPlaneClient, public ExchangeListener, public TensorExchangeListener {
 public:
  // All arguments are borrowed. `finished` is raised when every rank has done its iterations.
  DecodeRun(const DecodeSpec& spec, const DecodePlan& plan, const models::ModelSpec& model,
            const models::MachineSpec& machine, std::uint64_t seed, sim::streams::DataPlane& plane,
            const models::EndpointEngines& engines, sim::streams::Signal finished, sim::metrics::Progress& progress);

  // [stream]: what it is called on a timeline.
  static constexpr std::array<std::string_view, 2> StreamNames{"attention stream", "MoE stream"};
  // Tells the timeline, which is borrowed, what happens from now on.
  void show_on(RankTimeline& timeline);

  // Starts the first iteration of every rank at the data plane's time.
  void start();

  void on_notice(std::uint64_t notice, Picoseconds now) override;
  void on_dispatched(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now, Picoseconds waited) override;
  void on_combined(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now, Picoseconds waited) override;

  void on_tensor_exchanged(std::uint32_t microbatch, std::uint32_t rank, Picoseconds now) override;

  [[nodiscard]] std::optional<LayerTimes> layer_times() const;
  // Mean over ranks, microbatches, layers and iterations, of those that layer_times() counts; nothing before the first.
  [[nodiscard]] models::StageWork stage_work(DecodeStage stage) const;
  // Mean over the ranks, one entry per iteration, in milliseconds.
  [[nodiscard]] const std::vector<double>& iteration_ms() const { return iteration_ms_; }

  sim::metrics::Histogram dispatch_us{"us"};
  sim::metrics::Histogram combine_us{"us"};
  sim::metrics::Histogram wait_us{"us"};
  sim::metrics::Histogram tensor_exchange_us{"us"};
  sim::metrics::Histogram rank_iteration_ms{"ms"};

 private:
  static constexpr int NoMicrobatch = -1;
  enum Stream : std::size_t { AttentionStream = 0, MoeStream = 1 };
  enum class Step : std::uint8_t { Attention, Gate, Mlp, DenseFfn, Head, MtpProjection, StepOverhead };

  struct Microbatch {
    std::int64_t layer = 0;         // model.layers and beyond: passes of the MTP layer
    std::uint32_t exchanges = 0;    // generations of its exchange so far
    bool has_rows = false;          // dispatched, experts not done
    std::size_t next_operator = 0;  // of attention
    std::int64_t since = 0;         // start of the part of the layer that it is in
    std::int64_t duration = 0;      // of the operators of attention, summed for the layer
  };

  struct Rank {
    std::array<Microbatch, 2> microbatches;
    std::array<int, 2> holder{NoMicrobatch, NoMicrobatch};   // [stream]
    std::array<int, 2> waiting{NoMicrobatch, NoMicrobatch};  // [stream]
    std::int64_t passes_done = 0;                            // of the main layers and the MTP layer in this iteration
    int joined = 0;                                          // microbatches that are through the current pass
    std::uint32_t iteration = 0;
    std::int64_t iteration_start = 0;
    sim::RandomStream jitter;

    Rank(std::uint64_t seed, std::uint32_t rank) : jitter(seed, "operator jitter", rank) {}
  };

  void draw_batches(std::uint32_t rank);
  void start_pass(std::uint32_t rank, std::int64_t first_layer, std::int64_t now);
  void enter_layer(std::uint32_t rank, int micro, std::int64_t now);
  void take(std::uint32_t rank, int micro, Stream stream, std::int64_t now);
  void release(std::uint32_t rank, Stream stream, std::int64_t now);
  void next_attention_operator(std::uint32_t rank, int micro);
  void end_attention(std::uint32_t rank, int micro, std::int64_t now);
  void work_on(std::uint32_t rank, int micro, Stream stream);
  void run_experts(std::uint32_t rank, int micro);
  void start_moe(std::uint32_t rank, int micro);
  void start_dispatch(std::uint32_t rank, int micro, std::int64_t now);
  void end_feed_forward(std::uint32_t rank, int micro, std::int64_t now);
  void leave_layer(std::uint32_t rank, int micro, std::int64_t now);
  void join(std::uint32_t rank);
  void after_head(std::uint32_t rank);
  void end_iteration(std::uint32_t rank, std::int64_t now);
  void run_operator(std::uint32_t rank, int micro, Step step, Seconds time, Bytes traffic);
  void run_operator(std::uint32_t rank, int micro, Step step, const models::Operator& op,
                    const models::CoreShare& cores);
  [[nodiscard]] static std::optional<DecodeStage> stage_of(Step step);
  void show_operator(std::uint32_t rank, int micro, Step step);
  void prepare_exchange(int micro, std::uint32_t generation, std::int64_t layer);
  [[nodiscard]] models::TraceWalk trace_walk(std::size_t micro, std::uint32_t generation) const;
  [[nodiscard]] const ExpertLayer& expert_layer(std::int64_t layer) const
  {
    return layers_[static_cast<std::size_t>(std::min(layer, model_.layers) - model_.dense_layers)];
  }
  [[nodiscard]] ExchangeWorker exchange_worker() const { return {machine_.die, spec_.exchange, setup_}; }
  void exchange_in_group(std::uint32_t rank, int micro, models::TensorOperation operation, int cores);
  [[nodiscard]] std::int64_t group_tokens(std::uint32_t rank) const;  // of all microbatches
  [[nodiscard]] bool is_moe(std::int64_t layer) const { return model_.has_experts() && layer >= model_.dense_layers; }
  [[nodiscard]] bool counts(std::int64_t layer) const
  {
    return layer < model_.layers && (is_moe(layer) || !model_.has_experts());
  }
  void add_work(DecodeStage stage, const models::StageWork& work) { work_[static_cast<std::size_t>(stage)] += work; }
  // The time since the microbatch's last mark, in microseconds; moves the mark.
  double lap(std::uint32_t rank, int micro, std::int64_t now);

  const DecodeSpec& spec_;
  const DecodePlan& plan_;
  const models::ModelSpec& model_;
  const models::ModelSpec share_;  // what one die of a tensor-parallel group has of it
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  sim::streams::Signal finished_;
  sim::metrics::Progress& progress_;
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
  std::uint64_t seed_;
  models::CoreShare all_cores_;
  std::vector<Rank> ranks_;
  std::vector<ExpertLayer> layers_;  // the MoE layers, the MTP layer last
  std::vector<std::array<AttentionWork, 2>> attention_;
  std::array<std::vector<std::uint32_t>, 2> tokens_;  // [microbatch][rank]: that it dispatches
  ExchangeSetup setup_;
  std::array<std::unique_ptr<ExpertExchange>, 2> exchanges_;
  std::array<std::uint32_t, 2> prepared_{};                          // generations prepared so far
  std::array<std::unique_ptr<TensorExchange>, 2> tensor_exchanges_;  // none with groups of one die
  std::uint32_t ranks_finished_ = 0;
  std::vector<double> iteration_ms_;
  LayerTimes sums_;
  std::array<models::StageWork, DecodeStages> work_;  // sums
  std::uint64_t layers_counted_ = 0;
};

}  // namespace cm::workloads
