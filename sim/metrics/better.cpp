#include "sim/metrics/better.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cm::sim::metrics {
namespace {

constexpr std::array<std::pair<Better, std::string_view>, 3> Names{
    {{Better::Lower, "lower"}, {Better::Higher, "higher"}, {Better::Neither, "neither"}}};

constexpr std::array<std::string_view, 6> Times{"ps", "ns", "us", "ms", "s", "min"};

}  // namespace

std::string_view to_text(Better better)
{
  return std::ranges::find(Names, better, [](const auto& each) { return each.first; })->second;
}

std::optional<Better> parse_better(std::string_view text)
{
  const auto found = std::ranges::find(Names, text, [](const auto& each) { return each.second; });
  return found == Names.end() ? std::nullopt : std::optional(found->first);
}

Better better_by_unit(std::string_view unit)
{
  if (std::ranges::find(Times, unit) != Times.end())
    return Better::Lower;
  return unit.ends_with("/s") ? Better::Higher : Better::Neither;
}

}  // namespace cm::sim::metrics
