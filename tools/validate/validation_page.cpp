#include "tools/validate/validation_page.h"

#include "sim/config/input_file.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/terminal/table_text.h"
#include "tools/validate/error_plot.h"
#include "tools/validate/validation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace cm::tools {
namespace {

constexpr std::string_view Opening = "<!-- rows: written by `cmsim validate --write` -->\n";
constexpr std::string_view Closing = "<!-- end of rows -->\n";

// A bar would end the cell.
std::string cell(const std::string& text)
{
  std::string safe;
  for (const char letter : text) {
    if (letter == '|')
      safe += '\\';
    safe += letter;
  }
  return safe;
}

std::string call_of(const TableRow& row)
{
  std::string call = row.scenario;
  for (const std::string& setting : settings_of(row))
    call += " " + setting;
  return call;
}

std::string row_text(const ValidatedRow& each)
{
  const TableRow& row = each.row;
  const std::string gap = row.gap ? fmt::format(", gap {}", row.gap->number) : "";
  return fmt::format("| {} | {} | {} | {:+.1f} % | {:g} % | {}{} | {} | {} |\n", row.name, short_number(row.published),
                     short_number(each.simulated), 100 * each.error(), 100 * row.tolerance, row.kind, gap,
                     cell(row.source), cell(row.reason));
}

// Every run once, with the metrics that are read from it.
std::string runs_text(const ValidatedGroup& group)
{
  std::vector<std::string> calls;
  for (const ValidatedRow& each : group.rows)
    if (const std::string call = call_of(each.row); std::ranges::find(calls, call) == calls.end())
      calls.push_back(call);
  std::string text = "Scenarios and what is set: ";
  for (const std::string& call : calls)
    text += fmt::format("{}`{}`", call == calls.front() ? "" : "; ", call);
  return text + ".\n";
}

std::string group_section(const ValidatedGroup& group)
{
  std::string text = fmt::format("\n### {}\n\n{}\n", group.name, runs_text(group));
  text +=
      "| row | published | simulated | error | within | class | source | reason |\n|---|---|---|---|---|---|---|---|\n";
  for (const ValidatedRow& row : group.rows)
    text += row_text(row);
  return text;
}

std::string block(const Validation& validation)
{
  std::string text;
  std::string missing;
  for (const std::string_view kind : {"fitted", "input", "predicted"})
    if (const std::string summary = class_summary(validation, kind); !summary.empty())
      text += fmt::format("- {}\n", summary);
  for (const ValidatedGroup& group : validation.groups)
    if (!group.is_built)
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", group.name);
  if (!missing.empty())
    text += fmt::format("- not built yet, not counted: {}\n", missing);
  text += fmt::format("\n![errors of all rows beside their tolerances]({})\n", PlotFile);
  for (const ValidatedGroup& group : validation.groups)
    if (group.is_built)
      text += group_section(group);
  return text;
}

std::string text_of(const std::filesystem::path& path)
{
  constexpr std::size_t LargestPage = std::size_t{16} << 20U;
  return sim::config::file_content(path.string(), LargestPage);
}

}  // namespace

std::string page_with_rows(const std::string& page, const std::string& path, const Validation& validation)
{
  const std::size_t opening = page.find(Opening);
  const std::size_t closing = opening == std::string::npos ? opening : page.find(Closing, opening);
  if (closing == std::string::npos)
    throw ConfigError(fmt::format("{}:1:1: expected the lines \"{}\" and \"{}\", found not both", path,
                                  Opening.substr(0, Opening.size() - 1), Closing.substr(0, Closing.size() - 1)));
  return page.substr(0, opening + Opening.size()) + "\n" + block(validation) + "\n" + page.substr(closing);
}

std::vector<std::string> write_page(const std::string& docs, const Validation& validation)
{
  const std::filesystem::path page = std::filesystem::path(docs) / "validation.md";
  const std::filesystem::path plot = std::filesystem::path(docs) / PlotFile;
  const std::string text = page_with_rows(text_of(page), page.string(), validation);
  std::error_code trouble;
  std::filesystem::create_directories(plot.parent_path(), trouble);
  sim::metrics::write_whole(plot.string(), error_plot(validation));
  sim::metrics::write_whole(page.string(), text);
  return {page.string(), plot.string()};
}

}  // namespace cm::tools
