#include "tools/compare/comparison.h"

#include "sim/config/suggestion.h"
#include "tools/compare/metric_cause.h"
#include "tools/numbers/number_name.h"
#include "tools/workload_kinds/metric_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace cm::tools {
namespace {

using sim::metrics::Better;

constexpr std::array<std::pair<Verdict, std::string_view>, 6> Names{{{Verdict::Equal, "equal"},
                                                                     {Verdict::Better, "better"},
                                                                     {Verdict::Worse, "worse"},
                                                                     {Verdict::Changed, "changed"},
                                                                     {Verdict::Added, "added"},
                                                                     {Verdict::Lost, "lost"}}};

struct Statistic {
  std::string_view name;
  std::optional<double> StoredHistogram::* value;
};

constexpr std::array<Statistic, 3> Statistics{
    {{"mean", &StoredHistogram::mean}, {"p50", &StoredHistogram::median}, {"p99", &StoredHistogram::p99}}};

struct WatchedNumber {
  StoredMetric metric;
  std::string histogram;  // that it describes; empty for a metric
};

std::vector<WatchedNumber> numbers_of(const StoredResult& result)
{
  std::vector<WatchedNumber> numbers;
  for (const StoredMetric& metric : result.metrics)
    numbers.push_back({metric, ""});
  for (const StoredHistogram& histogram : result.histograms)
    for (const Statistic& statistic : Statistics) {
      const std::string name = sim::metrics::statistic_name(histogram.name, statistic.name);
      const std::optional<double>& value = histogram.*statistic.value;
      if (value && std::ranges::find(result.metrics, name, &StoredMetric::name) == result.metrics.end())
        numbers.push_back({{name, *value, histogram.unit, histogram.better}, histogram.name});
    }
  return numbers;
}

const WatchedNumber* find(const std::vector<WatchedNumber>& numbers, const std::string& name)
{
  const auto found = std::ranges::find_if(numbers, [&](const WatchedNumber& each) { return each.metric.name == name; });
  return found == numbers.end() ? nullptr : &*found;
}

Verdict judge(double old_value, double new_value, double tolerance, Better better)
{
  const double change = new_value - old_value;
  if (std::abs(change) <= tolerance * std::abs(old_value))
    return Verdict::Equal;
  if (better == Better::Neither)
    return Verdict::Changed;
  return (change < 0) == (better == Better::Lower) ? Verdict::Better : Verdict::Worse;
}

// A number that is only there while something is wrong may go.
bool is_relief(const std::string& metric)
{
  const auto known = find_metric(metric);
  return known && known->declaration.absence == sim::metrics::Absence::Relief;
}

std::vector<ComparedMetric> compare_metrics(const StoredResult& old_result, const StoredResult& new_result,
                                            const Tolerances& tolerances)
{
  const std::vector<WatchedNumber> old_numbers = numbers_of(old_result);
  const std::vector<WatchedNumber> new_numbers = numbers_of(new_result);
  std::vector<ComparedMetric> compared;
  for (const auto& [metric, histogram] : old_numbers) {
    ComparedMetric& row = compared.emplace_back();
    row.name = metric.name;
    row.unit = metric.unit;
    row.old_value = metric.value;
    row.tolerance = tolerances.of(metric.name, histogram);
    row.verdict = is_relief(metric.name) ? Verdict::Changed : Verdict::Lost;
    if (const WatchedNumber* now = find(new_numbers, metric.name)) {
      row.new_value = now->metric.value;
      // The new program knows best which way its numbers should go.
      row.verdict = judge(metric.value, now->metric.value, row.tolerance, now->metric.better);
    }
  }
  for (const auto& [metric, histogram] : new_numbers)
    if (find(old_numbers, metric.name) == nullptr)
      compared.push_back({.name = metric.name,
                          .unit = metric.unit,
                          .old_value = std::nullopt,
                          .new_value = metric.value,
                          .tolerance = tolerances.of(metric.name, histogram),
                          .verdict = Verdict::Added});
  return compared;
}

// Row "steady", 1 or 0, of two results of which one is steady and the other is not. It judges the two alone: latencies
// and rates of an unsteady run depend on its length, whichever way they moved.
std::optional<ComparedMetric> compare_steadiness(const RunHealth& before, const RunHealth& now)
{
  if (!before.says_steady || !now.says_steady || before.is_steady == now.is_steady)
    return std::nullopt;
  return ComparedMetric{.name = "steady",
                        .unit = "",
                        .old_value = before.is_steady ? 1.0 : 0.0,
                        .new_value = now.is_steady ? 1.0 : 0.0,
                        .tolerance = 0,
                        .verdict = now.is_steady ? Verdict::Better : Verdict::Worse,
                        .cause = now.is_steady ? "" : now.why_unsteady};
}

std::vector<ComparedHistogram> compare_histograms(const StoredResult& old_result, const StoredResult& new_result)
{
  std::vector<ComparedHistogram> compared;
  for (const StoredHistogram& before : old_result.histograms) {
    const auto now = std::ranges::find(new_result.histograms, before.name, &StoredHistogram::name);
    // A histogram without values has no distance to another one.
    if (now != new_result.histograms.end() && before.mean && now->mean)
      compared.push_back(
          {before.name, before.unit, *before.mean, distance(before, *now), before.buckets, now->buckets});
  }
  return compared;
}

// "path = value: why" as path and value.
std::map<std::string, std::string> values_of(const std::vector<std::string>& assumed)
{
  std::map<std::string, std::string> values;
  for (const std::string& line : assumed) {
    const std::size_t equals = line.find(" = ");
    const std::size_t colon = line.find(": ", equals);
    if (equals != std::string::npos && colon != std::string::npos)
      values[line.substr(0, equals)] = line.substr(equals + 3, colon - equals - 3);
  }
  return values;
}

// An overridden number counts as assumed, so these lists tell much of what differs between two configurations.
std::vector<std::string> changed_numbers(const StoredResult& old_result, const StoredResult& new_result)
{
  const auto old_values = values_of(old_result.assumed);
  const auto new_values = values_of(new_result.assumed);
  std::vector<std::string> changes;
  for (const auto& [path, value] : new_values) {
    const auto before = old_values.find(path);
    if (before == old_values.end())
      changes.push_back(fmt::format("{}: assumed {} now", path, value));
    else if (before->second != value)
      changes.push_back(fmt::format("{}: {}, was {}", path, value, before->second));
  }
  for (const auto& [path, value] : old_values)
    if (!new_values.contains(path))
      changes.push_back(fmt::format("{}: was assumed {}", path, value));
  return changes;
}

// A point is what its most telling number is.
Verdict summary_of(const std::vector<ComparedMetric>& metrics)
{
  const auto has = [&](Verdict verdict) {
    return std::ranges::find(metrics, verdict, &ComparedMetric::verdict) != metrics.end();
  };
  if (has(Verdict::Lost) || has(Verdict::Worse))
    return Verdict::Worse;
  if (has(Verdict::Better))
    return Verdict::Better;
  return has(Verdict::Changed) || has(Verdict::Added) ? Verdict::Changed : Verdict::Equal;
}

std::vector<std::string> doubts_of(const StoredResult& old_result, const StoredResult& new_result)
{
  std::vector<std::string> doubts;
  for (const auto& [side, result] : {std::pair{"old", &old_result}, std::pair{"new", &new_result}}) {
    const RunHealth& health = result->health;
    if (!health.is_steady)
      doubts.push_back(
          fmt::format("{}: {}, its latencies and rates depend on the length of the run", side, health.mark()));
    if (health.misses_levels())
      doubts.push_back(fmt::format("{}: SLO missed, {}", side, health.attainment_text()));
  }
  return doubts;
}

ComparedPoint compare_point(const StoredResult& old_result, const StoredResult& new_result,
                            const Tolerances& tolerances)
{
  ComparedPoint point;
  point.label = old_result.label;
  if (!old_result.is_done() || !new_result.is_done()) {
    if (old_result.is_done())
      point.verdict = Verdict::Lost;
    else if (new_result.is_done())
      point.verdict = Verdict::Added;
    const StoredResult& told = new_result.is_done() ? old_result : new_result;
    point.reason = fmt::format("{}{}: {}", new_result.is_done() ? "was " : "", told.status, told.reason);
    return point;
  }
  point.metrics = compare_metrics(old_result, new_result, tolerances);
  if (auto steadiness = compare_steadiness(old_result.health, new_result.health)) {
    for (ComparedMetric& metric : point.metrics)
      if (metric.verdict == Verdict::Better || metric.verdict == Verdict::Worse)
        metric.verdict = Verdict::Changed;
    point.metrics.push_back(*std::move(steadiness));
  }
  point.histograms = compare_histograms(old_result, new_result);
  point.verdict = summary_of(point.metrics);
  point.breakdown = breakdown_changes(old_result, new_result);
  point.cause = find_cause(old_result, new_result);
  point.inputs = input_changes(old_result, new_result);
  explain_metrics(point.cause, point.metrics);
  point.is_same_configuration = old_result.configuration_digest == new_result.configuration_digest;
  point.numbers = changed_numbers(old_result, new_result);
  point.doubts = doubts_of(old_result, new_result);
  return point;
}

// Points that only one side has differ in nothing.
std::vector<std::vector<InputChange>*> inputs_of_pairs(std::vector<ComparedPoint>& points)
{
  std::vector<std::vector<InputChange>*> lists;
  for (ComparedPoint& point : points)
    if (!point.metrics.empty())
      lists.push_back(&point.inputs);
  return lists;
}

ComparedPoint lone_point(const StoredResult& result, Verdict verdict, const std::string& where)
{
  ComparedPoint point;
  point.label = result.label;
  point.verdict = verdict;
  point.reason = where;
  return point;
}

}  // namespace

std::string_view to_text(Verdict verdict)
{
  return std::ranges::find(Names, verdict, [](const auto& each) { return each.first; })->second;
}

bool is_regression(Verdict verdict)
{
  return verdict == Verdict::Worse || verdict == Verdict::Lost;
}

std::optional<double> ComparedMetric::change() const
{
  if (!old_value || !new_value)
    return std::nullopt;
  if (*old_value == *new_value)
    return 0;
  return *old_value == 0 ? std::nullopt : std::optional((*new_value - *old_value) / std::abs(*old_value));
}

bool Comparison::has_regression() const
{
  return std::ranges::any_of(points, [](const ComparedPoint& point) { return is_regression(point.verdict); });
}

std::size_t Comparison::count(Verdict verdict) const
{
  return static_cast<std::size_t>(std::ranges::count(points, verdict, &ComparedPoint::verdict));
}

void refuse_unknown(const Tolerances& tolerances, const ResultSet& old_set, const ResultSet& new_set,
                    sim::config::ReadingLog& log)
{
  if (tolerances.of_metric.empty())
    return;
  std::set<std::string> known;
  for (const ResultSet* set : {&old_set, &new_set})
    for (const StoredResult& result : set->results)
      for (const auto& [metric, histogram] : numbers_of(result)) {
        known.insert(metric.name);
        if (!histogram.empty())
          known.insert(histogram);
      }
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [name, tolerance] : tolerances.of_metric)
    if (!known.contains(name) && !names.empty())
      add_problem(log, {"--tolerance"}, "",
                  fmt::format("unknown metric \"{}\"{}", name,
                              sim::config::short_suggestion(name, names, "metrics", "cmsim list metrics")));
}

void refuse_unknown(const Tolerances& tolerances)
{
  sim::config::ReadingLog log;
  for (const auto& [name, tolerance] : tolerances.of_metric)
    // The tolerance of a histogram is for all its numbers.
    if (const std::string refusal = refused_number(name); !refusal.empty() && !find_metric(name))
      log.problems.push_back(fmt::format("--tolerance: {}", refusal));
  throw_if_any(log);
}

Comparison compare(const ResultSet& old_set, const ResultSet& new_set, const Tolerances& tolerances)
{
  Comparison comparison{.old_path = old_set.path,
                        .new_path = new_set.path,
                        .inputs = {},
                        .unknown_inputs = unknown_inputs(old_set, new_set),
                        .points = {}};
  for (const StoredResult& before : old_set.results) {
    const StoredResult* now = new_set.find(before.label);
    comparison.points.push_back(now != nullptr ? compare_point(before, *now, tolerances)
                                               : lone_point(before, Verdict::Lost, "only in " + old_set.path));
  }
  for (const StoredResult& now : new_set.results)
    if (old_set.find(now.label) == nullptr)
      comparison.points.push_back(lone_point(now, Verdict::Added, "only in " + new_set.path));
  comparison.inputs = take_common(inputs_of_pairs(comparison.points));
  return comparison;
}

}  // namespace cm::tools
