#include "models/collectives/fused_kernels.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::models {
namespace {

ExchangePlan plan(const DieSpec& die, int cores, Bytes message, Seconds extra_round_trip)
{
  ensure(cores > 0 && cores <= die.aiv_cores, "an exchange on {} of {} vector cores", cores, die.aiv_cores);
  const double share = static_cast<double>(cores) / die.exchange.saturating_cores;
  return {.message = message,
          .issue_rate = die.write_engine * share,
          .before_send = die.exchange.launch,
          .pause = extra_round_trip * (die.exchange.exposed_latency / die.exchange.saturating_cores)};
}

}  // namespace

Bytes fused_row(const DieSpec& die, Bytes row, bool quantised)
{
  return (quantised ? Bytes(row.count() / 2) : row) + die.exchange.slot;
}

ExchangePlan plan_dispatch(const DieSpec& die, int cores, Bytes row, bool quantised, Seconds extra_round_trip)
{
  return plan(die, cores, fused_row(die, row, quantised), extra_round_trip);
}

ExchangePlan plan_combine(const DieSpec& die, int cores, Bytes row, Seconds extra_round_trip)
{
  return plan(die, cores, row, extra_round_trip);
}

Seconds flag_delay(const DieSpec& die)
{
  return die.exchange.synchronise;
}

Seconds row_copies(const DieSpec& die, int cores, std::int64_t rows)
{
  const double slowdown = std::max(1.0, static_cast<double>(die.exchange.saturating_cores) / cores);
  return die.exchange.reorder * (static_cast<double>(rows) * slowdown);
}

Reordering plan_reordering(const DieSpec& die, int cores, std::int64_t peers, std::int64_t received, Bytes message)
{
  const Seconds counting = die.exchange.per_peer * static_cast<double>(peers);
  return {counting + row_copies(die, cores, received), message * (2 * received)};
}

Reordering plan_gather(const DieSpec& die, int cores, std::int64_t tokens, std::int64_t rows_per_token, Bytes row)
{
  const Bytes traffic = row * (std::min<std::int64_t>(cores, tokens) * (rows_per_token + 1));
  return {traffic / die.usable_hbm_bandwidth(), traffic};
}

}  // namespace cm::models
