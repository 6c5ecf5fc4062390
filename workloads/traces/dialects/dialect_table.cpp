#include "workloads/traces/dialects/dialect_table.h"

#include "workloads/traces/dialects/benchmark_log.h"
#include "workloads/traces/dialects/csv_rows.h"
#include "workloads/traces/dialects/json_lines.h"
#include "workloads/traces/dialects/line_source.h"
#include "workloads/traces/dialects/ordered_requests.h"
#include "workloads/traces/servegen_file.h"
#include "workloads/traces/tar_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace cm::workloads {
namespace {

constexpr std::size_t LinesLookedAt = 200;
constexpr std::size_t BytesLookedAt = std::size_t{1} << 20U;
constexpr std::size_t BytesAhead = std::size_t{64} << 10U;

bool is_tar(const Beginning& beginning)
{
  return begins_like_tar(beginning.bytes);
}

bool mentions(const Beginning& beginning, std::string_view key)
{
  return beginning.bytes.find(fmt::format("\"{}\"", key)) != std::string::npos;
}

// Text from the value of the first key of the name on; empty without such a key.
std::string_view text_behind(const Beginning& beginning, std::string_view key)
{
  constexpr std::string_view Between = ": \t\r\n";
  const std::string_view bytes = beginning.bytes;
  const std::string quoted = fmt::format("\"{}\"", key);
  const std::size_t found = bytes.find(quoted);
  const std::size_t value =
      found == std::string_view::npos ? found : bytes.find_first_not_of(Between, found + quoted.size());
  return value == std::string_view::npos ? std::string_view() : bytes.substr(value);
}

bool has_list(const Beginning& beginning, std::string_view key)
{
  return text_behind(beginning, key).starts_with('[');
}

// Totals or lists of requests; or the settings of a run, in a log that ends before its results.
bool is_benchmark_log(const Beginning& beginning)
{
  if (!beginning.is_json())
    return false;
  return mentions(beginning, "total_input_tokens") || has_list(beginning, "input_lens") ||
         has_list(beginning, "output_lens") || has_list(beginning, "ttfts") ||
         mentions(beginning, "sharegpt_output_len") ||
         (mentions(beginning, "tokenizer_id") && mentions(beginning, "num_prompts"));
}

// Among the backends of vLLM's benchmark is SGLang too; its log names a tokenizer, SGLang's does not.
bool is_sglang_log(const Beginning& beginning)
{
  return is_benchmark_log(beginning) &&
         (mentions(beginning, "total_output_tokens_retokenized") || mentions(beginning, "sharegpt_output_len") ||
          (text_behind(beginning, "backend").starts_with("\"sglang") && !mentions(beginning, "tokenizer_id")));
}

bool is_table_with(const Beginning& beginning, std::initializer_list<std::string_view> names)
{
  return !beginning.is_json() && std::ranges::all_of(names, [&](auto name) { return beginning.has(name); });
}

bool has_keys(const Beginning& beginning, std::initializer_list<std::string_view> names)
{
  return beginning.is_json() && std::ranges::all_of(names, [&](auto name) { return beginning.has(name); });
}

std::unique_ptr<RequestSource> open_lines(const RequestFileSpec& spec, const TraceReading& reading)
{
  auto lines = std::make_unique<FileLines>(spec.path, line_parser(reading), reading.rules,
                                           reading.row->shape == FileShape::Table);
  const bool has_turns = !column(reading.rules.columns, TraceField::Delay).empty();
  if (has_turns || !reading.is_sorted)
    return order_requests(spec, reading, collect(*lines));
  return order_requests(spec, reading, std::move(lines));
}

std::unique_ptr<RequestSource> open_log(const RequestFileSpec& spec, const TraceReading& reading)
{
  RequestFileSpec own = spec;
  own.spread = Seconds(0);  // a client's clock is no grid
  return order_requests(own, reading, read_benchmark_log(spec, reading));
}

std::unique_ptr<RequestSource> open_archive(const RequestFileSpec& spec, const TraceReading& /*reading*/)
{
  return open_servegen(spec.path, spec.seed, spec.skip_damaged_lines);
}

constexpr std::array<DialectRow, 11> Rows{
    {{.name = "servegen",
      .sentence = "a tar archive of ServeGen: clients' rates and lengths, from which requests are drawn",
      .shape = FileShape::Archive,
      .looks_like = is_tar,
      .open = open_archive},
     {.name = "sglang-bench",
      .sentence = "a log of SGLang's bench_serving with --output-details: JSON lines, a run each",
      .shape = FileShape::BenchmarkLog,
      .looks_like = is_sglang_log,
      .open = open_log,
      .time = TimeUnit::Seconds,
      .is_sorted = false,
      .zero_answer_is_failure = true},
     {.name = "vllm-bench",
      .sentence = "a result of vLLM's benchmark with --save-result --save-detailed: a JSON object a run",
      .shape = FileShape::BenchmarkLog,
      .looks_like = is_benchmark_log,
      .open = open_log,
      .time = TimeUnit::Seconds,
      .is_sorted = false,
      .zero_answer_is_failure = true},
     {.name = "azure",
      .sentence = "CSV of Azure's LLM inference traces, TIMESTAMP,ContextTokens,GeneratedTokens",
      .shape = FileShape::Table,
      .looks_like =
          [](const Beginning& b) { return is_table_with(b, {"TIMESTAMP", "ContextTokens", "GeneratedTokens"}); },
      .open = open_lines,
      .time = TimeUnit::Date,
      .columns = {"TIMESTAMP", "ContextTokens", "GeneratedTokens"}},
     {.name = "burstgpt",
      .sentence = "CSV of BurstGPT, Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type, in s",
      .shape = FileShape::Table,
      .looks_like = [](const Beginning& b) { return is_table_with(b, {"Request tokens", "Response tokens"}); },
      .open = open_lines,
      .time = TimeUnit::Seconds,
      .columns = {"Timestamp", "Request tokens", "Response tokens"},
      .zero_answer_is_failure = true},
     {.name = "csv",
      .sentence = "a table with a line of column names",
      .shape = FileShape::Table,
      .looks_like = [](const Beginning& b) { return !b.is_json() && b.names.size() >= 3; },
      .open = open_lines,
      .has_unit = false},
     {.name = "aiperf",
      .sentence = "profile_export.jsonl of AIPerf, dates in ns",
      .looks_like = [](const Beginning& b) { return has_keys(b, {"metadata.request_start_ns"}); },
      .open = open_lines,
      .time = TimeUnit::Nanoseconds,
      .columns = {"metadata.request_start_ns", "metrics.input_sequence_length.value",
                  "metrics.output_sequence_length.value", "", "", "", "error"},
      .is_sorted = false,
      .zero_answer_is_failure = true},
     {.name = "qwen-bailian",
      .sentence =
          "JSON lines of Alibaba's Qwen-Bailian traces, chat_id and parent_chat_id beside Mooncake's keys, in s, "
          "blocks of 16 tokens",
      .looks_like = [](const Beginning& b) { return has_keys(b, {"chat_id", "timestamp", "input_length"}); },
      .open = open_lines,
      .time = TimeUnit::Seconds,
      .block_tokens = 16,
      .columns = {"timestamp", "input_length", "output_length", "hash_ids"}},
     {.name = "mooncake-sessions",
      .sentence = "Mooncake's JSON lines with session_id, and delay (ms) from the end of the session's previous turn",
      .looks_like = [](const Beginning& b) { return has_keys(b, {"session_id", "delay", "input_length"}); },
      .open = open_lines,
      .time = TimeUnit::Milliseconds,
      .block_tokens = 512,
      .columns = {"timestamp", "input_length", "output_length", "hash_ids", "session_id", "delay"}},
     {.name = "mooncake",
      .sentence = "JSON lines of Mooncake, {\"timestamp\": ms, \"input_length\", \"output_length\", \"hash_ids\": "
                  "[...]}, blocks of 512 tokens",
      .looks_like =
          [](const Beginning& b) {
            return b.is_json() && (b.names.empty() || has_keys(b, {"timestamp", "input_length"}));
          },
      .open = open_lines,
      .time = TimeUnit::Milliseconds,
      .block_tokens = 512,
      .columns = {"timestamp", "input_length", "output_length", "hash_ids"}},
     {.name = "jsonl",
      .sentence = "an object {...} a line",
      .looks_like = [](const Beginning& b) { return b.is_json(); },
      .open = open_lines,
      .has_unit = false}}};

std::string first_text(const std::string& bytes)
{
  constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";
  return bytes.starts_with(ByteOrderMark) ? bytes.substr(ByteOrderMark.size()) : bytes;
}

}  // namespace

bool Beginning::is_json() const
{
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string::npos && bytes[first] == '{';
}

FileShape Beginning::shape() const
{
  return is_tar(*this)             ? FileShape::Archive
         : is_benchmark_log(*this) ? FileShape::BenchmarkLog
         : is_json()               ? FileShape::JsonLines
                                   : FileShape::Table;
}

bool Beginning::has(std::string_view name) const
{
  return std::ranges::find(names, name) != names.end();
}

Beginning read_beginning(const std::string& path)
{
  RegularFile file(path);
  Beginning beginning{.bytes = first_text(std::string(file.beginning(BytesAhead))), .lines = {}, .names = {}};
  if (is_tar(beginning) || is_benchmark_log(beginning))
    return beginning;
  std::size_t bytes = 0;
  std::string line;
  while (beginning.lines.size() < LinesLookedAt && bytes < BytesLookedAt && file.next_line(line)) {
    bytes += line.size();
    if (!line.empty())
      beginning.lines.push_back(line);
  }
  if (beginning.lines.empty())
    return beginning;
  if (!beginning.is_json()) {
    beginning.names = csv_cells(beginning.lines.front());
    return beginning;
  }
  // Not all lines have all keys: the first turn of a session has no delay.
  std::unordered_set<std::string> seen;
  for (const std::string& each : beginning.lines)
    for (std::string& name : json_names(each))
      if (seen.insert(name).second)
        beginning.names.push_back(std::move(name));
  return beginning;
}

std::unique_ptr<LineParser> line_parser(const TraceReading& reading)
{
  return reading.row->shape == FileShape::Table ? csv_row_parser(reading.rules.columns, reading.header)
                                                : json_line_parser(reading.rules.columns);
}

std::span<const DialectRow> trace_dialects()
{
  return Rows;
}

const DialectRow* find_dialect(std::string_view name)
{
  const auto rows = trace_dialects();
  const auto found = std::ranges::find(rows, name, &DialectRow::name);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace cm::workloads
