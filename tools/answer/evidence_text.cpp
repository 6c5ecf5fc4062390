#include "tools/answer/evidence_text.h"

#include "tools/runner/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <ranges>

namespace cm::tools {
namespace {

using sim::metrics::Manifest;
using sim::metrics::Result;
using sim::metrics::Table;

constexpr const char* LeastKnown = "assumed, least known first: ";
constexpr std::ptrdiff_t MostWidest = 3;  // of the stated ranges, by name

// In the order of UncertainNumbers' columns.
enum UncertainColumn : std::size_t { Value, Evidence, From, To };

const std::string& text_in(const Table::Row& row, UncertainColumn column)
{
  return std::get<std::string>(row.cells[column]);
}

bool has_range(const Table::Row& row)
{
  return !text_in(row, From).empty();
}

// Width of a stated range over the larger of its ends: how little is known. Below 0 without a range.
double relative_width(const Table::Row& row)
{
  if (!has_range(row))
    return -1;
  const auto end = [&](UncertainColumn column) {
    const std::string& text = text_in(row, column);
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  };
  const double larger = std::max(std::abs(end(From)), std::abs(end(To)));
  return larger > 0 ? (end(To) - end(From)) / larger : 0;
}

// The least known first.
std::vector<const Table::Row*> uncertain_rows(const Result& result)
{
  std::vector<const Table::Row*> rows;
  for (const Table& table : result.tables)
    if (table.name == UncertainNumbers)
      for (const Table::Row& row : table.rows)
        rows.push_back(&row);
  std::ranges::stable_sort(rows, std::ranges::greater{}, [](const auto* row) { return relative_width(*row); });
  return rows;
}

std::string number_text(const Table::Row& row)
{
  const std::string range = has_range(row) ? fmt::format(" ({} to {})", text_in(row, From), text_in(row, To)) : "";
  return fmt::format("{} = {}{}", row.label, text_in(row, Value), range);
}

std::string counts_text(const Manifest& manifest)
{
  std::string counts;
  for (const auto& [evidence, count] : manifest.evidence_counts)
    if (count > 0)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, evidence);
  return counts.empty() ? "none" : counts;
}

std::string numbers_text(std::span<const Table::Row* const> rows)
{
  std::string names;
  for (const auto* row : rows)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", number_text(*row));
  return names;
}

}  // namespace

std::string short_evidence(const Result& result, const TextStyle& style)
{
  const Pen pen(style.is_coloured);
  std::string text = wrapped(pen.heading("numbers used") + ": ", counts_text(result.manifest), 2, style.width);
  std::vector<const Table::Row*> assumed = uncertain_rows(result);
  std::erase_if(assumed, [](const auto* row) { return text_in(*row, Evidence) != "assumed"; });
  // As many as two lines hold, the least known first.
  const std::size_t room = 2 * style.width;
  for (std::size_t shown = std::min<std::size_t>(assumed.size(), MostWidest); shown > 0; --shown) {
    const std::string more = shown < assumed.size() ? fmt::format(" and {} more", assumed.size() - shown) : "";
    const std::string line = numbers_text(std::span(assumed).first(shown)) + more;
    const std::string lines = wrapped(LeastKnown, line, 2, style.width);
    if (lines.size() > room && shown > 1)
      continue;
    const std::string pointing =
        wrapped(LeastKnown, line + "; cmsim sensitivity orders them by effect", 2, style.width);
    return text + (pointing.size() <= room ? pointing : lines);
  }
  return text;
}

std::string full_evidence(const Result& result, const TextStyle& style)
{
  const Pen pen(style.is_coloured);
  std::string text = wrapped(pen.heading("numbers used") + ": ", counts_text(result.manifest), 2, style.width);
  if (!result.manifest.assumed.empty()) {
    std::string names;
    for (const std::string& each : result.manifest.assumed)
      names += fmt::format("{}{}", names.empty() ? "" : ", ", each.substr(0, each.find(" = ")));
    text += wrapped(fmt::format("the {} assumed: ", result.manifest.assumed.size()), names, 2, style.width);
  }
  const std::vector<const Table::Row*> rows = uncertain_rows(result);
  const auto ranged = std::ranges::count_if(rows, [](const auto* row) { return has_range(*row); });
  if (ranged == 0)
    return text;
  const auto shown = static_cast<std::size_t>(std::min<std::ptrdiff_t>(ranged, MostWidest));
  return text + wrapped(fmt::format("ranges stated for {} of {}, widest: ", ranged, rows.size()),
                        numbers_text(std::span(rows).first(shown)), 2, style.width);
}

}  // namespace cm::tools
