#include "tools/report/measures/distribution_section.h"

#include "tools/report/measures/distribution_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

struct Statistic {
  std::string_view key;
  std::string_view title;
};

constexpr std::array<Statistic, 6> Statistics{{{"mean", "mean"},
                                               {"p50", "median"},
                                               {"p90", "90 % up to"},
                                               {"p99", "99 % up to"},
                                               {"p999", "99.9 % up to"},
                                               {"max", "largest"}}};

NamedBuckets named_buckets(const std::string& name, const Json& histogram)
{
  return {name, histogram.value("unit", ""), histogram.at("buckets"), histogram.value("meaning", "")};
}

// Results of earlier versions state zeros for a histogram of nothing.
bool is_of_nothing(const Json& histogram)
{
  return histogram.value("count", 1.0) == 0;
}

std::vector<std::string> row_of(const std::string& name, const Json& histogram)
{
  const NamedBuckets buckets = named_buckets(name, histogram);
  const PlainUnit unit = plain_unit(buckets.unit, histogram.value("p50", buckets.largest()), name);
  std::string what = with_unit(buckets.words(), unit);
  if (!buckets.meaning.empty())
    what += fmt::format(" ({})", name);
  if (const std::string caveat = histogram.value("caveat", ""); !caveat.empty())
    what += fmt::format(" [{}]", caveat);
  std::vector<std::string> cells{what, histogram.contains("count") ? plain_number(histogram.at("count")) : "-"};
  for (const Statistic& statistic : Statistics) {
    const auto found = histogram.find(statistic.key);
    const bool is_there = found != histogram.end() && found->is_number() && !is_of_nothing(histogram);
    cells.push_back(is_there ? plain_number(found->get<double>() * unit.factor) : "-");
  }
  return cells;
}

PageTable table_of(const Json& histograms)
{
  PageTable table{"", {{"distribution"}, {"values", true}}, {}};
  for (const Statistic& statistic : Statistics)
    table.columns.push_back({std::string(statistic.title), true});
  for (const auto& [name, histogram] : histograms.items())
    table.rows.push_back(row_of(name, histogram));
  return table;
}

// In the order of the file, a list a unit.
std::vector<std::vector<NamedBuckets>> by_unit(const Json& histograms)
{
  std::vector<std::vector<NamedBuckets>> units;
  for (const auto& [name, histogram] : histograms.items()) {
    if (histogram.at("buckets").empty())
      continue;
    NamedBuckets buckets = named_buckets(name, histogram);
    auto unit = std::ranges::find_if(units, [&](const auto& each) { return each.front().unit == buckets.unit; });
    if (unit == units.end())
      units.push_back({std::move(buckets)});
    else
      unit->push_back(std::move(buckets));
  }
  return units;
}

// Middle one of the largest values: of several distributions some may be a thousand times as large as others.
double usual_size(const std::vector<NamedBuckets>& histograms)
{
  std::vector<double> sizes;
  for (const NamedBuckets& histogram : histograms)
    sizes.push_back(histogram.largest());
  std::ranges::sort(sizes);
  return sizes[sizes.size() / 2];
}

// Whether one bar holds nearly all values: a picture of it says nothing.
bool is_in_one_bar(const HistogramBars& bars)
{
  constexpr double NearlyAll = 0.995;
  return std::ranges::any_of(bars.bars, [&](const auto& bar) { return bar.count >= NearlyAll * bars.values; });
}

// Results of earlier versions lack some.
double statistic_of(const Json& histogram, const char* key, double otherwise)
{
  const auto found = histogram.find(key);
  return found != histogram.end() && found->is_number() ? found->get<double>() : otherwise;
}

// One number, or the range of all and where nearly all lie.
std::string lone_bar_text(const NamedBuckets& histogram, const Json& counted, const HistogramBars& bars)
{
  const auto text = [&](double value) { return plain_text(value, histogram.unit, histogram.name); };
  const std::string least = text(statistic_of(counted, "min", histogram.buckets.front().at(0).get<double>()));
  const std::string largest = text(statistic_of(counted, "max", histogram.largest()));
  const std::string words = capitalised(histogram.words());
  const std::string values = plain_number(bars.values);
  if (least == largest)
    return fmt::format("{}: all {} values are {}.", words, values, largest);
  return fmt::format("{}: {} values from {} to {}, nearly all close to {}.", words, values, least, largest,
                     text(statistic_of(counted, "p50", histogram.largest())));
}

// Titles of charts: several distributions may have one meaning.
void add_names_to_equal_titles(std::vector<Chart>& charts, const std::vector<std::string>& names)
{
  std::vector<std::string> titles;
  for (const Chart& chart : charts)
    titles.push_back(chart.title);
  for (std::size_t i = 0; i < charts.size(); ++i)
    if (std::ranges::count(titles, titles[i]) > 1)
      charts[i].title += fmt::format(": {}", plain_words(names[i]));
}

}  // namespace

PageSection distribution_section(const Json& histograms)
{
  PageSection section{"Distributions", {}};
  if (histograms.empty())
    return section;
  section.blocks.emplace_back(table_of(histograms));
  PageList without_chart{"", {}};
  std::vector<Chart> charts;
  std::vector<std::string> names;
  for (const std::vector<NamedBuckets>& unit : by_unit(histograms)) {
    std::vector<NamedBuckets> spread;
    for (const NamedBuckets& each : unit) {
      const PlainUnit plain = plain_unit(each.unit, each.largest(), each.name);
      const HistogramBars bars = histogram_bars(each.buckets, plain.factor);
      if (is_in_one_bar(bars)) {
        without_chart.lines.push_back(lone_bar_text(each, histograms.at(each.name), bars));
      } else {
        charts.push_back(histogram_chart(each, plain, bars));
        names.push_back(each.name);
        spread.push_back(each);
      }
    }
    if (!spread.empty())
      section.blocks.emplace_back(cumulative_chart(spread, plain_unit(spread.front().unit, usual_size(spread))));
  }
  add_names_to_equal_titles(charts, names);
  for (Chart& chart : charts)
    section.blocks.emplace_back(std::move(chart));
  if (!without_chart.lines.empty())
    section.blocks.emplace_back(std::move(without_chart));
  return section;
}

}  // namespace cm::tools
