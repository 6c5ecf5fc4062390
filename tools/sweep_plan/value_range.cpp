#include "tools/sweep_plan/value_range.h"

#include "sim/config/reader.h"
#include "sim/units/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

constexpr std::size_t MostValues = 10000;
constexpr int FinestExponent = -12;

// A number with its unit, counted in 10^exponent.
struct Counted {
  std::int64_t count = 0;
  std::string unit;  // what followed the number, its space included
};

std::optional<ScannedDecimal> scan(std::string_view text)
{
  auto scanned = scan_decimal(text);
  if (!scanned || scanned->number.exponent < FinestExponent)
    return std::nullopt;
  return scanned;
}

std::optional<Counted> counted(std::string_view text, int exponent)
{
  const auto scanned = scan(text);
  if (!scanned)
    return std::nullopt;
  Decimal number = scanned->number;
  number.exponent -= exponent;
  const auto count = to_whole(number, 1);
  return count ? std::optional(Counted{*count, std::string(scanned->rest)}) : std::nullopt;
}

std::string text_of(std::int64_t count, int exponent, const std::string& unit)
{
  Decimal number = decimal_of(count);
  number.exponent += exponent;
  return to_text(number) + unit;
}

struct RangeTexts {
  std::string from;
  std::string to;
  std::string step;
  std::int64_t times = 0;
};

// The exponent that all three are whole numbers in; empty when one of them is no number.
std::optional<int> common_exponent(const RangeTexts& texts)
{
  int exponent = 0;
  for (const std::string& text : {texts.from, texts.to, texts.step}) {
    const auto scanned = scan(text);
    if (!scanned)
      return std::nullopt;
    exponent = std::min(exponent, scanned->number.exponent);
  }
  return exponent;
}

// The next value, without a sum or a product beyond `last` that 64 bits may not hold; empty behind it.
std::optional<std::int64_t> added(std::int64_t count, std::int64_t step, std::int64_t last)
{
  // Two's complement: the distance of any two 64-bit numbers fits the unsigned ones.
  const std::uint64_t left = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(count);
  return left >= static_cast<std::uint64_t>(step) ? std::optional(count + step) : std::nullopt;
}

// Product of a count above 0; empty when it is beyond `last`.
std::optional<std::int64_t> multiplied(std::int64_t count, std::int64_t times, std::int64_t last)
{
  return count <= last / times ? std::optional(count * times) : std::nullopt;
}

// Whether all three are numbers, and 64 bits cannot count one of them in the last place of the finest.
bool is_beyond_count(const RangeTexts& texts, std::optional<int> exponent)
{
  const std::array<std::string_view, 3> all{texts.from, texts.to, texts.step};
  return std::ranges::all_of(all, [](std::string_view text) { return scan_decimal(text).has_value(); }) &&
         std::ranges::any_of(all, [&](std::string_view text) { return !exponent || !counted(text, *exponent); });
}

// Empty with the reason in `problem`.
std::vector<std::string> walk(RangeTexts texts, std::string& problem)
{
  const bool has_step = !texts.step.empty();
  const auto start = scan(texts.from);
  if (!has_step && texts.times == 0 && start && !start->rest.empty())
    return problem = "expected a step (or times), since the values have a unit", std::vector<std::string>{};
  if (!has_step)
    texts.step = texts.times == 0 ? "1" : texts.from;
  const auto exponent = common_exponent(texts);
  const auto from = exponent ? counted(texts.from, *exponent) : std::nullopt;
  const auto to = exponent ? counted(texts.to, *exponent) : std::nullopt;
  const auto step = exponent ? counted(texts.step, *exponent) : std::nullopt;
  if (is_beyond_count(texts, exponent))
    problem = fmt::format("expected numbers that 64 bits count in their last digit, of 1e{} or more, found \"{}\", "
                          "\"{}\" and \"{}\"",
                          FinestExponent, texts.from, texts.to, texts.step);
  else if (!from || !to || !step)
    problem = "expected numbers like {from: 1, to: 7} or {from: 14 GB/s, to: 28 GB/s, step: 7 GB/s}";
  else if (from->unit != to->unit || from->unit != step->unit)
    problem = fmt::format("expected one unit, found \"{}\", \"{}\" and \"{}\"", texts.from, texts.to, texts.step);
  else if (to->count < from->count || step->count <= 0)
    problem = fmt::format("expected to climb from \"{}\" to \"{}\" in steps above 0", texts.from, texts.to);
  if (!problem.empty())
    return {};
  std::vector<std::string> values;
  for (auto count = std::optional(from->count); count && values.size() <= MostValues;
       count = texts.times > 0 ? multiplied(*count, texts.times, to->count) : added(*count, step->count, to->count)) {
    values.push_back(text_of(*count, *exponent, from->unit));
  }
  if (values.size() > MostValues) {
    problem = fmt::format("expected at most {} values, found more", MostValues);
    values.clear();
  }
  return values;
}

}  // namespace

bool is_range(const Value& value)
{
  return value.find("from") != nullptr || value.find("to") != nullptr;
}

std::vector<Value> range_values(const Value& range, const std::string& path, ReadingLog& log)
{
  const std::size_t problems_before = log.problems.size();
  Reader reader(range, path, log);
  RangeTexts texts;
  reader.required({"from", "the first value"}, texts.from);
  reader.required({"to", "the last value, when a step meets it"}, texts.to);
  reader.optional({"step", "difference from value to value"}, texts.step);
  reader.optional({"times", "factor from value to value instead", 2.0, 1e6}, texts.times);
  reader.finish();
  if (log.problems.size() != problems_before)
    return {};
  std::string problem;
  if (!texts.step.empty() && texts.times > 0)
    problem = "expected a step or times, found both";
  const std::vector<std::string> walked = problem.empty() ? walk(texts, problem) : std::vector<std::string>{};
  if (!problem.empty())
    add_problem(log, range.position, path, problem);
  std::vector<Value> values;
  for (const std::string& text : walked) {
    Value value;
    value.kind = Value::Kind::Scalar;
    value.position = range.position;
    value.text = text;
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace cm::tools
