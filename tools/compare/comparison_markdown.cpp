#include "tools/compare/comparison_format.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

// A bar in a cell would end it.
std::string escaped(const std::string& text)
{
  std::string safe;
  for (const char letter : text) {
    if (letter == '|' || letter == '<' || letter == '\\')
      safe += '\\';
    safe += letter == '\n' ? ' ' : letter;
  }
  return safe;
}

std::string row(const std::vector<std::string>& cells)
{
  std::string line = "|";
  for (const std::string& cell : cells)
    line += fmt::format(" {} |", escaped(cell));
  return line + "\n";
}

std::string head(const std::vector<std::string>& titles)
{
  std::string rule = "|";
  for (std::size_t i = 0; i < titles.size(); ++i)
    rule += i == 0 ? "---|" : "---:|";
  return fmt::format("\n{}{}\n", row(titles), rule);
}

std::string inputs_text(const std::vector<InputChange>& inputs)
{
  std::string text = inputs.empty() ? std::string() : head(input_titles());
  for (const InputChange& change : inputs)
    text += row(input_cells(change));
  return text;
}

std::string point_text(const Comparison& comparison, const ComparedPoint& point)
{
  std::string text;
  if (!point.label.empty())
    text += fmt::format("\n### {}: {}\n", escaped(point.label), to_text(point.verdict));
  if (!point.reason.empty())
    text += fmt::format("\n{}\n", escaped(point.reason));
  text += inputs_text(point.inputs);
  if (const auto metrics = shown_metrics(comparison, point); !metrics.empty()) {
    text += head(metric_titles());
    for (const ComparedMetric& metric : metrics) {
      std::vector<std::string> cells = metric_cells(metric);
      if (is_regression(metric.verdict))
        cells.back() = fmt::format("**{}**", cells.back());
      text += row(cells);
    }
  }
  if (const std::string cause = cause_text(point); !cause.empty())
    text += fmt::format("\n**Cause:** {}\n", escaped(cause));
  const std::vector<std::string> causes = metric_cause_lines(point);
  text += causes.empty() ? "" : "\n";
  for (const std::string& line : causes)
    text += fmt::format("- cause of {}\n", escaped(line));
  if (const auto histograms = shown_histograms(comparison, point); !histograms.empty()) {
    text += head(histogram_titles());
    for (const ComparedHistogram& histogram : histograms)
      text += row(histogram_cells(histogram));
  }
  if (const auto lines = configuration_lines(point); !lines.empty() || !point.doubts.empty())
    text += "\n";
  for (const std::string& line : point.doubts)
    text += fmt::format("- **doubt:** {}\n", escaped(line));
  for (const std::string& line : configuration_lines(point))
    text += fmt::format("- {}\n", escaped(line));
  return text;
}

}  // namespace

std::string comparison_markdown(const Comparison& comparison)
{
  std::string text = fmt::format("## {}\n\n{}\n\n`{}` against `{}`\n",
                                 comparison.has_regression() ? "cmsim: regression" : "cmsim: no regression",
                                 summary_text(comparison), comparison.new_path, comparison.old_path);
  text += inputs_text(comparison.inputs);
  if (!comparison.unknown_inputs.empty())
    text += fmt::format("\nInputs: {}\n", escaped(comparison.unknown_inputs));
  const bool is_lone = comparison.points.size() == 1;
  for (const ComparedPoint& point : comparison.points)
    if (is_lone || point.verdict != Verdict::Equal || !point.doubts.empty())
      text += point_text(comparison, point);
  return text;
}

}  // namespace cm::tools
