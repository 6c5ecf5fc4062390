// A workload's table of metrics beside what its runs report.
#pragma once

#include "sim/metrics/answer.h"
#include "sim/metrics/result.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tests {

using MetricRows = std::span<const sim::metrics::MetricDeclaration>;

// A name of the table itself comes before one that fits a star.
inline const sim::metrics::MetricDeclaration* row_for(MetricRows rows, std::string_view name, sim::metrics::Shape shape)
{
  for (const bool has_star : {false, true})
    for (const sim::metrics::MetricDeclaration& row : rows)
      if (row.shape == shape && (row.name.find('*') != std::string_view::npos) == has_star && is_name_of(row, name))
        return &row;
  return nullptr;
}

// "undeclared NAME" and "unreported NAME", where a result and its table differ; unit and meaning are compared too.
inline std::vector<std::string> differences(MetricRows rows, const sim::metrics::Result& result)
{
  using sim::metrics::Shape;
  std::vector<std::string> all;
  std::set<std::string_view> reported;
  const auto note = [&](Shape shape, const std::string& name, const std::string& unit, const std::string& meaning) {
    const auto* const row = row_for(rows, name, shape);
    if (row == nullptr || row->unit != unit || row->meaning != meaning)
      all.push_back("undeclared " + name);
    if (row != nullptr)
      reported.insert(row->name);
  };
  for (const sim::metrics::Metric& metric : result.metrics)
    note(Shape::Number, metric.name, metric.unit, metric.meaning);
  for (const sim::metrics::NamedHistogram& each : result.histograms)
    note(Shape::Histogram, each.name, std::string(each.values.unit()), each.meaning);
  for (const sim::metrics::MetricDeclaration& row : rows)
    if (!reported.contains(row.name))
      all.push_back("unreported " + std::string(row.name));
  return all;
}

// Names of other letters than a-z, digits, "_" and "*", or without their unit of time or rate at the end; meanings that
// two metrics share, or that begin with the start of a clause instead of a noun.
inline std::vector<std::string> faults(MetricRows rows)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> Ends{
      {{"s", "_s"}, {"ms", "_ms"}, {"us", "_us"}, {"GB/s", "_gb_s"}, {"B", "_bytes"}}};
  constexpr std::array<std::string_view, 7> Clauses{"that ", "of ", "what ", "which ", "how ", "the same ", "when "};
  std::vector<std::string> all;
  std::set<std::string_view> meanings;
  for (const sim::metrics::MetricDeclaration& row : rows) {
    if (row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_*") != std::string_view::npos)
      all.push_back("letters of " + std::string(row.name));
    const auto* const end = std::ranges::find(Ends, row.unit, [](const auto& each) { return each.first; });
    if (end != Ends.end() && !row.name.ends_with(end->second))
      all.push_back("unit of " + std::string(row.name));
    if (!meanings.insert(row.meaning).second || row.meaning.empty())
      all.push_back("meaning of " + std::string(row.name));
    if (std::ranges::any_of(Clauses, [&](std::string_view clause) { return row.meaning.starts_with(clause); }))
      all.push_back("first word of " + std::string(row.name));
  }
  return all;
}

// Rows of a headline that a result has no number for.
inline std::vector<std::string> missing(std::span<const sim::metrics::HeadlineRow> headline,
                                        const sim::metrics::Result& result)
{
  std::vector<std::string> names;
  for (const sim::metrics::HeadlineRow& row : headline)
    if (!result.has(row.name))
      names.emplace_back(row.name);
  return names;
}

}  // namespace cm::tests
