#include "workloads/traces/dialects/trace_dialect.h"

#include <fmt/format.h>

namespace cm::workloads {

TraceDialect read_trace_dialect(sim::config::Reader format, std::int64_t cached_block_tokens)
{
  TraceDialect dialect;
  TimeUnit unit = TimeUnit::Milliseconds;
  format.choice({"time", "unit of the time stamps of JSON lines; without this key whole milliseconds"}, unit,
                {{"s", TimeUnit::Seconds},
                 {"ms", TimeUnit::Milliseconds},
                 {"us", TimeUnit::Microseconds},
                 {"ns", TimeUnit::Nanoseconds}});
  if (format.has("time"))
    dialect.time = unit;
  std::int64_t tokens = cached_block_tokens;
  format.optional({"block_tokens",
                   "tokens that a hash id of JSON lines stands for, a divisor of workload.block_tokens; without this "
                   "key the same",
                   static_cast<double>(LeastBlockTokens), static_cast<double>(MostBlockTokens)},
                  tokens);
  if (format.has("block_tokens") && cached_block_tokens % tokens == 0)
    dialect.block_tokens = tokens;
  else if (format.has("block_tokens"))
    format.complain("block_tokens", fmt::format("expected a divisor of workload.block_tokens, {}, found {}: a cached "
                                                "block is made of whole ids",
                                                cached_block_tokens, tokens));
  format.finish();
  return dialect;
}

}  // namespace cm::workloads
