// Interface of both ways to exchange tokens with experts: fused kernels and the unfused baseline. Each rank moves on
// its own and tells a listener when it is finished.
#pragma once

#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "workloads/exchanges/rank_timeline.h"
#include "workloads/exchanges/token_routing.h"

#include <cstdint>
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

// Told when a rank gets through a kernel, inside the event.
class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  // `waited`: what the rank spent waiting for its peers' flags, counts and rows when its own were out.
  virtual void on_dispatched(std::uint32_t exchange, std::uint32_t rank, Picoseconds now, Picoseconds waited) = 0;
  // `waited`: from the end of the rank's own sending until its last token was back.
  virtual void on_combined(std::uint32_t exchange, std::uint32_t rank, Picoseconds now, Picoseconds waited) = 0;
};

// One exchange at a time per rank, dispatch then combine. A rank may be one exchange ahead of another, never two,
// because dispatch waits for all peers: state is kept for two generations.
class ExpertExchange {
 public:
  virtual ~ExpertExchange() = default;

  // Traffic that a generation carries. To be laid out anew before open().
  virtual ExchangeTraffic& traffic(std::uint32_t generation) = 0;
  // To be called before the first rank starts the generation. `tokens` per rank.
  virtual void open(std::uint32_t generation, const std::vector<std::uint32_t>& tokens) = 0;
  virtual void start_dispatch(std::uint32_t generation, std::uint32_t rank) = 0;
  virtual void start_combine(std::uint32_t generation, std::uint32_t rank) = 0;
  // A notice of this exchange's range, base subtracted.
  virtual void on_notice(std::uint64_t notice, Picoseconds now) = 0;
  // Tells the timeline, which is borrowed, every step of every rank from now on.
  virtual void show_on(RankTimeline& timeline) = 0;
};

// Resources that an exchange runs on, all borrowed. `id` tells several exchanges apart (microbatches). Notices given to
// the plane are notice_base + [0, 2^32).
struct ExchangePlace {
  std::uint32_t id = 0;
  const models::MachineSpec& machine;
  sim::streams::DataPlane& plane;
  const models::EndpointEngines& engines;
  ExchangeListener& listener;
  std::uint64_t notice_base = 0;
};

enum class ExchangeKind { Fused, Unfused };

// Keys fused and dispatch_quantisation. Rows leave quantised unless the exchange is unfused, a BF16 model
// (`may_quantise`: false) has them or the user says so.
void read_exchange_kind(sim::config::Reader& workload, const models::DieSpec& die, bool may_quantise,
                        ExchangeKind& kind, bool& quantised);

// A row of dispatch on the wire. `row`: BF16, as rows of combine are.
Bytes dispatch_row(const models::DieSpec& die, ExchangeKind kind, Bytes row, bool quantised);

std::unique_ptr<ExpertExchange> make_exchange(ExchangeKind kind, const ExchangeSetup& setup,
                                              const ExchangePlace& place);

}  // namespace cm::workloads
