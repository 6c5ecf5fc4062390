#include "tools/compare/metric_cause.h"

#include "tools/runner/metric_catalogue.h"
#include "tools/runner/table_text.h"

#include <fmt/format.h>

#include <string_view>

namespace cm::tools {
namespace {

std::string moved_text(const ComparedMetric& metric)
{
  if (!metric.new_value)
    return fmt::format("{} is gone", metric.name);
  if (!metric.old_value)
    return fmt::format("{} {}, which is new", metric.name, short_number(*metric.new_value));
  return fmt::format("{} {}, was {}", metric.name, short_number(*metric.new_value), short_number(*metric.old_value));
}

// The metric of that name, and of a histogram its mean, where it moved.
std::string change_of(std::string_view name, const std::vector<ComparedMetric>& metrics)
{
  const std::string mean = sim::metrics::statistic_name(name, "mean");
  for (const ComparedMetric& metric : metrics)
    if ((metric.name == name || metric.name == mean) && metric.verdict != Verdict::Equal)
      return moved_text(metric);
  return {};
}

// Empty when nothing is known that the metric follows from.
std::string cause_of(const ComparedMetric& metric, const Cause& cause, const std::vector<ComparedMetric>& metrics)
{
  const auto known = find_metric(metric.name);
  if (!known)
    return to_text(cause);
  std::string moved;
  std::string unmoved;
  for (const std::string_view name : sim::metrics::items_of(known->declaration.follows)) {
    const bool is_whole = name == sim::metrics::Breakdown;
    if (const std::string text = is_whole ? to_text(cause) : change_of(name, metrics); !text.empty())
      moved += (moved.empty() ? "" : "; ") + text;
    else if (!is_whole)
      unmoved += fmt::format("{}{}", unmoved.empty() ? "" : ", ", name);
    else if (!cause.whole.empty())
      unmoved += fmt::format("{}the parts of {}", unmoved.empty() ? "" : ", ", cause.whole);
  }
  return moved.empty() && !unmoved.empty() ? fmt::format("none that is known: no change of {}", unmoved) : moved;
}

}  // namespace

void explain_metrics(const Cause& cause, std::vector<ComparedMetric>& metrics)
{
  for (ComparedMetric& metric : metrics)
    if (metric.verdict != Verdict::Equal && metric.cause.empty())
      metric.cause = cause_of(metric, cause, metrics);
}

}  // namespace cm::tools
