#include "tools/compare/comparison_format.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <string_view>

namespace cm::tools {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::string_view Gap = "  ";

std::vector<std::size_t> widths_of(const Rows& rows)
{
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  return widths;
}

std::size_t line_width(const std::vector<std::size_t>& widths)
{
  return std::accumulate(widths.begin(), widths.end(), (widths.size() - 1) * Gap.size());
}

// The first row holds the titles. Columns of `words` are aligned left, the others, numbers, right. Lines are at most
// `width` wide where the numbers leave room for that: names that do not fit before them stand above them.
std::string columns(const Rows& rows, const std::set<std::size_t>& words, std::size_t width)
{
  std::vector<std::size_t> widths = widths_of(rows);
  if (const std::size_t all = line_width(widths); all > width)
    widths[0] -= std::min(all - width, widths[0] - columns_of(rows.front().front()));
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? std::string_view() : Gap;
      const bool is_above = i == 0 && columns_of(row[0]) > widths[0];
      if (is_above)
        text += row[0] + "\n";
      const std::string cell = is_above ? std::string() : row[i];
      line += words.contains(i) ? left_aligned(cell, widths[i]) : right_aligned(cell, widths[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string metrics_text(const std::vector<ComparedMetric>& metrics, std::size_t width)
{
  if (metrics.empty())
    return {};
  Rows rows{metric_titles()};
  for (const ComparedMetric& metric : metrics)
    rows.push_back(metric_cells(metric));
  return columns(rows, {0, 3, 6}, width);
}

std::string histograms_text(const std::vector<ComparedHistogram>& histograms, std::size_t width)
{
  if (histograms.empty())
    return {};
  Rows rows{histogram_titles()};
  for (const ComparedHistogram& histogram : histograms)
    rows.push_back(histogram_cells(histogram));
  return fmt::format("\n{}", columns(rows, {0, 2}, width));
}

// Side by side where all of them fit, else both sides below each key.
std::string inputs_text(const std::vector<InputChange>& inputs, std::size_t width)
{
  if (inputs.empty())
    return {};
  Rows rows{input_titles()};
  for (const InputChange& change : inputs)
    rows.push_back(input_cells(change));
  if (line_width(widths_of(rows)) <= width)
    return columns(rows, {0, 1, 2}, width) + "\n";
  std::string text;
  for (const InputChange& change : inputs) {
    const std::vector<std::string> cells = input_cells(change);
    text += fmt::format("{}\n", cells[0]) + wrapped("  old: ", cells[1], 4) + wrapped("  new: ", cells[2], 4);
  }
  return text + "\n";
}

std::string point_text(const Comparison& comparison, const ComparedPoint& point, std::size_t width)
{
  std::string text;
  if (!point.label.empty())
    text += fmt::format("{}: {}\n", point.label, to_text(point.verdict));
  if (!point.reason.empty())
    text += wrapped("  ", point.reason, 2);
  text += inputs_text(point.inputs, width);
  text += metrics_text(shown_metrics(comparison, point), width);
  text += histograms_text(shown_histograms(comparison, point), width);
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

std::string comparison_table(const Comparison& comparison, std::size_t width)
{
  std::string text = fmt::format("old: {}\nnew: {}\n\n", comparison.old_path, comparison.new_path);
  text += inputs_text(comparison.inputs, width);
  if (!comparison.unknown_inputs.empty())
    text += wrapped("inputs: ", comparison.unknown_inputs, 2) + "\n";
  const bool is_lone = comparison.points.size() == 1;
  for (const ComparedPoint& point : comparison.points)
    if (is_lone || point.verdict != Verdict::Equal || !point.doubts.empty())
      text += point_text(comparison, point, width);
  return text + summary_text(comparison) + "\n";
}

}  // namespace cm::tools
