// Runs the all-reduces, reduce-scatters and all-gathers of tensor-parallel groups on the data plane. Groups are
// consecutive ranks; each moves on its own. A die is through when its own writes are acknowledged and every piece for
// it has come and been added up. Mechanism and costs: models/collectives/tensor_operation.h; writes are paced as those
// of combine are, and a piece counts as arrived when its flag, written after it, has.
#pragma once

#include "models/collectives/tensor_operation.h"
#include "workloads/exchanges/exchange.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace cm::workloads {

// Parts of the exchange: attention's heads and the feed-forward's columns are split, and each needs one.
inline constexpr std::uint32_t AfterAttention = 0;
inline constexpr std::uint32_t AfterFeedForward = 1;

// A rank's part of an exchange, and the number of vector cores that the kernel runs on. task.members is the group's
// size.
struct TensorKernel {
  models::TensorTask task;
  int cores = 0;
};
using TensorSource = std::function<TensorKernel(std::uint32_t part, std::uint32_t rank)>;

// One exchange at a time per rank. All ranks of a group start the same exchanges in the same order. A rank may be one
// phase ahead of another of its group, never two, because it waits for a message of every other one: inboxes are kept
// for two phases.
class TensorExchange final : public Exchange, private sim::streams::NoticeOwner {
 public:
  // Requires ranks that divide into groups of at least two.
  TensorExchange(std::uint32_t ranks, std::uint32_t group_size, const ExchangePlace& place, TensorSource source);

  // Vector cores are held from start to end.
  [[nodiscard]] models::StageWork work(std::uint32_t part, std::uint32_t generation, std::uint32_t rank,
                                       Seconds spent) const override;
  // One bar for each exchange, on the track of the part's number.
  void show_on(RankTimeline& timeline) override { timeline_ = &timeline; }

 private:
  enum class Step : std::uint8_t { Send, Fenced, Received, Reduced };

  struct RankState {
    std::uint32_t part = AfterAttention;
    TensorKernel kernel;
    bool gathers = false;  // in the all-gather, no more in the reduce-scatter
    bool sent = false;
    std::uint32_t phase = 0;         // so far
    std::array<bool, 2> received{};  // [phase % 2]
  };

  // Groups move on their own: each lays out its phases itself.
  void open(std::uint32_t /*generation*/) override {}
  void begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank) override;
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;
  void begin_phase(std::uint32_t rank);
  void send(std::uint32_t rank);
  void expect_pieces(std::uint32_t group, const RankState& state);
  void end_phase_if_done(std::uint32_t rank, Picoseconds now);
  void finish(std::uint32_t rank, Picoseconds now);
  [[nodiscard]] std::int64_t piece_bytes(const RankState& state, std::uint32_t member) const;

  std::uint32_t size_;
  ExchangePlace place_;
  TensorSource source_;
  sim::streams::NoticeRange notices_;  // member: rank, detail: which of two phases
  std::vector<RankState> ranks_;
  std::vector<std::uint32_t> opened_phases_;  // [group]: phases whose inboxes wait so far
  std::array<sim::fabric::InboxIndex, 2> inboxes_{};
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
};

}  // namespace cm::workloads
