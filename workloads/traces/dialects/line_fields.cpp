#include "workloads/traces/dialects/line_fields.h"

#include "sim/diagnostics/ensure.h"
#include "sim/units/bit_mix.h"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace cm::workloads {
namespace {

// Longest time from turn to turn, in seconds.
constexpr double LongestDelay = 1e6;

// An id for every `group` ids in front, the last group perhaps not full: equal ones mean that all ids up to there are
// equal.
std::vector<std::uint64_t> grouped(std::span<const std::uint64_t> ids, std::size_t group)
{
  std::vector<std::uint64_t> groups;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    so_far = mix_index(so_far + mix_index(ids[i]));
    if ((i + 1) % group == 0 || i + 1 == ids.size())
      groups.push_back(so_far);
  }
  return groups;
}

// `parts` ids for every id, as far as `count` goes.
std::vector<std::uint64_t> divided(std::span<const std::uint64_t> ids, std::size_t parts, std::size_t count)
{
  std::vector<std::uint64_t> pieces;
  pieces.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    pieces.push_back(mix_index(mix_index(ids[i / parts]) + i % parts));
  return pieces;
}

std::int64_t blocks_of(std::int64_t tokens, std::int64_t block_tokens)
{
  return (tokens + block_tokens - 1) / block_tokens;
}

// Whether a failure is told: neither null nor false, 0 or empty.
bool says_failed(const FieldValue& value)
{
  switch (value.kind) {
  case FieldValue::Kind::Missing:
  case FieldValue::Kind::Null: return false;
  case FieldValue::Kind::Integer:
  case FieldValue::Kind::Number: return value.number != 0;
  case FieldValue::Kind::Text: return !value.text.empty() && value.text != "false" && value.text != "False";
  default: return value.text != "false";
  }
}

class RecordReader {
 public:
  RecordReader(LineFields&& fields, const RecordRules& rules, std::string_view line, const LineParser& parser)
      : fields_(std::move(fields)), rules_(rules), line_(line), parser_(parser)
  {
  }

  Parsed read()
  {
    if (says_failed(fields_[TraceField::Failed]))
      return FailedRequest{};
    if (auto wrong = read_session())
      return std::move(*wrong);
    if (auto wrong = read_time())
      return std::move(*wrong);
    if (auto wrong = read_tokens(TraceField::Input, 1, record_.request.input_tokens))
      return std::move(*wrong);
    if (auto wrong =
            read_tokens(TraceField::Output, rules_.zero_answer_is_failure ? 0 : 1, record_.request.output_tokens))
      return std::move(*wrong);
    if (record_.request.output_tokens == 0)
      return FailedRequest{};
    if (auto wrong = read_blocks())
      return std::move(*wrong);
    return std::move(record_);
  }

 private:
  using Wrong = std::optional<Damage>;

  [[nodiscard]] Wrong wrong(TraceField field, const std::string& expected) const
  {
    return Damage{fmt::format("{}: {}, found {}", column(rules_.columns, field), expected, shown(fields_[field])),
                  parser_.column_of(line_, field)};
  }

  Wrong read_session()
  {
    if (column(rules_.columns, TraceField::Delay).empty())
      return std::nullopt;
    FieldValue& session = fields_[TraceField::Session];
    if (session.kind == FieldValue::Kind::Text)
      record_.session = std::move(session.text);
    else if (session.is_integer())
      record_.session = fmt::format("{}", session.integer);
    const FieldValue& delay = fields_[TraceField::Delay];
    if (delay.kind == FieldValue::Kind::Missing || delay.kind == FieldValue::Kind::Null)
      return std::nullopt;
    const double seconds = delay.is_number() ? delay.number * seconds_of(rules_.time) : -1;
    if (!(seconds >= 0 && seconds <= LongestDelay))
      return wrong(TraceField::Delay,
                   fmt::format("expected a number from 0 to {:.0f}", LongestDelay / seconds_of(rules_.time)));
    record_.delay = Seconds(seconds);
    return std::nullopt;
  }

  Wrong read_time()
  {
    const FieldValue& value = fields_[TraceField::Time];
    if (record_.delay && (value.kind == FieldValue::Kind::Missing || value.kind == FieldValue::Kind::Null))
      return std::nullopt;
    if (value.is_integer())
      record_.time = stamp_of(value.integer, rules_.time);
    else if (value.is_number())
      record_.time = stamp_of(value.number, rules_.time);
    else if (value.kind == FieldValue::Kind::Text && rules_.time == TimeUnit::Date)
      record_.time = stamp_of_date(value.text);
    record_.time_column = parser_.column_of(line_, TraceField::Time);
    if (!record_.time)
      return wrong(TraceField::Time, expected_time());
    record_.written_time = value.kind == FieldValue::Kind::Text ? value.text : shown(value);
    if (rules_.time != TimeUnit::Date && rules_.time != TimeUnit::Epoch)
      record_.written_time += fmt::format(" {}", unit_text(rules_.time));
    return std::nullopt;
  }

  [[nodiscard]] std::string expected_time() const
  {
    if (rules_.time == TimeUnit::Date)
      return "expected a time like 2023-11-16 18:15:46.6805900 or 2024-05-12 00:00:00.001163+00:00";
    if (rules_.time == TimeUnit::Epoch)
      return "expected a time since 1970 in s, ms, us or ns";
    return fmt::format("expected a number from 0 to {:.0f}", LatestStamp / seconds_of(rules_.time));
  }

  Wrong read_tokens(TraceField field, std::int64_t least, std::int64_t& tokens)
  {
    const FieldValue& value = fields_[field];
    // Some programs write all numbers with a fraction.
    const bool is_whole = value.is_integer() ||
                          (value.is_number() && value.number >= 0 && value.number <= static_cast<double>(MostTokens) &&
                           value.number == static_cast<double>(static_cast<std::int64_t>(value.number)));
    const std::int64_t count = value.is_integer() ? value.integer
                               : is_whole         ? static_cast<std::int64_t>(value.number)
                                                  : -1;
    if (count < least || count > MostTokens)
      return wrong(field, fmt::format("expected a number of tokens from {} to {}", least, MostTokens));
    tokens = count;
    return std::nullopt;
  }

  Wrong read_blocks()
  {
    FieldValue& value = fields_[TraceField::Blocks];
    if (value.kind == FieldValue::Kind::Missing || value.kind == FieldValue::Kind::Null)
      return std::nullopt;
    if (value.kind == FieldValue::Kind::BadIds)
      return wrong(TraceField::Blocks, "expected whole numbers or texts");
    if (value.kind != FieldValue::Kind::Ids)
      return wrong(TraceField::Blocks, "expected a list");
    const std::int64_t tokens = record_.request.input_tokens;
    const std::int64_t needed = blocks_of(tokens, rules_.block_tokens);
    if (static_cast<std::int64_t>(value.ids.size()) != needed)
      return Damage{fmt::format("{}: expected {} ids for {} tokens in blocks of {}, found {}",
                                column(rules_.columns, TraceField::Blocks), needed, tokens, rules_.block_tokens,
                                value.ids.size()),
                    parser_.column_of(line_, TraceField::Blocks)};
    const std::int64_t cached = rules_.cached_block_tokens;
    if (rules_.block_tokens < cached)
      record_.request.blocks = grouped(value.ids, static_cast<std::size_t>(cached / rules_.block_tokens));
    else if (rules_.block_tokens > cached)
      record_.request.blocks = divided(value.ids, static_cast<std::size_t>(rules_.block_tokens / cached),
                                       static_cast<std::size_t>(blocks_of(tokens, cached)));
    else
      record_.request.blocks = std::move(value.ids);
    return std::nullopt;
  }

  LineFields fields_;
  const RecordRules& rules_;
  std::string_view line_;
  const LineParser& parser_;
  Record record_;
};

}  // namespace

std::string shortened(std::string_view text)
{
  constexpr std::size_t Most = 40;
  return fmt::format("{}{}", text.substr(0, Most), text.size() <= Most ? "" : "...");
}

std::string shown(const FieldValue& value)
{
  switch (value.kind) {
  case FieldValue::Kind::Missing: return "no such key";
  case FieldValue::Kind::Null: return "null";
  case FieldValue::Kind::Integer: return fmt::format("{}", value.integer);
  case FieldValue::Kind::Number: return value.text.empty() ? fmt::format("{}", value.number) : shortened(value.text);
  case FieldValue::Kind::Text: return fmt::format("\"{}\"", shortened(value.text));
  case FieldValue::Kind::Ids: return fmt::format("a list of {}", value.ids.size());
  default: return shortened(value.text);
  }
}

std::uint64_t id_of_text(std::string_view text)
{
  // FNV-1a, and a mix behind it: short texts differ in few bits.
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  return mix_index(hash);
}

Parsed record_of(LineFields&& fields, const RecordRules& rules, std::string_view line, const LineParser& parser)
{
  ensure(can_regroup(rules.block_tokens, rules.cached_block_tokens), "cached blocks of {} tokens, ids of {}",
         rules.cached_block_tokens, rules.block_tokens);
  return RecordReader(std::move(fields), rules, line, parser).read();
}

}  // namespace cm::workloads
