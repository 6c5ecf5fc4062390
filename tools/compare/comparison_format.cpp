#include "tools/compare/comparison_format.h"

#include "sim/config/suggestion.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace cm::tools {
namespace {

// Formats that no terminal is wide enough for.
template <std::string (*Print)(const Comparison& comparison)>
std::string at_any_width(const Comparison& comparison, std::size_t /*width*/)
{
  return Print(comparison);
}

constexpr std::array<ComparisonFormat, 4> Formats{{
    {"table", "columns for a terminal", comparison_table},
    {"markdown", "tables for a pull request", at_any_width<comparison_markdown>},
    {"junit", "JUnit XML for CI: a test case a number", at_any_width<comparison_junit>},
    {"json", "every number, for cmsim report and programs", at_any_width<comparison_json>},
}};

// Distances below this share of the mean are the width of a bucket.
constexpr double BucketWidth = 0.005;

std::string percent(double share)
{
  return fmt::format("{:.3g} %", 100 * share);
}

std::string change_text(const ComparedMetric& metric)
{
  const auto change = metric.change();
  if (!change)
    return "-";
  return *change == 0 ? "0 %" : fmt::format("{:+.2f} %", 100 * *change);
}

}  // namespace

std::span<const ComparisonFormat> comparison_formats()
{
  return Formats;
}

std::vector<std::string> metric_titles()
{
  return {"metric", "old", "new", "unit", "change", "tolerance", "verdict"};
}

std::vector<std::string> metric_cells(const ComparedMetric& metric)
{
  const auto number = [](const std::optional<double>& value) { return value ? short_number(*value) : "-"; };
  return {metric.name,
          number(metric.old_value),
          number(metric.new_value),
          metric.unit,
          change_text(metric),
          percent(metric.tolerance),
          std::string(to_text(metric.verdict))};
}

std::vector<std::string> histogram_titles()
{
  return {"histogram", "moved by", "unit", "of the mean", "largest gap"};
}

std::vector<std::string> histogram_cells(const ComparedHistogram& histogram)
{
  const double moved = histogram.distance.moved;
  return {histogram.name, short_number(moved), histogram.unit,
          histogram.old_mean > 0 ? fmt::format("{:.2f} %", 100 * moved / histogram.old_mean) : "-",
          fmt::format("{:.2f} %", 100 * histogram.distance.largest_gap)};
}

std::vector<std::string> input_titles()
{
  return {"input", "old", "new"};
}

std::vector<std::string> input_cells(const InputChange& change)
{
  return {change.key, change.old_text.value_or("-"), change.new_text.value_or("-")};
}

std::vector<ComparedMetric> shown_metrics(const Comparison& comparison, const ComparedPoint& point)
{
  std::vector<ComparedMetric> shown = point.metrics;
  if (comparison.points.size() > 1)
    std::erase_if(shown, [](const ComparedMetric& each) { return each.verdict == Verdict::Equal; });
  return shown;
}

std::vector<ComparedHistogram> shown_histograms(const Comparison& comparison, const ComparedPoint& point)
{
  std::vector<ComparedHistogram> shown = point.histograms;
  if (comparison.points.size() > 1)
    std::erase_if(shown,
                  [](const ComparedHistogram& each) { return each.distance.moved <= BucketWidth * each.old_mean; });
  return shown;
}

std::string cause_text(const ComparedPoint& point)
{
  if (point.verdict == Verdict::Equal || point.metrics.empty())
    return {};
  // A point is not worse for parts that take less time.
  const int direction = point.verdict == Verdict::Worse ? 1 : point.verdict == Verdict::Better ? -1 : 0;
  const Cause cause = point.cause.towards(direction);
  if (cause.is_known())
    return to_text(cause);
  if (!point.cause.parts.empty())
    return fmt::format("none that is known: the parts of {} moved the other way", point.cause.whole);
  std::vector<std::string> unchanged;
  if (!point.cause.whole.empty())
    unchanged.push_back("no part of " + point.cause.whole);
  if (point.cause.has_lanes)
    unchanged.emplace_back("no sub-plane");
  return unchanged.empty() ? "" : fmt::format("{} changed with it", sim::config::joined(unchanged, " and "));
}

std::vector<std::string> metric_cause_lines(const ComparedPoint& point)
{
  const std::string told = cause_text(point);
  // By cause, in the order in which they are met first.
  std::vector<std::pair<std::string, std::string>> names;
  for (const ComparedMetric& metric : point.metrics) {
    if (!is_regression(metric.verdict) || metric.cause.empty() || metric.cause == told)
      continue;
    const auto same = std::ranges::find(names, metric.cause, [](const auto& each) { return each.first; });
    if (same == names.end())
      names.emplace_back(metric.cause, metric.name);
    else
      same->second += ", " + metric.name;
  }
  std::vector<std::string> lines;
  for (const auto& [cause, metrics] : names)
    lines.push_back(fmt::format("{}: {}", metrics, cause));
  return lines;
}

std::vector<std::string> configuration_lines(const ComparedPoint& point)
{
  std::vector<std::string> lines;
  if (!point.is_same_configuration)
    lines.emplace_back("the configurations differ");
  std::ranges::copy(point.numbers, std::back_inserter(lines));
  return lines;
}

std::string summary_text(const Comparison& comparison)
{
  std::string text;
  for (const Verdict verdict :
       {Verdict::Worse, Verdict::Lost, Verdict::Better, Verdict::Changed, Verdict::Added, Verdict::Equal})
    if (const std::size_t count = comparison.count(verdict); count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_text(verdict));
  const std::size_t points = comparison.points.size();
  if (const auto doubtful =
          std::ranges::count_if(comparison.points, [](const auto& each) { return !each.doubts.empty(); }))
    text += fmt::format("; {} in doubt", doubtful);
  return fmt::format("{} {}: {}", points, points == 1 ? "result" : "results", text);
}

}  // namespace cm::tools
