#include "workloads/exchanges/exchange_work.h"

#include "models/collectives/unfused_kernels.h"

#include <initializer_list>

namespace cm::workloads {
namespace {

using models::Reordering;
using models::StageWork;

// Rows between a rank and the others.
struct Rows {
  std::int64_t all_sent = 0;  // those to itself included
  std::int64_t all_received = 0;
  std::int64_t own = 0;

  Rows(const ExchangeTraffic& traffic, std::uint32_t rank)
      : all_sent(static_cast<std::int64_t>(traffic.destinations[rank].size())), all_received(traffic.received[rank]),
        own(traffic.counts[static_cast<std::size_t>(rank) * traffic.ranks + rank])
  {
  }

  [[nodiscard]] double bytes_out(Bytes row) const { return static_cast<double>((row * (all_sent - own)).count()); }
  [[nodiscard]] double bytes_back(Bytes row) const { return static_cast<double>((row * (all_received - own)).count()); }
};

StageWork work_of(const ExchangeWorker& worker, std::initializer_list<Reordering> kernels, Seconds spent)
{
  StageWork work;
  Seconds busy;
  for (const Reordering& kernel : kernels) {
    work.memory_bytes += static_cast<double>(kernel.traffic.count());
    busy += kernel.time;
  }
  work.vector_core_seconds = worker.setup.cores * (worker.kind == ExchangeKind::Fused ? spent : busy).count();
  return work;
}

}  // namespace

StageWork dispatch_work(const ExchangeWorker& worker, const ExchangeTraffic& traffic, std::uint32_t rank, Seconds spent)
{
  const ExchangeSetup& setup = worker.setup;
  const Rows rows(traffic, rank);
  const Bytes wire = dispatch_row(worker.die, worker.kind, setup.row, setup.quantised);
  StageWork work;
  if (worker.kind == ExchangeKind::Fused)
    work = work_of(worker, {models::plan_reordering(worker.die, setup.cores, setup.ranks, rows.all_received, wire)},
                   spent);
  else
    work = work_of(worker,
                   {models::plan_counting(worker.die, rows.all_sent),
                    models::plan_permutation(worker.die, setup.cores, rows.all_sent, setup.row, wire),
                    models::plan_grouping(worker.die, setup.cores, rows.all_received, wire)},
                   spent);
  work.sent_bytes = rows.bytes_out(wire);
  work.received_bytes = rows.bytes_back(wire);
  return work;
}

StageWork combine_work(const ExchangeWorker& worker, const ExchangeTraffic& traffic, std::uint32_t rank,
                       std::uint32_t tokens, Seconds spent)
{
  const ExchangeSetup& setup = worker.setup;
  const Rows rows(traffic, rank);
  StageWork work;
  if (worker.kind == ExchangeKind::Fused)
    work =
        work_of(worker, {models::plan_gather(worker.die, setup.cores, tokens, setup.rows_per_token, setup.row)}, spent);
  else
    work = work_of(worker,
                   {models::plan_grouping(worker.die, setup.cores, rows.all_received, setup.row),
                    models::plan_weighing(worker.die, tokens, setup.rows_per_token, setup.row)},
                   spent);
  // Rows go back the way they came.
  work.sent_bytes = rows.bytes_back(setup.row);
  work.received_bytes = rows.bytes_out(setup.row);
  return work;
}

}  // namespace cm::workloads
