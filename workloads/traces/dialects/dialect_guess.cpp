#include "workloads/traces/dialects/dialect_guess.h"

#include "sim/config/json_text.h"
#include "sim/diagnostics/errors.h"
#include "workloads/traces/regular_file.h"
#include "workloads/traces/request.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace cm::workloads {
namespace {

constexpr int LinesLookedAt = 1000;
// Since 1970, in seconds, of the years 2001 to 2096: a stamp of so many units tells which unit it is.
constexpr double FirstDate = 1e9;
constexpr double LastDate = 4e9;
// Shares of the lines that have fractions or fit a size of blocks: a few damaged ones among them change nothing.
constexpr double Many = 0.25;
constexpr double Nearly = 0.9;
// Share of the times, at either end of their order, that the span leaves out for the same reason.
constexpr double Outlying = 0.05;

// Prompts and the numbers of their ids.
using Prompts = std::vector<std::pair<std::int64_t, std::int64_t>>;

// Findings in the lines that could be looked at.
struct Looks {
  std::vector<double> times;
  double fractions = 0;
  Prompts prompts;
};

void look_at_time(double time, Looks& looks)
{
  looks.fractions += time == std::floor(time) ? 0 : 1;
  looks.times.push_back(time);
}

void look_at(const std::string& line, Looks& looks)
{
  if (sim::config::json_problem(line))
    return;
  const auto fields = nlohmann::json::parse(line, nullptr, false);
  if (!fields.is_object())
    return;
  const auto time = fields.find("timestamp");
  if (time != fields.end() && time->is_number())
    look_at_time(time->get<double>(), looks);
  const auto length = fields.find("input_length");
  const auto ids = fields.find("hash_ids");
  if (length == fields.end() || ids == fields.end() || !length->is_number_integer() || !ids->is_array() || ids->empty())
    return;
  const auto tokens = length->get<std::int64_t>();
  if (tokens >= 1 && tokens <= MostTokens)
    looks.prompts.emplace_back(tokens, static_cast<std::int64_t>(ids->size()));
}

Looks looks_of(const std::string& path)
{
  Looks looks;
  RegularFile file(path);
  std::string line;
  for (int number = 0; number < LinesLookedAt && file.next_line(line); ++number)
    look_at(line, looks);
  return looks;
}

std::string_view whole_name(TimeUnit unit)
{
  switch (unit) {
  case TimeUnit::Seconds: return "seconds";
  case TimeUnit::Milliseconds: return "milliseconds";
  case TimeUnit::Microseconds: return "microseconds";
  case TimeUnit::Nanoseconds: break;
  }
  return "nanoseconds";
}

bool has_fractions(const Looks& looks)
{
  return looks.fractions > Many * static_cast<double>(looks.times.size());
}

std::optional<TimeUnit> unit_of(const Looks& looks)
{
  if (looks.times.empty())
    return std::nullopt;
  std::vector<double> times = looks.times;
  std::ranges::sort(times);
  const double median = times[times.size() / 2];
  for (const TimeUnit unit : {TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds})
    if (const double date = median * seconds_of(unit); date >= FirstDate && date <= LastDate)
      return unit;
  if (has_fractions(looks))
    return TimeUnit::Seconds;
  const auto left_out = static_cast<std::size_t>(Outlying * static_cast<double>(times.size()));
  const double span = times[times.size() - 1 - left_out] - times[left_out];
  const auto requests = static_cast<double>(times.size() - 2 * left_out);
  if (span > 0 && requests > MostRequestsPerSecond * span * seconds_of(TimeUnit::Milliseconds))
    return TimeUnit::Seconds;
  // Too long for what the clock counts.
  for (const TimeUnit unit : {TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds})
    if (span * seconds_of(unit) <= LatestArrival.count())
      return unit;
  return std::nullopt;
}

bool fit(const Prompts& prompts, std::int64_t block_tokens)
{
  const auto fitting = std::ranges::count_if(
      prompts, [&](const auto& prompt) { return (prompt.first + block_tokens - 1) / block_tokens == prompt.second; });
  return static_cast<double>(fitting) >= Nearly * static_cast<double>(prompts.size());
}

std::optional<std::int64_t> block_tokens_of(const Prompts& prompts)
{
  for (std::int64_t tokens = LeastBlockTokens; tokens <= MostBlockTokens; tokens *= 2)
    if (fit(prompts, tokens))
      return tokens;
  return std::nullopt;
}

}  // namespace

std::string other_dialect_text(const std::string& path, const TraceDialect& dialect, std::int64_t cached_block_tokens)
{
  Looks looks;
  try {
    looks = looks_of(path);
  } catch (const ConfigError&) {
    return "";  // the caller's own message says more
  }
  std::string looks_like;
  std::string keys;
  const auto add = [&](const std::string& look, const std::string& key) {
    looks_like += (looks_like.empty() ? "" : " and ") + look;
    keys += (keys.empty() ? "" : ", ") + key;
  };
  const auto unit = unit_of(looks);
  if (unit && (unit != dialect.time.value_or(TimeUnit::Milliseconds) || (has_fractions(looks) && !dialect.time)))
    add("times in " + std::string(whole_name(*unit)), "time: " + std::string(unit_text(*unit)));
  const std::int64_t used = dialect.block_tokens.value_or(cached_block_tokens);
  if (const auto tokens = block_tokens_of(looks.prompts); tokens && !fit(looks.prompts, used))
    add("blocks of " + std::to_string(*tokens) + " tokens", "block_tokens: " + std::to_string(*tokens));
  return keys.empty() ? "" : looks_like + ": workload.trace_format={" + keys + "} reads it so";
}

}  // namespace cm::workloads
