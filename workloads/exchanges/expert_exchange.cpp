#include "workloads/exchanges/expert_exchange.h"

#include "models/collectives/unfused_kernels.h"
#include "sim/diagnostics/ensure.h"
#include "workloads/exchanges/exchange_work.h"
#include "workloads/exchanges/fused_exchange.h"
#include "workloads/exchanges/unfused_exchange.h"

#include <utility>

namespace cm::workloads {

void read_exchange_kind(sim::config::Reader& workload, const models::DieSpec& die, bool may_quantise,
                        ExchangeKind& kind, bool& quantised)
{
  enum class Rows { Int8, Bf16 };
  bool fused = true;
  workload.optional({"fused", "fused kernels; false: three all-to-alls with the host between them"}, fused);
  kind = fused ? ExchangeKind::Fused : ExchangeKind::Unfused;
  // A die of no cores is one that could not be read.
  if (!fused && die.protocols.empty() && die.aiv_cores > 0)
    workload.complain("fused", "the die runs no collectives, which an unfused exchange is made of: expected "
                               "machine.die.collectives, or true");
  Rows rows = fused && may_quantise ? Rows::Int8 : Rows::Bf16;
  workload.choice(
      {"dispatch_quantisation", "number format of the rows of dispatch; the unfused exchange sends bf16 unless told"},
      rows, {{"int8", Rows::Int8}, {"bf16", Rows::Bf16}});
  if (rows == Rows::Int8 && !may_quantise)
    workload.complain("dispatch_quantisation", "experts in BF16 take rows in BF16: expected bf16");
  quantised = rows == Rows::Int8;
}

Bytes dispatch_row(const models::DieSpec& die, ExchangeKind kind, Bytes row, bool quantised)
{
  return kind == ExchangeKind::Fused ? models::fused_row(die, row, quantised)
                                     : models::unfused_row(die, row, quantised);
}

ExpertExchange::ExpertExchange(ExchangeKind kind, const ExchangeSetup& setup, const ExchangePlace& place,
                               RowSource source)
    : kind_(kind), setup_(setup), place_(place), source_(std::move(source))
{
  ensure(place.first_die == 0, "the group starts at die {}", place.first_die);
}

void ExpertExchange::open(std::uint32_t generation)
{
  Rows& rows = rows_[generation % 2];
  rows.tokens = source_(generation, rows.traffic);
  expect_rows(generation);
}

models::StageWork ExpertExchange::work(std::uint32_t part, std::uint32_t generation, std::uint32_t rank,
                                       Seconds spent) const
{
  const ExchangeWorker worker{place_.machine.die, kind_, setup_};
  return part == DispatchPart ? dispatch_work(worker, traffic(generation), rank, spent)
                              : combine_work(worker, traffic(generation), rank, tokens(generation, rank), spent);
}

void ExpertExchange::show_on(RankTimeline& timeline)
{
  timeline_ = &timeline;
  timeline.name_parts(part_names());
}

void ExpertExchange::mark(ExchangeMark mark, std::uint32_t generation, std::uint32_t rank) const
{
  if (timeline_ != nullptr)
    timeline_->mark({rank, place_.microbatch}, mark, generation, traffic(generation), place_.plane.now());
}

std::unique_ptr<ExpertExchange> make_exchange(ExchangeKind kind, const ExchangeSetup& setup, const ExchangePlace& place,
                                              RowSource rows)
{
  if (kind == ExchangeKind::Unfused)
    return std::make_unique<UnfusedExchange>(setup, place, std::move(rows));
  return std::make_unique<FusedExchange>(setup, place, std::move(rows));
}

}  // namespace cm::workloads
