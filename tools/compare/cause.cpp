#include "tools/compare/cause.h"

#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace cm::tools {
namespace {

// Below this share of the change a part is no news.
constexpr double WorthTelling = 0.1;
constexpr std::size_t MostTold = 3;
// Least imbalance that is noticed, as a share of an even share of the traffic; packets of a few messages never spread
// more evenly than this.
constexpr double NoticedImbalance = 0.1;
// Rounding: a change of the sum that is smaller is none.
constexpr double Nothing = 1e-9;

std::vector<PartChange> changes_of(const std::vector<StoredPart>& old_parts, const std::vector<StoredPart>& new_parts)
{
  std::vector<PartChange> changes;
  for (const StoredPart& part : old_parts)
    changes.push_back({part.name, part.value, 0, part.unit});
  for (const StoredPart& part : new_parts) {
    auto found = std::ranges::find(changes, part.name, &PartChange::part);
    if (found == changes.end())
      found = changes.insert(changes.end(), {part.name, 0, 0, part.unit});
    found->new_value = part.value;
  }
  return changes;
}

void find_parts(const StoredResult& old_result, const StoredResult& new_result, Cause& cause)
{
  std::vector<PartChange> changes = breakdown_changes(old_result, new_result);
  if (!changes.empty())
    cause.whole = new_result.breakdown_of;
  double sum = 0;
  for (const PartChange& each : changes) {
    cause.change += each.change();
    cause.unit = each.unit;
    sum += std::abs(each.old_value);
  }
  if (std::abs(cause.change) <= Nothing * sum)
    return;
  for (PartChange& each : changes) {
    each.share = each.change() / cause.change;
    if (each.share >= WorthTelling)
      cause.parts.push_back(each);
  }
  std::ranges::stable_sort(cause.parts, std::ranges::greater{}, &PartChange::share);
}

void find_lanes(const StoredResult& old_result, const StoredResult& new_result, Cause& cause)
{
  std::vector<PartChange> changes = changes_of(old_result.lanes, new_result.lanes);
  const double even = changes.empty() ? 0 : 100 / static_cast<double>(changes.size());
  std::erase_if(changes, [&](const PartChange& each) { return std::abs(each.change()) <= NoticedImbalance * even; });
  std::ranges::stable_sort(changes, std::ranges::greater{},
                           [](const PartChange& each) { return std::abs(each.change()); });
  cause.lanes = std::move(changes);
}

}  // namespace

Cause Cause::towards(int direction) const
{
  Cause cause = *this;
  if (direction * change < 0)
    cause.parts.clear();
  return cause;
}

std::vector<PartChange> breakdown_changes(const StoredResult& old_result, const StoredResult& new_result)
{
  if (old_result.breakdown.empty() || new_result.breakdown.empty())
    return {};
  return changes_of(old_result.breakdown, new_result.breakdown);
}

Cause find_cause(const StoredResult& old_result, const StoredResult& new_result)
{
  Cause cause;
  find_parts(old_result, new_result, cause);
  find_lanes(old_result, new_result, cause);
  cause.has_lanes = !old_result.lanes.empty() || !new_result.lanes.empty();
  return cause;
}

std::string to_text(const Cause& cause)
{
  std::string text;
  for (std::size_t i = 0; i < std::min(cause.parts.size(), MostTold); ++i) {
    const PartChange& part = cause.parts[i];
    text += fmt::format("{}{} {} {}", i == 0 ? "" : ", then ", part.part, signed_number(part.change()), part.unit);
    text += i == 0 ? fmt::format(" of {} {} in {} ({:.0f} %)", signed_number(cause.change), cause.unit, cause.whole,
                                 100 * part.share)
                   : fmt::format(" ({:.0f} %)", 100 * part.share);
  }
  for (std::size_t i = 0; i < std::min(cause.lanes.size(), MostTold); ++i) {
    const PartChange& lane = cause.lanes[i];
    text += fmt::format("{}{} carries {} {} of the traffic, was {}", text.empty() ? "" : "; ", lane.part,
                        short_number(lane.new_value), lane.unit, short_number(lane.old_value));
  }
  return text;
}

}  // namespace cm::tools
