#include "sim/metrics/answer.h"

#include "sim/metrics/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cm::sim::metrics {
namespace {

// Below both the largest part is one of several.
constexpr double StandsOut = 0.4;
constexpr double OverNext = 1.25;

}  // namespace

std::string largest_part_clause(std::span<const Part> parts, std::string_view whole)
{
  double total = 0;
  for (const Part& part : parts)
    total += part.value;
  if (!(total > 0))
    return "";
  std::vector<Part> sorted(parts.begin(), parts.end());
  std::ranges::stable_sort(sorted, std::ranges::greater{}, &Part::value);
  const auto percent = [&](const Part& part) { return 100 * part.value / total; };
  const Part& first = sorted.front();
  const std::string amount = fmt::format("{:.1f} % of {:.4g} {}", percent(first), total, first.unit);
  if (sorted.size() == 1 || !(sorted[1].value > 0))
    return fmt::format("all of {} is {}, {:.4g} {}", whole, first.name, total, first.unit);
  const Part& second = sorted[1];
  if (first.value < StandsOut * total && first.value < OverNext * second.value)
    return fmt::format("no part of {} stands out: {} takes {}, {} {:.1f} %", whole, first.name, amount, second.name,
                       percent(second));
  return fmt::format("the largest part of {} is {}, {}; next is {}, {:.1f} %", whole, first.name, amount, second.name,
                     percent(second));
}

std::string sentence_of(std::string clause)
{
  if (clause.empty())
    return clause;
  clause.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(clause.front())));
  if (!clause.ends_with('.'))
    clause += '.';
  return clause;
}

}  // namespace cm::sim::metrics
