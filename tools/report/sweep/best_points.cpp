#include "tools/report/sweep/best_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace cm::tools {
namespace {

constexpr std::size_t MostMetrics = 5;  // of a base

// Metrics that people compare designs by, in this order; others follow as the result has them.
constexpr std::array<std::string_view, 10> First{
    "tpot_ms", "tokens_per_s_per_npu", "capacity_rps", "goodput_rps", "output_tokens_per_s_per_npu", "slo_attainment",
    "time_us", "dispatch_us",          "combine_us",   "ttft_p99_ms"};

bool is_judged(const BasePoints& base, const std::string& metric)
{
  const auto fact = base.facts.find(metric);
  return fact != base.facts.end() && (fact->second.better == "lower" || fact->second.better == "higher");
}

bool differs(const BasePoints& base, const std::string& metric)
{
  const double* first = nullptr;
  for (const PointData& point : base.points) {
    const double* const value = point.number(metric);
    if (value != nullptr && first != nullptr && *value != *first)
      return true;
    first = first == nullptr ? value : first;
  }
  return false;
}

std::vector<std::string> metrics_to_judge(const BasePoints& base)
{
  std::vector<std::string> metrics;
  std::ranges::copy_if(base.metrics, std::back_inserter(metrics),
                       [&](const std::string& metric) { return is_judged(base, metric) && differs(base, metric); });
  std::ranges::stable_sort(metrics, {}, [](const std::string& metric) { return std::ranges::find(First, metric); });
  metrics.resize(std::min(metrics.size(), MostMetrics));
  return metrics;
}

// Null when no point that counts has the metric.
const PointData* best_of(const BasePoints& base, const std::string& metric, bool only_sound)
{
  const bool is_higher = base.facts.at(metric).better == "higher";
  const PointData* best = nullptr;
  for (const PointData& point : base.points) {
    const double* const value = point.number(metric);
    if (value == nullptr || (only_sound && !point.health.is_sound()))
      continue;
    if (best == nullptr || (is_higher ? *value > *best->number(metric) : *value < *best->number(metric)))
      best = &point;
  }
  return best;
}

// Values of the axes: the rest is the same in all points.
std::string place_of(const BasePoints& base, const PointData& point)
{
  std::string text;
  for (const SweepAxis& axis : base.axes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", axis.short_name(), text_at(point, axis.key));
  return text;
}

// Points beside the best one that are as good: it stands for them alone.
std::string equals_of(const BasePoints& base, const std::string& metric, const PointData& best, bool only_sound)
{
  std::size_t equal = 0;
  for (const PointData& point : base.points)
    if (const double* const value = point.number(metric);
        value != nullptr && *value == *best.number(metric) && (!only_sound || point.health.is_sound()))
      ++equal;
  return equal < 2 ? "" : fmt::format(" (and {} more as good)", equal - 1);
}

std::string caveat_of(const PointData& point, const std::string& metric)
{
  for (const auto& [name, text] : point.caveats)
    if (name == metric)
      return text;
  return "";
}

std::string doubt_of(const PointData& point, const std::string& metric)
{
  const std::string mark(point.health.mark());
  const std::string caveat = caveat_of(point, metric);
  return mark.empty() || caveat.empty() ? mark + caveat : mark + "; " + caveat;
}

void add_rows(const BasePoints& base, const std::string& metric, PageTable& table)
{
  const PointData* const best = best_of(base, metric, false);
  const PointData* const sound = best_of(base, metric, true);
  const bool is_higher = base.facts.at(metric).better == "higher";
  const std::string& meaning = base.facts.at(metric).meaning;
  const std::string words = meaning.empty() ? plain_words(metric) : meaning;
  const auto add = [&](const PointData& point, const char* which, bool only_sound) {
    table.rows.push_back({base.base, fmt::format("{} {}{}", is_higher ? "highest" : "lowest", words, which),
                          plain_text(*point.number(metric), base.facts.at(metric).unit, metric),
                          place_of(base, point) + equals_of(base, metric, point, only_sound), doubt_of(point, metric)});
  };
  const bool is_doubtful = best != nullptr && !best->health.is_sound();
  if (is_doubtful)
    add(*best, "", false);
  if (sound != nullptr)
    add(*sound, is_doubtful ? ", of points not in doubt" : "", true);
}

}  // namespace

PageSection best_points_section(const std::vector<BasePoints>& bases)
{
  PageTable table{"", {{"base"}, {"best"}, {"value", true}, {"at"}, {"in doubt"}}, {}};
  for (const BasePoints& base : bases)
    if (!base.axes.empty())
      for (const std::string& metric : metrics_to_judge(base))
        add_rows(base, metric, table);
  if (std::ranges::all_of(table.rows, [](const auto& row) { return row.back().empty(); })) {
    table.columns.pop_back();
    for (std::vector<std::string>& row : table.rows)
      row.pop_back();
  }
  PageSection section{"Best points", {}};
  if (!table.rows.empty())
    section.blocks.emplace_back(std::move(table));
  return section;
}

}  // namespace cm::tools
