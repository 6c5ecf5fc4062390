#include "tools/runner/result_table.h"

#include "tools/runner/run_health.h"
#include "tools/runner/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <ranges>
#include <string_view>

namespace cm::tools {
namespace {

using sim::metrics::Manifest;
using sim::metrics::Metric;
using sim::metrics::NamedHistogram;
using sim::metrics::Part;
using sim::metrics::Result;

constexpr std::size_t DigestShown = 12;
constexpr std::size_t NarrowestBar = 10;
constexpr std::ptrdiff_t MostWidest = 3;  // of the stated ranges, by name

class Pen {
 public:
  explicit Pen(bool is_coloured) : is_coloured_(is_coloured) {}

  [[nodiscard]] std::string heading(std::string_view text) const { return in(text, "\x1b[1m"); }
  [[nodiscard]] std::string bar(std::string_view text) const { return in(text, "\x1b[36m"); }
  [[nodiscard]] std::string warning(std::string_view text) const { return in(text, "\x1b[33m"); }

 private:
  [[nodiscard]] std::string in(std::string_view text, std::string_view colour) const
  {
    return is_coloured_ ? fmt::format("{}{}\x1b[0m", colour, text) : std::string(text);
  }

  bool is_coloured_;
};

// Columns of texts, all padded to their widest but the last; columns after the first are aligned right on request.
struct Column {
  std::vector<std::string> texts;
  bool is_number = false;
};

std::string row(const std::vector<Column>& columns, std::size_t index)
{
  std::string line;
  for (const Column& column : columns) {
    const std::string& text = column.texts[index];
    const std::size_t width = widest(column.texts);
    line += line.empty() ? "" : "  ";
    line += column.is_number ? right_aligned(text, width) : left_aligned(text, width);
  }
  return line;
}

std::string title(const FinishedRun& run)
{
  const Manifest& manifest = run.result.manifest;
  return fmt::format("{}, seed {}, configuration {}", to_text(run.title), manifest.seed,
                     manifest.configuration_digest.substr(0, DigestShown));
}

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
std::string with_caveats(const std::string& text, const std::string& caveats)
{
  return caveats.empty() ? text : fmt::format("{}{}[{}]", text, text.empty() ? "" : " ", caveats);
}

std::string metrics_text(const Result& result)
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
    const std::string start = row(columns, i) + "  ";
    text +=
        wrapped(start, with_caveats(description_of(metrics[i]), result.caveats_of(metrics[i].name)), columns_of(start));
  }
  return text;
}

std::string breakdown_text(const Result& result, const Pen& pen)
{
  const std::vector<Part>& parts = result.breakdown;
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
    const std::string start = row(columns, i) + "  ";
    const std::size_t left = TerminalWidth - std::min(TerminalWidth, columns_of(start));
    const double share = total > 0 ? parts[i].value / total : 0;
    text += fmt::format("{}{}\n", start, pen.bar(bar(share, std::max(left, NarrowestBar))));
  }
  return text;
}

std::string histograms_text(const Result& result, const Pen& pen)
{
  const auto& histograms = result.histograms;
  std::vector<Column> columns{{{"histogram"}, false}, {{"unit"}, false}, {{"count"}, true}, {{"mean"}, true},
                              {{"p50"}, true},        {{"p95"}, true},   {{"p99"}, true},   {{"max"}, true}};
  for (const NamedHistogram& histogram : histograms) {
    const sim::metrics::Histogram& values = histogram.values;
    const std::array<std::optional<double>, 5> numbers{values.mean(), values.quantile(0.5), values.quantile(0.95),
                                                       values.quantile(0.99), values.maximum()};
    columns[0].texts.push_back(histogram.name);
    columns[1].texts.push_back(values.unit());
    columns[2].texts.push_back(fmt::format("{}", values.count()));
    for (std::size_t i = 0; i < numbers.size(); ++i)
      columns[3 + i].texts.push_back(number_or_dash(numbers.at(i)));
  }
  std::string text = fmt::format("{}\n", pen.heading(row(columns, 0)));
  for (std::size_t i = 1; i <= histograms.size(); ++i) {
    const std::string caveats = with_caveats("", result.caveats_of(histograms[i - 1].name));
    text += caveats.empty() ? row(columns, i) + "\n" : wrapped(row(columns, i) + "  ", caveats, 4);
  }
  return text;
}

std::string cell_text(const sim::metrics::Table::Cell& cell)
{
  if (const double* const value = std::get_if<double>(&cell))
    return short_number(*value);
  const std::string* const text = std::get_if<std::string>(&cell);
  return text != nullptr ? *text : "-";
}

std::string comparison_text(const sim::metrics::Table& table, const Pen& pen)
{
  std::vector<Column> columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    columns.push_back({{table.columns[i]}, i > 0});
  for (const sim::metrics::Table::Row& row : table.rows) {
    columns.front().texts.push_back(row.label);
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      columns[i + 1].texts.push_back(cell_text(row.cells[i]));
  }
  std::string text = wrapped(pen.heading(table.name) + ": ", table.sentence, 2);
  for (std::size_t i = 0; i <= table.rows.size(); ++i)
    text += fmt::format("{}\n", row(columns, i));
  return text;
}

// In the order of UncertainNumbers' columns.
enum UncertainColumn : std::size_t { Value, Evidence, From, To };

// Width of a stated range over the larger of its ends: how little is known.
double relative_width(const sim::metrics::Table::Row& row)
{
  const auto end = [&](UncertainColumn column) {
    const auto& text = std::get<std::string>(row.cells[column]);
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  };
  const double larger = std::max(std::abs(end(From)), std::abs(end(To)));
  return larger > 0 ? (end(To) - end(From)) / larger : 0;
}

// How many of the assumed and calibrated numbers say how far off they may be, and the least known of them.
std::string ranges_text(const sim::metrics::Table& numbers)
{
  std::vector<const sim::metrics::Table::Row*> ranged;
  for (const sim::metrics::Table::Row& row : numbers.rows)
    if (!std::get<std::string>(row.cells[From]).empty())
      ranged.push_back(&row);
  if (ranged.empty())
    return "";
  std::ranges::stable_sort(ranged, std::ranges::greater{}, [](const auto* row) { return relative_width(*row); });
  std::string names;
  for (const auto* row : ranged | std::views::take(MostWidest))
    names += fmt::format("{}{} = {} ({} to {})", names.empty() ? "" : ", ", row->label, cell_text(row->cells[Value]),
                         cell_text(row->cells[From]), cell_text(row->cells[To]));
  return wrapped(fmt::format("ranges stated for {} of {}, widest: ", ranged.size(), numbers.rows.size()), names, 2);
}

std::string evidence_text(const Manifest& manifest, const Pen& pen)
{
  std::string counts;
  for (const auto& [evidence, count] : manifest.evidence_counts)
    if (count > 0)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, evidence);
  std::string text = wrapped(pen.heading("numbers read") + ": ", counts.empty() ? "none" : counts, 2);
  if (manifest.assumed.empty())
    return text;
  std::string names;
  for (const std::string& each : manifest.assumed)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", each.substr(0, each.find(" = ")));
  return text + wrapped(fmt::format("the {} assumed: ", manifest.assumed.size()), names, 2);
}

// Doubts about the numbers, printed before them. Empty when there are none.
std::string doubts_text(const RunHealth& health, const Pen& pen)
{
  std::string text;
  if (!health.is_steady)
    text += fmt::format("{}: latencies and rates depend on the length of the run\n",
                        pen.warning(health.is_overloaded() ? "OVERLOADED" : "NOT STEADY"));
  if (health.misses_levels())
    text += fmt::format("{}: {}\n", pen.warning("SLO MISSED"), health.attainment_text());
  return text;
}

}  // namespace

std::string result_table(const FinishedRun& run, const TablePrinting& printing)
{
  const Pen pen(printing.is_coloured);
  const Result& result = run.result;
  const RunHealth health = health_of(result);
  std::string text = fmt::format("{}\n{}\n{}", pen.heading(title(run)), doubts_text(health, pen), metrics_text(result));
  // Once more where the numbers end: on a long table nobody sees the first lines.
  if (!health.is_steady)
    text += fmt::format("\n{}", doubts_text(health, pen));
  if (!result.breakdown.empty())
    text += fmt::format("\n{}", breakdown_text(result, pen));
  for (const sim::metrics::Table& table : result.tables)
    if (table.name != UncertainNumbers)
      text += fmt::format("\n{}", comparison_text(table, pen));
  if (!result.histograms.empty())
    text += fmt::format("\n{}", histograms_text(result, pen));
  if (!result.notes.empty() || !result.warnings.empty())
    text += "\n";
  for (const std::string& note : result.notes)
    text += wrapped("note: ", note, 2);
  for (const std::string& warning : result.warnings)
    text += wrapped(pen.warning("warning") + ": ", warning, 2);
  text += fmt::format("\n{}", evidence_text(result.manifest, pen));
  for (const sim::metrics::Table& table : result.tables)
    if (table.name == UncertainNumbers)
      text += ranges_text(table);
  for (const std::string& file : printing.files)
    text += fmt::format("written: {}\n", file);
  return text;
}

}  // namespace cm::tools
