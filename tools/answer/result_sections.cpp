#include "tools/answer/result_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace cm::tools {
namespace {

using sim::metrics::Metric;
using sim::metrics::NamedHistogram;
using sim::metrics::Part;
using sim::metrics::Result;
using sim::metrics::Table;

constexpr std::size_t NarrowestBar = 10;
constexpr std::size_t WidestBar = 60;

// With the run's own numbers when it has some.
std::string description_of(const Metric& metric)
{
  return metric.has_own_formula ? fmt::format("{}: {}", metric.meaning, metric.formula) : metric.meaning;
}

std::string number_or_dash(const std::optional<double>& value)
{
  return value ? short_number(*value) : "-";
}

// A text and what speaks against what it explains.
std::string with_reservations(const std::string& text, const std::string& caveats)
{
  return caveats.empty() ? text : fmt::format("{}{}[{}]", text, text.empty() ? "" : " ", caveats);
}

std::string cell_text(const Table::Cell& cell)
{
  if (const double* const value = std::get_if<double>(&cell))
    return short_number(*value);
  const std::string* const text = std::get_if<std::string>(&cell);
  return text != nullptr ? *text : "-";
}

// The largest ones in their order, and the sum of the others.
std::vector<Part> largest_parts(const std::vector<Part>& parts, std::size_t rows)
{
  if (parts.size() <= rows)
    return parts;
  // As (-value, place): of equal ones the first.
  std::vector<std::pair<double, std::size_t>> sizes;
  for (std::size_t i = 0; i < parts.size(); ++i)
    sizes.emplace_back(-parts[i].value, i);
  std::ranges::sort(sizes);
  const auto least = sizes.at(rows - 2);
  std::vector<Part> kept;
  Part rest{.name = "", .value = 0, .unit = parts.front().unit};
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (std::pair(-parts[i].value, i) <= least)
      kept.push_back(parts[i]);
    else
      rest.value += parts[i].value;
  rest.name = fmt::format("{} smaller parts", parts.size() - kept.size());
  kept.push_back(std::move(rest));
  return kept;
}

}  // namespace

std::string metrics_text(const Result& result, const TextStyle& style)
{
  const std::vector<Metric>& metrics = result.metrics;
  std::vector<Column> columns{{}, {{}, true}, {}};
  for (const Metric& metric : metrics) {
    columns[0].texts.push_back(metric.name);
    columns[1].texts.push_back(short_number(metric.value));
    columns[2].texts.push_back(metric.unit);
  }
  std::string text;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const std::string start = row_of(columns, i) + "  ";
    text += wrapped(start, with_reservations(description_of(metrics[i]), result.caveats_of(metrics[i].name)),
                    columns_of(start), style.width);
  }
  return text;
}

std::string breakdown_text(const Result& result, const TextStyle& style, std::size_t rows)
{
  const Pen pen(style.is_coloured);
  const std::vector<Part> parts = largest_parts(result.breakdown, rows);
  double total = 0;
  for (const Part& part : parts)
    total += part.value;
  std::vector<Column> columns{{}, {{}, true}, {}, {{}, true}};
  for (const Part& part : parts) {
    columns[0].texts.push_back(part.name);
    columns[1].texts.push_back(short_number(part.value));
    columns[2].texts.push_back(part.unit);
    columns[3].texts.push_back(fmt::format("{:.1f} %", total > 0 ? 100 * part.value / total : 0));
  }
  std::string text = fmt::format("{}\n", pen.heading(fmt::format("where {} goes", result.breakdown_of)));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string start = row_of(columns, i) + "  ";
    const std::size_t left = style.width - std::min(style.width, columns_of(start));
    const double share = total > 0 ? parts[i].value / total : 0;
    text += fmt::format("{}{}\n", start, pen.bar(bar(share, std::clamp(left, NarrowestBar, WidestBar))));
  }
  return text;
}

std::string histograms_text(const Result& result, const TextStyle& style, std::size_t rows, bool with_caveats)
{
  const Pen pen(style.is_coloured);
  const auto& histograms = result.histograms;
  const std::size_t shown = std::min(rows, histograms.size());
  std::vector<Column> columns{{{"histogram"}, false}, {{"unit"}, false}, {{"count"}, true},
                              {{"mean"}, true},       {{"p50"}, true},   {{"p90"}, true},
                              {{"p95"}, true},        {{"p99"}, true},   {{"max"}, true}};
  for (std::size_t i = 0; i < shown; ++i) {
    const sim::metrics::Histogram& values = histograms[i].values;
    const std::array<std::optional<double>, 6> numbers{values.mean(),         values.quantile(0.5),
                                                       values.quantile(0.9),  values.quantile(0.95),
                                                       values.quantile(0.99), values.maximum()};
    columns[0].texts.push_back(histograms[i].name);
    columns[1].texts.push_back(values.unit());
    columns[2].texts.push_back(fmt::format("{}", values.count()));
    for (std::size_t number = 0; number < numbers.size(); ++number)
      columns[3 + number].texts.push_back(number_or_dash(numbers.at(number)));
  }
  std::string text = fmt::format("{}\n", pen.heading(row_of(columns, 0)));
  for (std::size_t i = 1; i <= shown; ++i) {
    const std::string caveats = with_reservations("", result.caveats_of(histograms[i - 1].name));
    text += caveats.empty() || !with_caveats ? row_of(columns, i) + "\n"
                                             : wrapped(row_of(columns, i) + "  ", caveats, 4, style.width);
  }
  return text;
}

std::string table_section(const Table& table, const TextStyle& style)
{
  std::vector<Column> columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    columns.push_back({{table.columns[i]}, i > 0});
  for (const Table::Row& row : table.rows) {
    columns.front().texts.push_back(row.label);
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      columns[i + 1].texts.push_back(cell_text(row.cells[i]));
  }
  std::string text = wrapped(Pen(style.is_coloured).heading(table.name) + ": ", table.sentence, 2, style.width);
  for (std::size_t i = 0; i <= table.rows.size(); ++i)
    text += fmt::format("{}\n", row_of(columns, i));
  return text;
}

}  // namespace cm::tools
