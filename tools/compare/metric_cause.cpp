#include "tools/compare/metric_cause.h"

#include "tools/terminal/table_text.h"
#include "tools/workload_kinds/metric_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

// 1: more of it means more work or a longer time; -1: less of it does; 0: neither is known.
int burden_of(const sim::metrics::MetricDeclaration& metric)
{
  constexpr std::array<std::string_view, 6> Bytes{"B", "bytes", "kB", "MB", "GB", "GiB"};
  if (metric.better == sim::metrics::Better::Lower)
    return 1;
  if (metric.better == sim::metrics::Better::Higher)
    return -1;
  return std::ranges::find(Bytes, metric.unit) != Bytes.end() ? 1 : 0;
}

// Which way the burden moved: 1 up, -1 down, 0 not known.
int direction_of(const ComparedMetric& metric)
{
  const auto known = find_metric(metric.name);
  if (!known || !metric.old_value || !metric.new_value)
    return 0;
  return burden_of(known->declaration) * (*metric.new_value > *metric.old_value ? 1 : -1);
}

// The metric of that name, and of a histogram its mean, where it moved; null otherwise.
const ComparedMetric* moved(std::string_view name, const std::vector<ComparedMetric>& metrics)
{
  const std::string mean = sim::metrics::statistic_name(name, "mean");
  const auto found = std::ranges::find_if(metrics, [&](const ComparedMetric& metric) {
    return (metric.name == name || metric.name == mean) && metric.verdict != Verdict::Equal;
  });
  return found == metrics.end() ? nullptr : &*found;
}

void append(std::string& list, std::string_view between, std::string_view item)
{
  list += fmt::format("{}{}", list.empty() ? "" : between, item);
}

// Empty when nothing is known that the metric follows from.
std::string cause_of(const ComparedMetric& metric, const Cause& cause, const std::vector<ComparedMetric>& metrics)
{
  const auto known = find_metric(metric.name);
  const int direction = direction_of(metric);
  if (!known)
    return to_text(cause);
  std::string causes;
  std::string unmoved;
  std::string opposed;
  for (const std::string_view name : sim::metrics::items_of(known->declaration.follows)) {
    if (name == sim::metrics::Breakdown) {
      const std::string parts = fmt::format("the parts of {}", cause.whole);
      if (const std::string text = to_text(cause.towards(direction)); !text.empty())
        append(causes, "; ", text);
      else if (!cause.whole.empty())
        append(cause.parts.empty() ? unmoved : opposed, ", ", parts);
      continue;
    }
    const ComparedMetric* const other = moved(name, metrics);
    // A number that moved the other way, as fewer bytes beside a longer time, made up for some of the change at most.
    if (other == nullptr)
      append(unmoved, ", ", name);
    else if (direction * direction_of(*other) < 0)
      append(opposed, ", ", other->name);
    else
      append(causes, "; ", moved_text(*other));
  }
  if (!causes.empty() || (unmoved.empty() && opposed.empty()))
    return causes;
  std::string text = "none that is known: ";
  if (!unmoved.empty())
    text += fmt::format("no change of {}", unmoved);
  if (!opposed.empty())
    text += fmt::format("{}{} moved the other way", unmoved.empty() ? "" : "; ", opposed);
  return text;
}

}  // namespace

void explain_metrics(const Cause& cause, std::vector<ComparedMetric>& metrics)
{
  for (ComparedMetric& metric : metrics)
    if (metric.verdict != Verdict::Equal && metric.cause.empty())
      metric.cause = cause_of(metric, cause, metrics);
}

}  // namespace cm::tools
