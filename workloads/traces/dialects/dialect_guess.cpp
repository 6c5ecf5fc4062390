#include "workloads/traces/dialects/dialect_guess.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"
#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <sstream>
#include <tuple>
#include <utility>
#include <vector>

namespace cm::workloads {
namespace {

// Shares of the lines that have fractions or fit a size of blocks: a few damaged ones among them change nothing.
constexpr double Many = 0.25;
constexpr double Nearly = 0.9;
// Share of the times, at either end of their order, that the span leaves out for the same reason.
constexpr double Outlying = 0.05;
// Fewer lines say nothing about a rate.
constexpr std::size_t LinesOfRate = 20;
// Fewer prompts fit many sizes of blocks, among them wrong ones.
constexpr std::size_t PromptsOfBlocks = 8;
// Times with fractions, or of a file whose unit nobody knows, are milliseconds when these give no more requests per
// second: as seconds it would be one in more than 50 s.
constexpr double RateOfMilliseconds = 20;
// Seconds between requests: a service that receives fewer is hardly worth a trace.
constexpr double LongestMeanGap = 60;
// A quarter of the lines in the wrong order is no damage.
constexpr std::size_t UnsortedShare = 4;

// Usual names, without case and without what is neither letter nor digit. Of sessions, delays and failures there are
// none: programs mean different things by them.
constexpr std::array<std::string_view, TraceFields> UsualNames{
    "timestamp time arrival arrivaltime arrivedat arrivaltimestamp starttime requesttime requesttimestamp ts sentat "
    "createdat",
    "inputlength inputtokens contexttokens requesttokens prompttokens promptlength promptlen inputlen numprefilltokens "
    "prefilltokens numinputtokens inputsequencelength isl",
    "outputlength outputtokens generatedtokens responsetokens completiontokens outputlen numdecodetokens decodetokens "
    "numoutputtokens outputsequencelength osl",
    "hashids blockids blockhashes prefixhashes",
    "",
    "",
    ""};

// Findings in the lines that could be looked at.
struct Looks {
  std::vector<double> times;
  std::size_t fractions = 0;
  std::size_t dates = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> prompts;  // and the numbers of their ids
};

bool is_required(TraceField field)
{
  return field == TraceField::Time || field == TraceField::Input || field == TraceField::Output;
}

std::string plain(std::string_view name)
{
  std::string letters;
  for (const char each : name)
    if ((each >= '0' && each <= '9') || (each >= 'a' && each <= 'z'))
      letters += each;
    else if (each >= 'A' && each <= 'Z')
      letters += static_cast<char>(each - 'A' + 'a');
  return letters;
}

std::string found_by_usual_name(std::size_t field, const Beginning& beginning)
{
  std::istringstream words{std::string(UsualNames[field])};
  for (std::string usual; words >> usual;)
    for (const std::string& name : beginning.names)
      if (plain(name) == usual)
        return name;
  return "";
}

[[noreturn]] void refuse(const std::string& path, const std::string& what)
{
  throw ConfigError(fmt::format("{}:1:1: {}", path, what));
}

std::string names_text(const Beginning& beginning)
{
  constexpr std::size_t Most = 12;
  const std::size_t count = std::min(Most, beginning.names.size());
  return printable_on_one_line(sim::config::joined(std::span(beginning.names).first(count), ", ")) +
         (count < beginning.names.size() ? ", ..." : "");
}

const DialectRow* row_that_looks_like(const Beginning& beginning)
{
  const auto rows = trace_dialects();
  const auto row = std::ranges::find_if(rows, [&](const DialectRow& each) { return each.looks_like(beginning); });
  return row == rows.end() ? nullptr : &*row;
}

std::string first_line_text(const std::string& bytes)
{
  constexpr std::size_t Most = 40;
  return bytes.empty()
             ? "an empty file"
             : fmt::format("\"{}\"", printable_on_one_line(bytes.substr(0, std::min(Most, bytes.find('\n')))));
}

// "UTF-16LE" or "UTF-16BE", by the byte-order mark or every second byte of the first letters; else empty.
std::string_view wide_encoding(const std::string& bytes)
{
  if (bytes.size() < 4)
    return "";
  const auto is_pair = [&](std::size_t at, bool is_low_first) {
    return (bytes[at] == '\0') != is_low_first && (bytes[at + 1] == '\0') == is_low_first;
  };
  if (bytes.starts_with("\xff\xfe") || (is_pair(0, true) && is_pair(2, true)))
    return "UTF-16LE";
  return bytes.starts_with("\xfe\xff") || (is_pair(0, false) && is_pair(2, false)) ? "UTF-16BE" : "";
}

// "';'" where it seems to separate the columns of a header; else empty.
std::string_view separator_text(const Beginning& beginning)
{
  if (beginning.is_json() || beginning.lines.empty())
    return "";
  for (const auto& [separator, text] : {std::pair{';', "';'"}, std::pair{'\t', "tabs"}, std::pair{'|', "'|'"}})
    if (std::ranges::count(beginning.lines.front(), separator) >= 2)
      return text;
  return "";
}

const DialectRow& row_of(const RequestFileSpec& spec, const Beginning& beginning)
{
  const DialectRow* const likely = row_that_looks_like(beginning);
  const bool is_archive = likely != nullptr && likely->shape == FileShape::Archive;
  if (const std::string_view encoding = wide_encoding(beginning.bytes); !is_archive && !encoding.empty())
    refuse(spec.path, fmt::format("expected UTF-8 text, found what looks like UTF-16; convert it to UTF-8 (iconv -f {} "
                                  "-t UTF-8)",
                                  encoding));
  if (const std::string_view separator = separator_text(beginning); likely == nullptr && !separator.empty())
    refuse(spec.path,
           fmt::format("expected commas between columns, found a header that seems to be separated by {}: {}",
                       separator, first_line_text(beginning.bytes)));
  if (likely == nullptr)
    refuse(spec.path,
           fmt::format("expected a JSON object a line, a table (CSV) below a line of column names or a tar archive "
                       "(ServeGen), found {}",
                       first_line_text(beginning.bytes)));
  if (spec.dialect.name.empty())
    return *likely;
  const DialectRow* const known = find_dialect(spec.dialect.name);
  ensure(known != nullptr, "no dialect is called {}", spec.dialect.name);
  const DialectRow& named = *known;
  if (named.shape != beginning.shape())
    refuse(spec.path, fmt::format("expected {}, which workload.trace_format.dialect says; it looks like {}: {}",
                                  named.sentence, likely->name, likely->sentence));
  return named;
}

// A key of workload.trace_format that says nothing about such a file.
void check_keys(const RequestFileSpec& spec, const DialectRow& row)
{
  const TraceDialect& given = spec.dialect;
  const bool has_lines = row.shape == FileShape::JsonLines || row.shape == FileShape::Table;
  const bool has_columns = std::ranges::any_of(given.columns, [](const auto& name) { return !name.empty(); });
  for (const auto& [key, is_given, has_effect] :
       {std::tuple{"time", given.time.has_value(), has_lines},
        std::tuple{"block_tokens", given.block_tokens.has_value(), has_lines},
        std::tuple{"columns", has_columns, has_lines}, std::tuple{"sorted", given.is_sorted.has_value(), has_lines},
        std::tuple{"run", given.run.has_value(), row.shape == FileShape::BenchmarkLog}})
    if (is_given && !has_effect)
      refuse(spec.path, fmt::format("expected a file that workload.trace_format.{} says something about, found {}", key,
                                    row.sentence));
}

std::string column_text(TraceField field, const DialectRow& row)
{
  const std::string_view usual = row.columns[static_cast<std::size_t>(field)];
  return fmt::format("the {}{}",
                     field == TraceField::Time    ? "times"
                     : field == TraceField::Input ? "tokens of prompts"
                                                  : "tokens of answers",
                     usual.empty() ? "" : fmt::format(" ({})", usual));
}

void refuse_missing(std::span<const TraceField> missing, const RequestFileSpec& spec, const DialectRow& row,
                    const Beginning& beginning)
{
  if (missing.empty())
    return;
  std::string columns;
  std::string keys;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    columns += (i == 0 ? "" : i + 1 == missing.size() ? " and " : ", ") + column_text(missing[i], row);
    keys += fmt::format("{}{}: NAME", i == 0 ? "" : ", ", TraceFieldKeys[static_cast<std::size_t>(missing[i])]);
  }
  const bool is_one = missing.size() == 1;
  refuse(spec.path, fmt::format("expected {} with {}, found {}; workload.trace_format.columns={{{}}} says which {}",
                                is_one ? "a column" : "columns", columns, names_text(beginning), keys,
                                is_one ? "one has it" : "ones have them"));
}

// Adds the field to `missing` when it is required and no column of the file has it.
std::string name_of(TraceField field, const RequestFileSpec& spec, const DialectRow& row, const Beginning& beginning,
                    std::vector<TraceField>& missing)
{
  const auto place = static_cast<std::size_t>(field);
  const std::string& given = spec.dialect.columns[place];
  if (!given.empty()) {
    if (!beginning.names.empty() && !beginning.has(given))
      refuse(spec.path, fmt::format("expected the column {}, which workload.trace_format.columns.{} names{}",
                                    printable_on_one_line(given), TraceFieldKeys[place],
                                    sim::config::suggestion(given, beginning.names, "columns")));
    return given;
  }
  const std::string usual(row.columns[place]);
  if (!usual.empty() && (beginning.names.empty() || beginning.has(usual)))
    return usual;
  std::string found = found_by_usual_name(place, beginning);
  if (found.empty() && is_required(field))
    missing.push_back(field);
  return found.empty() ? usual : found;
}

void look_at(const LineFields& fields, Looks& looks)
{
  const FieldValue& time = fields[TraceField::Time];
  // Cells "nan" and "inf" are numbers too; they have no place in an order of times.
  if (time.is_number() && std::isfinite(time.number)) {
    looks.times.push_back(time.number);
    if (time.number != std::floor(time.number))
      ++looks.fractions;
  } else if (time.kind == FieldValue::Kind::Text && stamp_of_date(time.text)) {
    ++looks.dates;
  }
  const FieldValue& tokens = fields[TraceField::Input];
  const FieldValue& ids = fields[TraceField::Blocks];
  if (tokens.is_integer() && tokens.integer >= 1 && tokens.integer <= MostTokens && ids.kind == FieldValue::Kind::Ids &&
      !ids.ids.empty())
    looks.prompts.emplace_back(tokens.integer, static_cast<std::int64_t>(ids.ids.size()));
}

std::span<const std::string> records_in(const TraceReading& reading, const Beginning& beginning)
{
  const std::span<const std::string> lines(beginning.lines);
  return reading.row->shape == FileShape::Table && !lines.empty() ? lines.subspan(1) : lines;
}

Looks looks_of(const TraceReading& reading, const Beginning& beginning)
{
  Looks looks;
  const auto parser = line_parser(reading);
  LineFields fields;
  for (const std::string& line : records_in(reading, beginning))
    if (!parser->read(line, fields))
      look_at(fields, looks);
  return looks;
}

TimeUnit unit_of(const Looks& looks, const DialectRow& row)
{
  const TimeUnit usual = row.time == TimeUnit::Date || row.time == TimeUnit::Epoch ? TimeUnit::Seconds : row.time;
  if (looks.dates > looks.times.size())
    return TimeUnit::Date;
  if (looks.times.empty())
    return row.time;
  std::vector<double> times = looks.times;
  std::ranges::sort(times);
  const auto left_out = static_cast<std::size_t>(Outlying * static_cast<double>(times.size()));
  const double low = times[left_out];
  const double high = times[times.size() - 1 - left_out];
  const double median = times[times.size() / 2];
  for (const TimeUnit unit : {TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds})
    if (std::min(low, median) * seconds_of(unit) >= FirstDate && median * seconds_of(unit) <= LastDate)
      return unit;
  if (usual != TimeUnit::Milliseconds)
    return usual;
  const double span = high - low;
  const auto requests = static_cast<double>(times.size() - 2 * left_out);
  const double per_second = span > 0 ? requests / (span * seconds_of(TimeUnit::Milliseconds)) : 0;
  const bool has_fractions = static_cast<double>(looks.fractions) > Many * static_cast<double>(times.size());
  if ((has_fractions || !row.has_unit) && (span <= 0 || per_second > RateOfMilliseconds))
    return TimeUnit::Seconds;
  if (times.size() >= LinesOfRate && per_second > MostRequestsPerSecond)
    return TimeUnit::Seconds;
  // Too long for what the clock counts.
  for (const TimeUnit unit : {TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds})
    if (span * seconds_of(unit) <= LatestArrival.count())
      return unit;
  return usual;
}

bool fit(const Looks& looks, std::int64_t block_tokens)
{
  const auto fitting = std::ranges::count_if(looks.prompts, [&](const auto& prompt) {
    return (prompt.first + block_tokens - 1) / block_tokens == prompt.second;
  });
  return static_cast<double>(fitting) >= Nearly * static_cast<double>(looks.prompts.size());
}

std::int64_t block_tokens_of(const Looks& looks, std::int64_t usual, std::int64_t cached)
{
  for (const std::int64_t tokens : {usual, cached})
    if (tokens > 0 && fit(looks, tokens))
      return tokens;
  if (looks.prompts.size() < PromptsOfBlocks)
    return usual > 0 ? usual : cached;
  for (std::int64_t tokens = LeastBlockTokens; tokens <= MostBlockTokens; tokens *= 2)
    if (fit(looks, tokens))
      return tokens;
  return usual > 0 ? usual : cached;
}

void add_blocks(const RequestFileSpec& spec, const Looks& looks, TraceReading& reading)
{
  reading.rules.cached_block_tokens = spec.block_tokens;
  reading.rules.block_tokens = spec.block_tokens;
  if (column(reading.rules.columns, TraceField::Blocks).empty())
    return;
  reading.rules.block_tokens =
      spec.dialect.block_tokens.value_or(block_tokens_of(looks, reading.row->block_tokens, spec.block_tokens));
  if (can_regroup(reading.rules.block_tokens, spec.block_tokens))
    return;
  if (!looks.prompts.empty())
    refuse(spec.path, fmt::format("the hash ids look like blocks of {} tokens: expected workload.block_tokens to be a "
                                  "divisor or a multiple of it, found {}",
                                  reading.rules.block_tokens, spec.block_tokens));
  reading.rules.block_tokens = spec.block_tokens;
}

// Keys of workload.trace_format that make one reading of the other.
std::string keys_text(const TraceReading& wanted, const TraceReading& now)
{
  std::vector<std::string> keys;
  if (wanted.row != now.row)
    keys.push_back(fmt::format("dialect: {}", wanted.row->name));
  if (wanted.rules.time != now.rules.time)
    keys.push_back(fmt::format("time: {}", unit_text(wanted.rules.time)));
  if (wanted.rules.block_tokens != now.rules.block_tokens)
    keys.push_back(fmt::format("block_tokens: {}", wanted.rules.block_tokens));
  std::vector<std::string> columns;
  for (std::size_t field = 0; field < TraceFields; ++field)
    if (const std::string& name = wanted.rules.columns[field]; !name.empty() && name != now.rules.columns[field])
      columns.push_back(fmt::format("{}: {}", TraceFieldKeys[field], name));
  if (!columns.empty())
    keys.push_back(fmt::format("columns: {{{}}}", sim::config::joined(columns, ", ")));
  return sim::config::joined(keys, ", ");
}

// Reading of the file where nothing is said about it, with the keys; empty when that reads it no better.
std::string other_reading_text(const RequestFileSpec& spec, const TraceReading& reading, const Beginning& beginning)
{
  RequestFileSpec open = spec;
  open.dialect = {};
  try {
    const TraceReading other = reading_of(open, beginning);
    const std::string keys = keys_text(other, reading);
    if (keys.empty() || survey(other, beginning).is_hopeless())
      return "";
    return fmt::format("; the lines look like {}: workload.trace_format={{{}}} {} it so",
                       reading_text(other).substr(std::string_view("read as ").size()), keys, "reads");
  } catch (const ConfigError&) {
    return "";
  }
}

}  // namespace

TraceReading reading_of(const RequestFileSpec& spec, const Beginning& beginning)
{
  TraceReading reading{.row = &row_of(spec, beginning), .rules = {}};
  check_keys(spec, *reading.row);
  reading.run = spec.dialect.run.value_or(0);
  reading.is_sorted = spec.dialect.is_sorted.value_or(reading.row->is_sorted);
  reading.rules.time = reading.row->time;
  reading.rules.zero_answer_is_failure = reading.row->zero_answer_is_failure;
  reading.rules.block_tokens = reading.rules.cached_block_tokens = spec.block_tokens;
  if (reading.row->shape != FileShape::JsonLines && reading.row->shape != FileShape::Table)
    return reading;
  if (reading.row->shape == FileShape::Table)
    reading.header = beginning.names;
  std::vector<TraceField> missing;
  for (std::size_t field = 0; field < TraceFields; ++field)
    reading.rules.columns[field] = name_of(static_cast<TraceField>(field), spec, *reading.row, beginning, missing);
  refuse_missing(missing, spec, *reading.row, beginning);
  const Looks looks = looks_of(reading, beginning);
  reading.rules.time = spec.dialect.time.value_or(unit_of(looks, *reading.row));
  add_blocks(spec, looks, reading);
  return reading;
}

std::string reading_text(const TraceReading& reading)
{
  std::string text = fmt::format("read as {}", reading.row->name);
  if (reading.row->shape != FileShape::JsonLines && reading.row->shape != FileShape::Table)
    return text;
  text += reading.rules.time == TimeUnit::Date    ? ", times as dates"
          : reading.rules.time == TimeUnit::Epoch ? ", times since 1970"
                                                  : fmt::format(", times in {}", unit_text(reading.rules.time));
  if (!column(reading.rules.columns, TraceField::Blocks).empty())
    text += fmt::format(", blocks of {} tokens", reading.rules.block_tokens);
  for (std::size_t field = 0; field < TraceFields; ++field)
    if (const std::string& name = reading.rules.columns[field]; !name.empty() && name != reading.row->columns[field])
      text += fmt::format(", {} from \"{}\"", TraceFieldKeys[field], printable_on_one_line(name));
  return text;
}

std::string unit_doubt(const RequestFileSpec& spec, const TraceReading& reading, const ReadTimes& times)
{
  constexpr std::array Units{TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds};
  const auto read = std::ranges::find(Units, reading.rules.time);
  const bool has_lines = reading.row->shape == FileShape::JsonLines || reading.row->shape == FileShape::Table;
  // A date of our years leaves no doubt about its unit.
  if (!has_lines || spec.dialect.time || read == Units.end() || times.requests < LinesOfRate ||
      static_cast<double>(times.first.seconds) >= FirstDate)
    return "";
  const double gap = times.span.count() / static_cast<double>(times.requests);
  if (gap <= LongestMeanGap)
    return "";
  for (auto finer = read + 1; finer != Units.end(); ++finer)
    if (const double other = gap * seconds_of(*finer) / seconds_of(*read);
        other <= LongestMeanGap && other * MostRequestsPerSecond >= 1)
      return fmt::format(
          "the trace has one request every {:.3g} s on average with its times read in {}; in {} it would "
          "be one every {:.3g} s: is that the unit? workload.trace_format={{time: {}}} reads it so",
          gap, unit_text(*read), unit_text(*finer), other, unit_text(*finer));
  return "";
}

LineSurvey survey(const TraceReading& reading, const Beginning& beginning)
{
  LineSurvey found;
  if (reading.row->shape != FileShape::JsonLines && reading.row->shape != FileShape::Table)
    return found;
  const auto parser = line_parser(reading);
  LineFields fields;
  std::optional<Stamp> before;
  for (const std::string& line : records_in(reading, beginning)) {
    ++found.lines;
    if (parser->read(line, fields)) {
      ++found.unreadable;
      continue;
    }
    const Parsed parsed = record_of(fields, reading.rules, line, *parser);
    if (std::holds_alternative<Damage>(parsed))
      ++found.unreadable;
    if (const Record* record = std::get_if<Record>(&parsed); record != nullptr && record->time) {
      if (before && *record->time < *before)
        ++found.too_early;
      before = record->time;
    }
  }
  return found;
}

std::string advice(const RequestFileSpec& spec, const TraceReading& reading)
{
  const Beginning beginning = read_beginning(spec.path);
  const LineSurvey found = survey(reading, beginning);
  const std::string other = found.unreadable > 0 ? other_reading_text(spec, reading, beginning) : "";
  if (found.is_hopeless())
    return fmt::format("{} of the first {} lines cannot be {}{}", found.unreadable, found.lines, reading_text(reading),
                       other.empty() ? "; workload.trace_format says how such lines are meant" : other);
  if (reading.is_sorted && UnsortedShare * found.too_early > found.lines)
    return fmt::format("{} of the first {} lines are earlier than the line before them: "
                       "workload.trace_format.sorted=false reads all and sorts them",
                       found.too_early, found.lines);
  return "workload.skip_damaged_lines: true leaves such lines out";
}

}  // namespace cm::workloads
