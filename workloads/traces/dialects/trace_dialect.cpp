#include "workloads/traces/dialects/trace_dialect.h"

#include "sim/config/suggestion.h"
#include "workloads/traces/dialects/dialect_table.h"

#include <fmt/format.h>

namespace cm::workloads {
namespace {

using sim::config::Reader;

void read_name(Reader& format, TraceDialect& dialect)
{
  std::vector<std::string> names;
  for (const DialectRow& row : trace_dialects())
    names.emplace_back(row.name);
  const std::string sentence =
      fmt::format("kind of file: {}; without this key its beginning decides", sim::config::joined(names, ", "));
  format.optional({"dialect", sentence}, dialect.name);
  if (!dialect.name.empty() && find_dialect(dialect.name) == nullptr)
    format.complain("dialect", fmt::format("expected a dialect, found \"{}\"{}", dialect.name,
                                           sim::config::suggestion(dialect.name, names, "dialects")));
}

void read_time(Reader& format, TraceDialect& dialect)
{
  TimeUnit unit = TimeUnit::Milliseconds;
  format.choice({"time", "unit of the time stamps; epoch: since 1970 in s, ms, us or ns, date: as text; without this "
                         "key that of the dialect, or what the first lines look like"},
                unit,
                {{"s", TimeUnit::Seconds},
                 {"ms", TimeUnit::Milliseconds},
                 {"us", TimeUnit::Microseconds},
                 {"ns", TimeUnit::Nanoseconds},
                 {"epoch", TimeUnit::Epoch},
                 {"date", TimeUnit::Date}});
  if (format.has("time"))
    dialect.time = unit;
}

void read_blocks(Reader& format, std::int64_t cached_block_tokens, TraceDialect& dialect)
{
  std::int64_t tokens = cached_block_tokens;
  format.optional({"block_tokens",
                   "tokens that a hash id stands for, a divisor or a multiple of workload.block_tokens; without this "
                   "key the size that fits the first lines",
                   static_cast<double>(LeastBlockTokens), static_cast<double>(MostBlockTokens)},
                  tokens);
  if (!format.has("block_tokens"))
    return;
  if (can_regroup(tokens, cached_block_tokens))
    dialect.block_tokens = tokens;
  else
    format.complain("block_tokens", fmt::format("expected a divisor or a multiple of workload.block_tokens, {}, found "
                                                "{}: ids are put together, or divided, into cached blocks",
                                                cached_block_tokens, tokens));
}

void read_columns(Reader columns, TraceDialect& dialect)
{
  constexpr std::array<std::string_view, TraceFields> Sentences{
      "column of the time stamps",
      "column of the tokens of the prompts",
      "column of the tokens of the answers",
      "column of the lists of hash ids",
      "column of the names of sessions, whose turns follow each other",
      "column of the time from the end of a session's previous turn to this one",
      "column that says whether a request failed when it was recorded"};
  for (std::size_t field = 0; field < TraceFields; ++field)
    columns.optional({TraceFieldKeys[field], Sentences[field]}, dialect.columns[field]);
  columns.finish();
}

}  // namespace

TraceDialect read_trace_dialect(Reader format, std::int64_t cached_block_tokens)
{
  TraceDialect dialect;
  read_name(format, dialect);
  read_time(format, dialect);
  read_blocks(format, cached_block_tokens, dialect);
  read_columns(format.optional_section({"columns", "names of the file's columns (CSV) or keys (JSON, a dot between "
                                                   "outer and inner key) where they are not the dialect's"}),
               dialect);
  bool is_sorted = true;
  format.optional({"sorted", "whether lines stand in order of time; false: all are read and sorted first"}, is_sorted);
  if (format.has("sorted"))
    dialect.is_sorted = is_sorted;
  std::int64_t run = 1;
  format.optional({"run", "which run of a benchmark's log, counted from 1; without this key the last", 1.0, 1e6}, run);
  if (format.has("run"))
    dialect.run = run;
  format.finish();
  return dialect;
}

}  // namespace cm::workloads
