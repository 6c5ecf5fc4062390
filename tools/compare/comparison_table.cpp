#include "tools/compare/comparison_format.h"
#include "tools/runner/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>

namespace cm::tools {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// The first row holds the titles. Columns of `words` are aligned left, the others, numbers, right.
std::string columns(const Rows& rows, const std::set<std::size_t>& words)
{
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? "" : "  ";
      line += words.contains(i) ? left_aligned(row[i], widths[i]) : right_aligned(row[i], widths[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string metrics_text(const std::vector<ComparedMetric>& metrics)
{
  if (metrics.empty())
    return {};
  Rows rows{metric_titles()};
  for (const ComparedMetric& metric : metrics)
    rows.push_back(metric_cells(metric));
  return columns(rows, {0, 3, 6});
}

std::string histograms_text(const std::vector<ComparedHistogram>& histograms)
{
  if (histograms.empty())
    return {};
  Rows rows{histogram_titles()};
  for (const ComparedHistogram& histogram : histograms)
    rows.push_back(histogram_cells(histogram));
  return fmt::format("\n{}", columns(rows, {0, 2}));
}

std::string inputs_text(const std::vector<InputChange>& inputs)
{
  if (inputs.empty())
    return {};
  Rows rows{input_titles()};
  for (const InputChange& change : inputs)
    rows.push_back(input_cells(change));
  return columns(rows, {0, 1, 2}) + "\n";
}

std::string point_text(const Comparison& comparison, const ComparedPoint& point)
{
  std::string text;
  if (!point.label.empty())
    text += fmt::format("{}: {}\n", point.label, to_text(point.verdict));
  if (!point.reason.empty())
    text += wrapped("  ", point.reason, 2);
  text += inputs_text(point.inputs);
  text += metrics_text(shown_metrics(comparison, point));
  text += histograms_text(shown_histograms(comparison, point));
  if (const std::string cause = cause_text(point); !cause.empty())
    text += fmt::format("\n{}", wrapped("cause: ", cause, 2));
  for (const std::string& line : metric_cause_lines(point))
    text += wrapped("cause of ", line, 2);
  for (const std::string& line : point.doubts)
    text += wrapped("doubt: ", line, 2);
  for (const std::string& line : configuration_lines(point))
    text += wrapped("note: ", line, 2);
  return text + "\n";
}

}  // namespace

std::string comparison_table(const Comparison& comparison)
{
  std::string text = fmt::format("old: {}\nnew: {}\n\n", comparison.old_path, comparison.new_path);
  text += inputs_text(comparison.inputs);
  if (!comparison.unknown_inputs.empty())
    text += wrapped("inputs: ", comparison.unknown_inputs, 2) + "\n";
  const bool is_lone = comparison.points.size() == 1;
  for (const ComparedPoint& point : comparison.points)
    if (is_lone || point.verdict != Verdict::Equal || !point.doubts.empty())
      text += point_text(comparison, point);
  return text + summary_text(comparison) + "\n";
}

}  // namespace cm::tools
