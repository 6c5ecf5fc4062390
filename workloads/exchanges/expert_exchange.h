// Both ways to exchange tokens with experts: fused kernels and the unfused baseline.
#pragma once

#include "sim/config/reader.h"
#include "workloads/exchanges/exchange.h"
#include "workloads/exchanges/rank_timeline.h"
#include "workloads/exchanges/token_routing.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace cm::workloads {

struct ExchangeSetup {
  std::uint32_t ranks = 0;
  int cores = 0;          // vector cores that the kernels run on
  Bytes row;              // one token's hidden state in BF16
  bool quantised = true;  // INT8 rows in dispatch
  std::uint32_t rows_per_token = 0;
  std::uint32_t slots_per_rank = 1;  // whose rows are counted apart
};

enum class ExchangeKind { Fused, Unfused };

// Parts of the exchange.
inline constexpr std::uint32_t DispatchPart = 0;
inline constexpr std::uint32_t CombinePart = 1;

// Lays out the rows of a generation and returns the number of tokens of each rank.
using RowSource = std::function<std::vector<std::uint32_t>(std::uint32_t generation, ExchangeTraffic& traffic)>;

// One exchange at a time per rank, dispatch then combine. A rank may be one exchange ahead of another, never two,
// because dispatch waits for all peers: state is kept for two generations. A rank waits in dispatch for its peers'
// flags, counts and rows when its own are out, in combine from the end of its sending until its last token is back.
class ExpertExchange : public Exchange {
 public:
  // Traffic and tokens of one of the last two generations.
  [[nodiscard]] const ExchangeTraffic& traffic(std::uint32_t generation) const { return rows_[generation % 2].traffic; }
  [[nodiscard]] std::uint32_t tokens(std::uint32_t generation, std::uint32_t rank) const
  {
    return rows_[generation % 2].tokens[rank];
  }
  [[nodiscard]] models::StageWork work(std::uint32_t part, std::uint32_t generation, std::uint32_t rank,
                                       Seconds spent) const final;
  void show_on(RankTimeline& timeline) final;

 protected:
  ExpertExchange(ExchangeKind kind, const ExchangeSetup& setup, const ExchangePlace& place, RowSource source);

  [[nodiscard]] const ExchangeSetup& setup() const { return setup_; }
  [[nodiscard]] const ExchangePlace& place() const { return place_; }
  // Tells the timeline, where there is one, of a moment of the rank's exchange.
  void mark(ExchangeMark mark, std::uint32_t generation, std::uint32_t rank) const;

 private:
  struct Rows {
    ExchangeTraffic traffic;
    std::vector<std::uint32_t> tokens;  // [rank]
  };

  void open(std::uint32_t generation) final;
  // Awaits the rows of a generation, which are laid out.
  virtual void expect_rows(std::uint32_t generation) = 0;
  // Names of the exchange's parts on a timeline.
  [[nodiscard]] virtual PartNames part_names() const = 0;

  ExchangeKind kind_;
  ExchangeSetup setup_;
  ExchangePlace place_;
  RowSource source_;
  std::array<Rows, 2> rows_;          // [generation % 2]
  RankTimeline* timeline_ = nullptr;  // null: nobody asked for one
};

// Keys fused and dispatch_quantisation. Rows leave quantised unless the exchange is unfused, a BF16 model
// (`may_quantise`: false) has them or the user says so.
void read_exchange_kind(sim::config::Reader& workload, const models::DieSpec& die, bool may_quantise,
                        ExchangeKind& kind, bool& quantised);

// A row of dispatch on the wire. `row`: BF16, as rows of combine are.
Bytes dispatch_row(const models::DieSpec& die, ExchangeKind kind, Bytes row, bool quantised);

std::unique_ptr<ExpertExchange> make_exchange(ExchangeKind kind, const ExchangeSetup& setup, const ExchangePlace& place,
                                              RowSource rows);

}  // namespace cm::workloads
