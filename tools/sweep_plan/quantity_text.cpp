#include "tools/sweep_plan/quantity_text.h"

#include "sim/units/decimal.h"
#include "sim/units/parse_quantity.h"

namespace cm::tools {
namespace {

using Kind = QuantityText::Kind;

std::optional<std::int64_t> whole_number(std::string_view text)
{
  const auto scanned = scan_decimal(text);
  return scanned && scanned->rest.empty() ? to_whole(scanned->number, 1) : std::nullopt;
}

}  // namespace

std::partial_ordering QuantityText::compare(const QuantityText& other) const
{
  if (kind != other.kind)
    return std::partial_ordering::unordered;
  if (whole && other.whole)
    return *whole <=> *other.whole;
  return value <=> other.value;
}

std::optional<QuantityText> quantity_text(std::string_view text)
{
  if (const auto share = parse_fraction(text))
    return QuantityText{Kind::Number, *share, whole_number(text)};
  if (const auto bytes = parse_bytes(text))
    return QuantityText{Kind::Bytes, static_cast<double>(bytes->count()), bytes->count()};
  if (const auto rate = parse_bytes_per_second(text))
    return QuantityText{Kind::Rate, rate->count(), std::nullopt};
  if (const auto time = parse_seconds(text))
    return QuantityText{Kind::Time, time->count(), std::nullopt};
  if (const auto rate = parse_flops_per_second(text))
    return QuantityText{Kind::Flops, rate->count(), std::nullopt};
  return std::nullopt;
}

bool are_equal_values(const std::string& a, const std::string& b)
{
  if (a == b)
    return true;
  const auto first = quantity_text(a);
  const auto second = quantity_text(b);
  return first && second && first->compare(*second) == std::partial_ordering::equivalent;
}

}  // namespace cm::tools
