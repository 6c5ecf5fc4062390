// The basic flow that the fused kernels replace, on the data plane. Dispatch: rows are counted, an all-to-all tells
// every peer how many it gets, the host reads the counts and launches what follows with shapes that it now knows: rows
// are copied into a send buffer, an all-to-all carries them, a kernel groups them by expert. Combine: rows are put in
// order, an all-to-all carries them back, a kernel adds them up. docs/models/unfused-exchange.md.
#pragma once

#include "models/collectives/unfused_kernels.h"
#include "workloads/exchanges/expert_exchange.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cm::workloads {

class UnfusedExchange final : public ExpertExchange, private sim::streams::NoticeOwner {
 public:
  UnfusedExchange(const ExchangeSetup& setup, const ExchangePlace& place, RowSource rows);

 private:
  // The three all-to-alls.
  enum Round : std::size_t { Counts, Rows, Outputs };
  enum class Step : std::uint8_t {
    Counted,
    SendCounts,
    CountsSent,
    CountsHere,
    HostKnows,
    Permute,
    Permuted,
    SendRows,
    RowsSent,
    RowsHere,
    Group,
    Grouped,
    OutputsInOrder,
    SendOutputs,
    OutputsSent,
    OutputsHere,
    Weighed
  };

  // One all-to-all of one rank; times are below zero until they are known.
  struct RankRound {
    std::int64_t sent = -1;
    std::int64_t here = -1;

    [[nodiscard]] bool is_over() const { return sent >= 0 && here >= 0; }
    [[nodiscard]] std::int64_t waited() const { return here > sent ? here - sent : 0; }
  };

  struct RankState {
    std::array<RankRound, 3> rounds;
    std::int64_t host_knows = 0;
  };

  struct Generation {
    std::uint32_t number = 0;
    std::vector<RankState> ranks;
    std::array<sim::fabric::InboxIndex, 3> inboxes{};        // [round], then by rank
    std::array<const models::ProtocolSpec*, 3> protocols{};  // [round]
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
  void run(const models::Reordering& kernel, Step end, const Generation& generation, std::uint32_t rank);
  // The kernel that the host launches as `number`th after it knew the counts: not before the host gets to it.
  void launch(std::uint32_t number, Seconds start_up, Step step, const Generation& generation, std::uint32_t rank);
  // One message for each peer that gets any bytes.
  void send(Round round, Step sent, Generation& generation, std::uint32_t rank);
  // How the library carries a round: as it would one in which all ranks send the mean.
  [[nodiscard]] const models::ProtocolSpec& choose_protocol(Round round, const Generation& generation) const;
  [[nodiscard]] Bytes row(Round round) const { return round == Rows ? wire_row_ : setup().row; }
  void add_messages(sim::fabric::FlowSpec& flow, Round round, const Generation& generation, std::uint32_t peer) const;
  [[nodiscard]] Bytes bytes_between(Round round, const Generation& generation, std::uint32_t source,
                                    std::uint32_t destination) const;
  void end_of_sending(Round round, Generation& generation, std::uint32_t rank, std::int64_t now);
  void arrival(Round round, Generation& generation, std::uint32_t rank, std::int64_t now);
  void go_on_after(Round round, Generation& generation, std::uint32_t rank);

  sim::streams::NoticeRange notices_;  // member: rank, detail: which of two generations
  Bytes wire_row_;
  std::array<Generation, 2> generations_;
};

}  // namespace cm::workloads
