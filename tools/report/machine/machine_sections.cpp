#include "tools/report/machine/machine_sections.h"

#include "models/compute/stage_use.h"
#include "models/network/free_parts.h"
#include "models/network/queue_report.h"
#include "tools/report/chart_parts.h"
#include "tools/report/machine/heat_charts.h"
#include "tools/report/numbers/plain_unit.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace cm::tools {
namespace {

constexpr int BarHeight = 26;

// Null when the result has no such table.
const Json* find_table(const Json& result, std::string_view name)
{
  const auto tables = result.find("tables");
  if (tables == result.end())
    return nullptr;
  const auto found = tables->find(std::string(name));
  return found == tables->end() ? nullptr : &*found;
}

// Room for the text behind the longest bar, of its length.
constexpr double RoomForText = 1.4;

// With its sign, but for what rounds to nothing.
std::string change_text(double percent)
{
  const std::string text = fmt::format("{:+.1f}", percent);
  return text == "-0.0" || text == "+0.0" ? "0.0" : text;
}

bool is_in_bytes(const std::string& column)
{
  return column == "bytes" || column.ends_with(" (B)");
}

std::string cell_text(const Json& cell, const std::string& column)
{
  if (!cell.is_number())
    return cell.is_string() ? cell.get<std::string>() : "-";
  if (is_in_bytes(column))
    return plain_text(cell.get<double>(), "B");
  return column == "change (%)" ? change_text(cell.get<double>()) : short_number(cell.get<double>());
}

PageTable table_of(const Json& table, const std::string& title)
{
  PageTable shown{title, {}, {}};
  const auto columns = table.at("columns").get<std::vector<std::string>>();
  for (const std::string& column : columns)
    shown.columns.push_back(
        {is_in_bytes(column) ? column.substr(0, column.find(" (B)")) : column, !shown.columns.empty()});
  for (const Json& row : table.at("rows")) {
    std::vector<std::string>& cells = shown.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.push_back(cell_text(row[i], i < columns.size() ? columns[i] : ""));
  }
  return shown;
}

// With what each part is free of.
PageTable explained(PageTable table)
{
  table.columns.push_back({"what takes no time"});
  for (std::vector<std::string>& row : table.rows) {
    const auto part = std::ranges::find(models::FreePartTable, row.front(), &models::FreePartRow::word);
    row.emplace_back(part == models::FreePartTable.end() ? "the run as it is" : part->sentence);
  }
  return table;
}

// Unit of a metric as the result declares it; empty when it has none of that name.
std::string unit_of(const Json& result, const std::string& metric)
{
  const auto metrics = result.find("metrics");
  return metrics != result.end() && metrics->contains(metric) ? metrics->at(metric).value("unit", "") : "";
}

double largest_in(const Json& rows, std::size_t column)
{
  double largest = 0;
  for (const Json& row : rows)
    if (row.at(column).is_number())
      largest = std::max(largest, row.at(column).get<double>());
  return largest;
}

// Bars of the first metric, the run as it is on top.
Chart what_if_chart(const Json& table, const Json& result)
{
  const auto metric = table.at("columns").at(1).get<std::string>();
  const double longest = largest_in(table.at("rows"), 1);
  const PlainUnit unit = plain_unit(unit_of(result, metric), longest, metric);
  const std::string words = with_unit(plain_words(metric), unit);
  Json rows = Json::array();
  Json order = Json::array();
  for (const Json& row : table.at("rows")) {
    const auto part = row.at(0).get<std::string>();
    const std::string label = part == "nothing" ? "as it is" : fmt::format("{} free", part);
    order.push_back(label);
    if (!row.at(1).is_number())
      continue;
    const double value = row.at(1).get<double>() * unit.factor;
    const std::string change =
        row.at(2).is_number() ? fmt::format(" ({} %)", change_text(row.at(2).get<double>())) : "";
    rows.push_back(
        {{"run", label}, {"value", value}, {"label", short_number(value) + (part == "nothing" ? "" : change)}});
  }
  const std::size_t drawn = rows.size();
  Json chart = specification_of(std::move(rows), BarHeight * static_cast<int>(order.size()));
  chart["encoding"] = {
      {"y", channel("run", "nominal", "", {{"sort", order}, {"axis", {{"title", nullptr}}}})},
      {"x", channel("value", "quantitative", words,
                    {{"scale", {{"domain", {0, RoomForText * longest * unit.factor}}, {"nice", false}}}})}};
  const Json tooltip = Json::array({channel("run", "nominal", "run"), channel("label", "nominal", words)});
  chart["layer"] =
      Json::array({{{"mark", {{"type", "bar"}, {"cornerRadiusEnd", 3}}}, {"encoding", {{"tooltip", tooltip}}}},
                   {{"mark", {{"type", "text"}, {"align", "left"}, {"dx", 5}}},
                    {"encoding", {{"text", channel("label", "nominal", "")}}}}});
  return {"what-if-free", fmt::format("{} if one part took no time", capitalised(plain_words(metric))),
          fmt::format("By runs: {}.", table.value("sentence", "")), chart, drawn_of(drawn, order.size(), "runs")};
}

}  // namespace

PageSection what_if_section(const Json& result)
{
  PageSection section{"What if a part were free", {}};
  if (const Json* const table = find_table(result, WhatIfFreeTable)) {
    section.blocks.emplace_back(what_if_chart(*table, result));
    section.blocks.emplace_back(explained(table_of(*table, "")));
  }
  return section;
}

PageSection stage_section(const Json& result)
{
  PageSection section{"Use per stage", {}};
  if (const Json* const table = find_table(result, models::UsePerStage))
    section.blocks.emplace_back(stage_heat_chart(*table));
  return section;
}

std::vector<PageBlock> link_blocks(const Json& result)
{
  std::vector<PageBlock> blocks;
  if (const auto chips = result.find("chips"); chips != result.end())
    for (const auto& [chip, use] : chips->items())
      blocks.emplace_back(chip_heat_block(chip, use));
  if (const Json* const table = find_table(result, models::BusiestLinks)) {
    blocks.emplace_back(table_of(*table, "Busiest links"));
    blocks.emplace_back(PageList{"", {table->value("sentence", "")}});
  }
  return blocks;
}

bool is_machine_table(const std::string& name)
{
  constexpr std::array<std::string_view, 3> Shown{WhatIfFreeTable, models::UsePerStage, models::BusiestLinks};
  return std::ranges::find(Shown, name) != Shown.end();
}

}  // namespace cm::tools
