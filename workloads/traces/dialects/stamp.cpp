#include "workloads/traces/dialects/stamp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace cm::workloads {
namespace {

constexpr std::int64_t PicosecondsPerSecond = 1'000'000'000'000;
constexpr std::array<TimeUnit, 4> Counts{TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds,
                                         TimeUnit::Nanoseconds};

// Whole ones in a second; of a unit that counts.
std::int64_t per_second(TimeUnit unit)
{
  switch (unit) {
  case TimeUnit::Seconds: return 1;
  case TimeUnit::Microseconds: return 1'000'000;
  case TimeUnit::Nanoseconds: return 1'000'000'000;
  default: break;
  }
  return 1000;
}

std::optional<TimeUnit> unit_of_date(double count)
{
  for (const TimeUnit unit : Counts)
    if (const double date = count * seconds_of(unit); date >= FirstDate && date <= LastDate)
      return unit;
  return std::nullopt;
}

template <typename Number>
bool is_number(std::string_view text, Number& value)
{
  const auto outcome = std::from_chars(text.data(), text.data() + text.size(), value);
  return outcome.ec == std::errc() && outcome.ptr == text.data() + text.size();
}

// "", "Z", "+02:00", "+0200": seconds that the zone is ahead of Greenwich; empty when it is none.
std::optional<std::int64_t> zone_of(std::string_view text)
{
  if (text.empty() || text == "Z")
    return 0;
  const bool has_colon = text.size() == 6 && text[3] == ':';
  int hours = 0;
  int minutes = 0;
  if ((!has_colon && text.size() != 5) || !is_number(text.substr(1, 2), hours) ||
      !is_number(text.substr(has_colon ? 4 : 3), minutes) || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
    return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * std::int64_t{3600} + minutes * std::int64_t{60});
}

// ".6805900" in picoseconds, digits beyond them left out; empty when it is no fraction.
std::optional<std::int64_t> fraction_of(std::string_view text)
{
  std::int64_t picoseconds = 0;
  std::int64_t unit = PicosecondsPerSecond;
  if (text.empty())
    return 0;
  if (text.size() < 2 || text.front() != '.')
    return std::nullopt;
  for (const char digit : text.substr(1)) {
    if (digit < '0' || digit > '9')
      return std::nullopt;
    unit /= 10;
    picoseconds += unit * (digit - '0');
  }
  return picoseconds;
}

}  // namespace

double seconds_of(TimeUnit unit)
{
  return 1.0 / static_cast<double>(per_second(unit));
}

std::string_view unit_text(TimeUnit unit)
{
  switch (unit) {
  case TimeUnit::Seconds: return "s";
  case TimeUnit::Milliseconds: return "ms";
  case TimeUnit::Microseconds: return "us";
  case TimeUnit::Nanoseconds: return "ns";
  case TimeUnit::Epoch: return "epoch";
  case TimeUnit::Date: break;
  }
  return "date";
}

double seconds_between(Stamp from, Stamp to)
{
  return static_cast<double>(to.seconds - from.seconds) +
         static_cast<double>(to.picoseconds - from.picoseconds) * 1e-12;
}

Seconds since(Stamp from, Stamp to)
{
  return to_seconds(
      Picoseconds((to.seconds - from.seconds) * PicosecondsPerSecond + (to.picoseconds - from.picoseconds)));
}

std::optional<Stamp> stamp_of(std::int64_t count, TimeUnit unit)
{
  if (unit == TimeUnit::Epoch) {
    const auto found = unit_of_date(static_cast<double>(count));
    return found ? stamp_of(count, *found) : std::nullopt;
  }
  const std::int64_t in_second = per_second(unit);
  if (unit == TimeUnit::Date || count < 0 || static_cast<double>(count / in_second) > LatestStamp)
    return std::nullopt;
  return Stamp{count / in_second, count % in_second * (PicosecondsPerSecond / in_second)};
}

std::optional<Stamp> stamp_of(double count, TimeUnit unit)
{
  if (unit == TimeUnit::Epoch) {
    const auto found = unit_of_date(count);
    return found ? stamp_of(count, *found) : std::nullopt;
  }
  if (unit == TimeUnit::Date || !(count >= 0 && count * seconds_of(unit) <= LatestStamp))
    return std::nullopt;
  const auto in_second = static_cast<double>(per_second(unit));
  const double whole = std::floor(count / in_second);
  // At least 0 although the quotient is rounded.
  const double rest = std::max(0.0, count - whole * in_second);
  Stamp stamp{static_cast<std::int64_t>(whole), std::llround(rest / in_second * 1e12)};
  stamp.seconds += stamp.picoseconds / PicosecondsPerSecond;
  stamp.picoseconds %= PicosecondsPerSecond;
  return stamp;
}

std::optional<Stamp> stamp_of_date(std::string_view text)
{
  constexpr std::string_view Shape = "0000-00-00 00:00:00";
  if (text.size() < Shape.size())
    return std::nullopt;
  for (std::size_t i = 0; i < Shape.size(); ++i) {
    const bool is_right = Shape[i] == '0'   ? text[i] >= '0' && text[i] <= '9'
                          : Shape[i] == ' ' ? text[i] == ' ' || text[i] == 'T'
                                            : text[i] == Shape[i];
    if (!is_right)
      return std::nullopt;
  }
  const auto number = [&](std::size_t begin, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + begin, text.data() + begin + size, value);
    return value;
  };
  const std::size_t zone_begin = std::min(text.find_first_of("+-Z", Shape.size()), text.size());
  const auto zone = zone_of(text.substr(zone_begin));
  const auto fraction = fraction_of(text.substr(Shape.size(), zone_begin - Shape.size()));
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  if (!zone || !fraction || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return Stamp{days * 86400 + hour * 3600 + minute * 60 + second - *zone, *fraction};
}

}  // namespace cm::workloads
