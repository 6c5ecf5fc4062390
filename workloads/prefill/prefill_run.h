// One prefill batch as it happens: every rank walks its microbatches through the layers, on its own clock, and meets
// the other ranks in the exchanges.
//
// A microbatch needs the cube cores of its die for attention and for the experts, one microbatch at a time; what works
// on vector cores shares only the HBM; SDMA and the fabric are shared packet by packet. Steps whose sizes depend on the
// gate need a turn of the host process, which drives both microbatches of a die. Mechanism: docs/models/prefill.md.
#pragma once

#include "sim/metrics/progress.h"
#include "workloads/exchanges/bulk_exchange.h"
#include "workloads/prefill/expert_rows.h"
#include "workloads/prefill/layer_costs.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace cm::workloads {

struct PrefillSetup {
  const PrefillDeployment& deployment;
  const models::ModelSpec& model;
  const models::MachineSpec& machine;
  std::vector<PrefillLoad> microbatches;  // one or two
  std::int64_t prompts = 1;               // that end in this batch and need a first token
  std::uint64_t seed = 1;
  std::uint32_t first_die = 0;
  std::uint64_t notice_base = 0;  // notices given to the plane are notice_base + [0, 2^24)
};

class PrefillRun final : public sim::streams::DataPlaneClient {
 public:
  // Plane, engines, progress and what the setup refers to are borrowed. `finished` is raised when the last rank is
  // done.
  PrefillRun(const PrefillSetup& setup, sim::streams::DataPlane& plane, const models::EndpointEngines& engines,
             sim::streams::Signal finished, sim::metrics::Progress& progress);

  // Starts every rank at the data plane's time.
  void start();

  // A notice of this run's range.
  void on_notice(std::uint64_t notice, Picoseconds now) override;

  // Means over ranks, microbatches and the simulated layers (MoE layers when the model has any), in milliseconds. The
  // first layer is left out when there are others: both microbatches enter it together.
  [[nodiscard]] std::array<double, PrefillStages> stage_ms() const;
  // Work of one die for one microbatch in each stage: means as those of stage_ms().
  [[nodiscard]] std::array<models::StageWork, PrefillStages> stage_work() const;
  // The sum of the stages: the way of one microbatch through one layer.
  [[nodiscard]] double layer_ms() const;
  // From the start until the last rank was done, of the layers that are simulated.
  [[nodiscard]] Seconds simulated() const { return to_seconds(Picoseconds(end_ - begin_)); }
  [[nodiscard]] std::int64_t layers_left() const { return layers_left_; }
  // Bytes that all ranks send to others, those of the layers left out included.
  [[nodiscard]] double sent_bytes() const;
  // Most rows that a rank received in a layer over the mean, the worst layer. Empty when no layer has experts.
  [[nodiscard]] std::optional<double> worst_imbalance() const { return worst_imbalance_; }

 private:
  static constexpr int Nobody = -1;

  struct Microbatch {
    std::int64_t layer = 0;
    std::size_t step = 0;
    std::int64_t since = 0;
    std::array<std::int64_t, PrefillExchanges> received{};  // how many of each exchange the rank is through
  };

  // Serves one microbatch at a time.
  struct Server {
    int holder = Nobody;
    int waiting = Nobody;
  };

  struct Rank {
    std::array<Microbatch, 2> microbatches;
    Server cube;
    Server host;
    std::size_t through = 0;  // microbatches that are through all layers
    sim::RandomStream jitter;

    Rank(std::uint64_t seed, std::uint32_t rank) : jitter(seed, "prefill operator jitter", rank) {}
  };

  struct Layer {
    models::Gate gate;
    models::Placement placement;
  };

  // One microbatch's exchanges, of all ranks.
  struct Traffic {
    std::array<std::unique_ptr<BulkExchange>, PrefillExchanges> exchanges;
    std::array<std::int64_t, PrefillExchanges> opened{};  // generations so far
    std::array<ExpertRows, 2> rows;                       // [MoE layer % 2]
    std::int64_t drawn = 0;                               // MoE layers whose rows are drawn
  };

  void build_layers();
  [[nodiscard]] Microbatch& at(std::uint32_t rank, int micro)
  {
    return ranks_[rank].microbatches[static_cast<std::size_t>(micro)];
  }
  [[nodiscard]] std::span<const PrefillStep> steps(std::int64_t layer) const;
  [[nodiscard]] bool counts(std::int64_t layer) const;
  [[nodiscard]] std::uint64_t notice(std::uint32_t rank, int micro) const;
  void next_step(std::uint32_t rank, int micro, std::int64_t now);
  bool perform(std::uint32_t rank, int micro, const PrefillStep& step, std::int64_t now);
  bool take(Server& server, int micro);
  void release_cube(std::uint32_t rank, std::int64_t now);
  void start_turn(std::uint32_t rank, int micro);
  void end_turn(std::uint32_t rank);
  void run(std::uint32_t rank, int micro, const StepCost& cost);
  void add_work(const Microbatch& batch, const models::StageWork& work);
  void on_exchange_notice(int micro, PrefillExchange which, std::uint64_t notice, std::int64_t now);
  [[nodiscard]] bool awaits(const Microbatch& batch, PrefillExchange which) const;
  void send(std::uint32_t rank, int micro, PrefillExchange which);
  [[nodiscard]] std::int64_t generation_of(PrefillExchange which, std::int64_t layer) const;
  [[nodiscard]] std::vector<std::int64_t> exchanged_bytes(int micro, PrefillExchange which,
                                                          std::int64_t generation) const;
  void draw_experts(int micro, std::int64_t layer);
  void end_layer(std::uint32_t rank, int micro);

  PrefillSetup setup_;
  LayerCosts costs_;
  sim::streams::DataPlane& plane_;
  sim::streams::Signal finished_;
  sim::metrics::Progress& progress_;
  std::int64_t layers_ = 0;  // that are simulated
  std::int64_t layers_left_ = 0;
  std::vector<Layer> moe_;
  std::vector<Rank> ranks_;
  std::vector<Traffic> traffic_;  // [microbatch]
  std::uint32_t ranks_finished_ = 0;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::array<double, PrefillStages> sums_{};
  std::array<models::StageWork, PrefillStages> work_;  // sums
  std::uint64_t layers_counted_ = 0;
  std::array<std::int64_t, 2> sent_{};  // bytes, [whether the layer has experts], simulated layers
  std::optional<double> worst_imbalance_;
};

}  // namespace cm::workloads
