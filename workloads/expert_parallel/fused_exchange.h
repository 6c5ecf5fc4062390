// Runs fused dispatch and combine on the data plane for a group of ranks on consecutive dies. Each rank moves on its
// own: it starts when it is ready and waits for others only where the kernels do, at dispatch's barrier and for its
// tokens in combine. Mechanism: docs/models/expert-exchange.md.
#pragma once

#include "models/collectives/fused_exchange.h"
#include "models/network/machine.h"
#include "workloads/expert_parallel/rank_timeline.h"
#include "workloads/expert_parallel/token_routing.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace cm::workloads {

struct ExchangeSetup {
  std::uint32_t ranks = 0;
  int cores = 0;          // vector cores that the kernels run on
  Bytes row;              // one token's hidden state in BF16
  bool quantised = true;  // INT8 rows in dispatch
  std::uint32_t rows_per_token = 0;
};

// Told when a rank gets through a kernel, inside the event.
class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  // `waited`: what the rank spent in the barrier after its own flags had left.
  virtual void on_dispatched(std::uint32_t exchange, std::uint32_t rank, Picoseconds now, Picoseconds waited) = 0;
  // `waited`: from the end of the rank's own sending until its last token was back.
  virtual void on_combined(std::uint32_t exchange, std::uint32_t rank, Picoseconds now, Picoseconds waited) = 0;
};

// One exchange at a time per rank, dispatch then combine; `id` tells several apart (microbatches). A rank may be one
// exchange ahead of another, never two, because dispatch ends in a barrier: state is kept for two generations.
class FusedExchange {
 public:
  // Plane, machine, engines and listener are borrowed. Notices given to the plane are notice_base + [0, 2^32).
  FusedExchange(std::uint32_t id, const ExchangeSetup& setup, const models::MachineSpec& machine,
                sim::streams::DataPlane& plane, const models::EndpointEngines& engines, ExchangeListener& listener,
                std::uint64_t notice_base);

  // Tells the timeline, which is borrowed, every step of every rank from now on.
  void show_on(RankTimeline& timeline) { timeline_ = &timeline; }

  // Where the traffic of the next generation is to be laid out, before its first rank starts. `tokens` per rank.
  ExchangeTraffic& prepare(std::uint32_t generation, const std::vector<std::uint32_t>& tokens);
  // To be called when prepare()'s traffic is filled in.
  void open(std::uint32_t generation);

  void start_dispatch(std::uint32_t generation, std::uint32_t rank);
  void start_combine(std::uint32_t generation, std::uint32_t rank);
  [[nodiscard]] const ExchangeTraffic& traffic(std::uint32_t generation) const { return state(generation).traffic; }

  // A notice of this exchange's range, base subtracted.
  void on_notice(std::uint64_t notice, Picoseconds now);

 private:
  enum class Step : std::uint8_t {
    SendDispatch,
    Fenced,
    FlagsReady,
    LeaveBarrier,
    Reordered,
    SendCombine,
    CombineSent,
    TokensBack,
    Gathered
  };

  struct RankState {
    std::int64_t flags_ready = 0;
    std::int64_t leaves = 0;  // the barrier, as far as known
    std::int64_t sent = -1;   // end of the rank's own sending in combine
    std::int64_t tokens_back = -1;
  };

  struct Generation {
    std::uint32_t number = 0;
    ExchangeTraffic traffic;
    std::vector<std::uint32_t> tokens;
    std::vector<RankState> ranks;
    std::uint32_t flags_set = 0;
    sim::fabric::InboxIndex token_inboxes = 0;  // [rank]: rows that come back
    sim::fabric::InboxIndex flag_inboxes = 0;
  };

  Generation& state(std::uint32_t generation) { return generations_[generation % 2]; }
  [[nodiscard]] const Generation& state(std::uint32_t generation) const { return generations_[generation % 2]; }
  [[nodiscard]] std::uint64_t notice(Step step, std::uint32_t generation, std::uint32_t rank) const;
  void show(ExchangeMark mark, const Generation& generation, std::uint32_t rank)
  {
    if (timeline_ != nullptr)
      timeline_->mark({rank, id_}, mark, generation.number, generation.traffic, plane_.now());
  }
  void send_dispatch(Generation& generation, std::uint32_t rank);
  void set_flags(Generation& generation, std::uint32_t rank, std::int64_t now);
  void send_flag_packets(Generation& generation, std::uint32_t rank);
  void reorder(Generation& generation, std::uint32_t rank);
  void send_combine(Generation& generation, std::uint32_t rank);
  void gather_if_ready(Generation& generation, std::uint32_t rank);

  std::uint32_t id_;
  ExchangeSetup setup_;
  const models::MachineSpec& machine_;
  sim::streams::DataPlane& plane_;
  const models::EndpointEngines& engines_;
  ExchangeListener& listener_;
  std::uint64_t notice_base_;
  Picoseconds token_flag_delay_;
  models::ExchangePlan dispatch_;
  models::ExchangePlan combine_;
  std::array<Generation, 2> generations_;
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
};

}  // namespace cm::workloads
