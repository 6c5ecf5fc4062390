#include "sim/units/parse_quantity.h"

#include "sim/units/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace cm {
namespace {

// Worth factor * 10^power of the base unit. The power is applied to the text, so it costs no rounding.
struct Unit {
  std::string_view name;
  int power = 0;
  double factor = 1;
};

constexpr double Bit = 0.125;
constexpr double Kibi = 1024;
constexpr double Mebi = Kibi * Kibi;
constexpr double Gibi = Mebi * Kibi;
constexpr double Tebi = Gibi * Kibi;

constexpr std::array ByteUnits{Unit{"B"},           Unit{"kB", 3},        Unit{"MB", 6},        Unit{"GB", 9},
                               Unit{"TB", 12},      Unit{"KiB", 0, Kibi}, Unit{"MiB", 0, Mebi}, Unit{"GiB", 0, Gibi},
                               Unit{"TiB", 0, Tebi}};
constexpr std::array RateUnits{Unit{"B/s"},
                               Unit{"kB/s", 3},
                               Unit{"MB/s", 6},
                               Unit{"GB/s", 9},
                               Unit{"TB/s", 12},
                               Unit{"KiB/s", 0, Kibi},
                               Unit{"MiB/s", 0, Mebi},
                               Unit{"GiB/s", 0, Gibi},
                               Unit{"TiB/s", 0, Tebi},
                               Unit{"Mb/s", 6, Bit},
                               Unit{"Gb/s", 9, Bit},
                               Unit{"Tb/s", 12, Bit},
                               Unit{"Gbps", 9, Bit},
                               Unit{"Tbps", 12, Bit}};
constexpr std::array TimeUnits{Unit{"s"},       Unit{"ms", -3},     Unit{"us", -6},    Unit{"ns", -9},
                               Unit{"ps", -12}, Unit{"min", 0, 60}, Unit{"h", 0, 3600}};
constexpr std::array FlopUnits{Unit{"FLOPS"}, Unit{"GFLOPS", 9}, Unit{"TFLOPS", 12}, Unit{"PFLOPS", 15},
                               Unit{"OPS"},   Unit{"GOPS", 9},   Unit{"TOPS", 12},   Unit{"POPS", 15}};
constexpr std::array ShareUnits{Unit{""}, Unit{"%", -2}};

// Units that each kind is printed in, largest first.
constexpr std::array PrintedBytes{Unit{"TB", 12}, Unit{"GB", 9}, Unit{"MB", 6}, Unit{"kB", 3}, Unit{"B"}};
constexpr std::array PrintedBinary{Unit{"TiB", 0, Tebi}, Unit{"GiB", 0, Gibi}, Unit{"MiB", 0, Mebi},
                                   Unit{"KiB", 0, Kibi}};
constexpr std::array PrintedRates{Unit{"TB/s", 12}, Unit{"GB/s", 9}, Unit{"MB/s", 6}, Unit{"kB/s", 3}, Unit{"B/s"}};
constexpr std::array PrintedTimes{Unit{"s"}, Unit{"ms", -3}, Unit{"us", -6}, Unit{"ns", -9}, Unit{"ps", -12}};
constexpr std::array PrintedFlops{Unit{"PFLOPS", 15}, Unit{"TFLOPS", 12}, Unit{"GFLOPS", 9}, Unit{"FLOPS"}};

struct Written {
  Decimal number;  // in base units, but for the factor
  double factor = 1;
};

std::optional<Written> split(std::string_view text, std::span<const Unit> units)
{
  auto scanned = scan_decimal(text);
  if (!scanned)
    return std::nullopt;
  std::string_view name = scanned->rest;
  name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
  const auto unit = std::ranges::find(units, name, &Unit::name);
  // Spaces that no unit follows are spaces at the end.
  if (unit == units.end() || (name.empty() && !scanned->rest.empty()))
    return std::nullopt;
  scanned->number.exponent += unit->power;
  return Written{std::move(scanned->number), unit->factor};
}

std::optional<double> parse(std::string_view text, std::span<const Unit> units)
{
  const auto written = split(text, units);
  const auto value = written ? to_double(written->number) : std::nullopt;
  if (!value || !std::isfinite(*value * written->factor))
    return std::nullopt;
  return *value * written->factor;
}

template <typename Kind>
std::optional<Kind> parse_as(std::string_view text, std::span<const Unit> units)
{
  const auto value = parse(text, units);
  return value ? std::optional<Kind>(*value) : std::nullopt;
}

std::string print(Decimal number, std::span<const Unit> units, std::string_view unit_of_zero)
{
  if (number.digits.empty())
    return fmt::format("0 {}", unit_of_zero);
  const auto fits = [&](const Unit& unit) { return reaches(number, unit.power); };
  const auto found = std::ranges::find_if(units, fits);
  const Unit& unit = found == units.end() ? units.back() : *found;
  number.exponent -= unit.power;
  return fmt::format("{} {}", to_text(number), unit.name);
}

std::string print(double value, std::span<const Unit> units, std::string_view unit_of_zero)
{
  if (!std::isfinite(value))
    return fmt::format("{} {}", value, unit_of_zero);
  return print(decimal_of(value), units, unit_of_zero);
}

}  // namespace

std::optional<Bytes> parse_bytes(std::string_view text)
{
  const auto written = split(text, ByteUnits);
  const auto whole = written ? to_whole(written->number, static_cast<std::int64_t>(written->factor)) : std::nullopt;
  return whole ? std::optional<Bytes>(*whole) : std::nullopt;
}

std::optional<Seconds> parse_seconds(std::string_view text)
{
  return parse_as<Seconds>(text, TimeUnits);
}

std::optional<BytesPerSecond> parse_bytes_per_second(std::string_view text)
{
  return parse_as<BytesPerSecond>(text, RateUnits);
}

std::optional<FlopsPerSecond> parse_flops_per_second(std::string_view text)
{
  return parse_as<FlopsPerSecond>(text, FlopUnits);
}

std::optional<double> parse_fraction(std::string_view text)
{
  return parse(text, ShareUnits);
}

std::optional<double> parse_number(std::string_view text)
{
  return parse(text, std::span(ShareUnits).first(1));
}

std::string to_text(Bytes value)
{
  std::string shortest = print(decimal_of(value.count()), PrintedBytes, "B");
  for (const Unit& unit : PrintedBinary) {
    const auto size = static_cast<std::int64_t>(unit.factor);
    if (value.count() == 0 || value.count() % size != 0)
      continue;
    std::string binary = fmt::format("{} {}", value.count() / size, unit.name);
    if (binary.size() <= shortest.size())
      shortest = std::move(binary);
  }
  return shortest;
}

std::string to_text(Seconds value)
{
  return print(value.count(), PrintedTimes, "s");
}

std::string to_text(BytesPerSecond value)
{
  return print(value.count(), PrintedRates, "B/s");
}

std::string to_text(FlopsPerSecond value)
{
  return print(value.count(), PrintedFlops, "FLOPS");
}

}  // namespace cm
