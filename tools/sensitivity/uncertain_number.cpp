#include "tools/sensitivity/uncertain_number.h"

#include "sim/diagnostics/errors.h"
#include "tools/runner/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::Evidence;
using sim::config::Value;

StatedRange range_of(const NumberUsed& number)
{
  const Value& range = *number.range;
  const auto refuse = [&](std::string_view why) {
    throw ConfigError(fmt::format("{}: {}.range: {}", to_text(range.position), number.provenance.path, why));
  };
  const auto value = number_text(number.provenance.value);
  const auto low = number_text(range.items.at(0).text);
  const auto high = number_text(range.items.at(1).text);
  if (!value || !low || !high || low->unit != value->unit || high->unit != value->unit)
    refuse(fmt::format("expected two numbers in the unit of the value {}", number.provenance.value));
  if (!(low->number <= value->number && value->number <= high->number && low->number < high->number))
    refuse(fmt::format("expected a lower and a higher end with {} between them", number.provenance.value));
  // Half a core or a third of a byte is none.
  const bool is_counted = value->unit.empty() || value->unit.ends_with('B');
  return {.low = low->number,
          .high = high->number,
          .unit = value->unit,
          .is_whole = is_counted && value->is_whole && low->is_whole && high->is_whole};
}

}  // namespace

std::optional<NumberText> number_text(const std::string& text)
{
  NumberText parts;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, parts.number);
  if (error != std::errc())
    return std::nullopt;
  const std::string_view digits(text.data(), static_cast<std::size_t>(rest - text.data()));
  parts.is_whole = digits.find_first_of(".eE") == std::string_view::npos;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  parts.unit = unit.substr(std::min(unit.size(), unit.find_first_not_of(' ')));
  return parts;
}

std::string StatedRange::text(double value) const
{
  const double shown = is_whole ? std::round(value) : value;
  return fmt::format("{:.6g}{}{}", shown, unit.empty() ? "" : " ", unit);
}

std::string StatedRange::at(double share) const
{
  return text(low + share * (high - low));
}

std::vector<UncertainNumber> uncertain_numbers(const ScenarioRequest& request)
{
  std::vector<UncertainNumber> numbers;
  for (const NumberUsed& each : numbers_used(request)) {
    const Evidence evidence = each.provenance.evidence;
    if (!each.range && evidence != Evidence::Assumed && evidence != Evidence::Calibrated)
      continue;
    numbers.push_back({each.provenance.path, each.provenance.value, evidence, std::nullopt});
    if (!each.range)
      continue;
    numbers.back().range = range_of(each);
    numbers.back().range_place = each.range->position;
  }
  return numbers;
}

}  // namespace cm::tools
