// Runs fused dispatch and combine on the data plane for a group of ranks on consecutive dies. Each rank moves on its
// own: it starts when it is ready and waits for others only where the kernels do, at dispatch's barrier and for its
// tokens in combine. Mechanism: docs/models/expert-exchange.md.
#pragma once

#include "models/collectives/fused_kernels.h"
#include "workloads/exchanges/expert_exchange.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::workloads {

class FusedExchange final : public ExpertExchange, private sim::streams::NoticeOwner {
 public:
  FusedExchange(const ExchangeSetup& setup, const ExchangePlace& place, RowSource rows);

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
    std::vector<RankState> ranks;
    std::uint32_t flags_set = 0;
    sim::fabric::InboxIndex token_inboxes = 0;  // [rank]: rows that come back
    sim::fabric::InboxIndex flag_inboxes = 0;
  };

  Generation& state(std::uint32_t generation) { return generations_[generation % 2]; }
  void expect_rows(std::uint32_t generation) override;
  [[nodiscard]] PartNames part_names() const override;
  void begin(std::uint32_t part, std::uint32_t generation, std::uint32_t rank) override;
  void on_notice(const sim::streams::Notice& notice, Picoseconds now) override;
  [[nodiscard]] std::uint64_t notice(Step step, std::uint32_t generation, std::uint32_t rank) const
  {
    return notices_(step, rank, generation % 2);
  }
  void pace(const models::ExchangePlan& plan, sim::fabric::FlowSpec& flow) const;
  void send_dispatch(Generation& generation, std::uint32_t rank);
  void set_flags(Generation& generation, std::uint32_t rank, std::int64_t now);
  void send_flag_packets(Generation& generation, std::uint32_t rank);
  void reorder(Generation& generation, std::uint32_t rank);
  void send_combine(Generation& generation, std::uint32_t rank);
  void gather_if_ready(Generation& generation, std::uint32_t rank);

  sim::streams::NoticeRange notices_;  // member: rank, detail: which of two generations
  Picoseconds token_flag_delay_;
  models::ExchangePlan dispatch_;
  models::ExchangePlan combine_;
  std::array<Generation, 2> generations_;
};

}  // namespace cm::workloads
