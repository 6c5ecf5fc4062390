// One group of ranks that dispatches and combines on an idle machine. All ranks start a kernel together; the next one
// starts when the slowest rank is through.
#pragma once

#include "sim/metrics/histogram.h"
#include "workloads/exchanges/expert_exchange.h"
#include "workloads/exchanges/rank_timeline.h"
#include "workloads/expert_parallel/ep_spec.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace cm::workloads {

// Times of all ranks and repeats: the kernels, and the waits for others in either.
struct EpTimes {
  sim::metrics::Histogram dispatch_us{"us"};
  sim::metrics::Histogram combine_us{"us"};
  sim::metrics::Histogram wait_us{"us"};
};

class EpGroup final : public ExchangeListener {
 public:
  // Machine, plane and engines are borrowed. `phase_done` is raised when the slowest rank is through a kernel.
  EpGroup(const EpSpec& spec, const models::MachineSpec& machine, sim::streams::DataPlane& plane,
          const models::EndpointEngines& engines, sim::streams::Signal phase_done);

  // Tells the timeline, which is borrowed, what happens from now on.
  void show_on(RankTimeline& timeline);

  // The first kernel of a repeat: routes the tokens and starts dispatch on every rank.
  void start_dispatch(std::uint32_t repeat, const RoutingTask& task, sim::RandomStream& random);
  void start_combine();

  void on_exchanged(const ExchangeEnd& end) override;

  [[nodiscard]] const EpTimes& times() const { return times_; }
  // From the start of the last kernel to its slowest rank.
  [[nodiscard]] double phase_us() const { return microseconds(end_ - start_); }

  // Use of a die in both kernels, means over ranks and repeats.
  [[nodiscard]] sim::metrics::Table use() const;

 private:
  void begin();

  std::uint32_t ranks_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  sim::streams::Signal phase_done_;
  std::vector<std::uint32_t> tokens_;
  const RoutingTask* task_ = nullptr;  // of the repeat that starts, and the draws that it takes
  sim::RandomStream* random_ = nullptr;
  std::unique_ptr<ExpertExchange> exchange_;
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
  std::uint32_t generation_ = 0;
  std::uint32_t ranks_done_ = 0;
  Picoseconds start_;
  Picoseconds end_;
  EpTimes times_;
  std::array<models::StageWork, 2> work_;  // [part]: sums
};

}  // namespace cm::workloads
