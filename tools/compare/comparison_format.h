// The ways to show a comparison.
#pragma once

#include "tools/compare/comparison.h"
#include "tools/terminal/table_text.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct ComparisonFormat {
  std::string_view name;
  std::string_view sentence;  // for --help
  // `width`: columns of the terminal.
  std::string (*print)(const Comparison& comparison, std::size_t width) = nullptr;
};

std::span<const ComparisonFormat> comparison_formats();

// For a terminal of so many columns: all numbers of a lone result, and of several points the numbers that moved. A name
// that leaves no room for its numbers stands on a line alone.
std::string comparison_table(const Comparison& comparison, std::size_t width = TerminalWidth);
// The same for a pull request.
std::string comparison_markdown(const Comparison& comparison);
// A test suite a point and a test case a number; regressions are failures with their cause.
std::string comparison_junit(const Comparison& comparison);
// Everything, schema cmsim-comparison/1: every number of every point, and of a lone result both sides' histograms.
std::string comparison_json(const Comparison& comparison);

// Table texts of a comparison.
std::vector<std::string> metric_titles();
std::vector<std::string> metric_cells(const ComparedMetric& metric);
std::vector<std::string> histogram_titles();
std::vector<std::string> histogram_cells(const ComparedHistogram& histogram);

// The inputs that differ; a dash for a side that lacks the key.
std::vector<std::string> input_titles();
std::vector<std::string> input_cells(const InputChange& change);

// Entries that are shown: all numbers and histograms for a lone result, those that moved for several points.
std::vector<ComparedMetric> shown_metrics(const Comparison& comparison, const ComparedPoint& point);
std::vector<ComparedHistogram> shown_histograms(const Comparison& comparison, const ComparedPoint& point);

// "experts +9.2 us of ..." or that nothing explains it; empty for a point without a change of its own.
std::string cause_text(const ComparedPoint& point);
// The causes of single regressions that the point's cause does not tell, a line each: "slo_attainment: requests_refused
// 149, was 0".
std::vector<std::string> metric_cause_lines(const ComparedPoint& point);
// Differences between the configurations, a line each.
std::vector<std::string> configuration_lines(const ComparedPoint& point);
// "3 points: 1 worse, 2 equal".
std::string summary_text(const Comparison& comparison);

}  // namespace cm::tools
