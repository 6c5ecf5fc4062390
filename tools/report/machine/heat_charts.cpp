#include "tools/report/machine/heat_charts.h"

#include "models/network/chip_words.h"
#include "tools/report/chart_parts.h"
#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cm::tools {
namespace {

constexpr double Whole = 100;
constexpr int PlaneHeight = 24;
constexpr int StageHeight = 30;
// More cells than these beside each other leave no room for numbers in them.
constexpr std::size_t MostNumbered = 24;
constexpr std::size_t MostInLargeLetters = 16;

// Colours from light to dark, on paper too: a cell of 0 % is nearly white, one of 100 % nearly black.
Json colour_of(const std::string& field, const std::string& title)
{
  return channel(field, "quantitative", title,
                 {{"scale", {{"domain", {0, Whole}}, {"range", {"#eef4fa", "#7eb8da", "#2c74b2", "#561446"}}}},
                  {"legend", {{"orient", "top"}, {"gradientLength", 220}, {"values", {0, 25, 50, 75, 100}}}}});
}

// Numbers on their cells: dark on light ones, light on dark ones, whatever the page's colours are.
Json number_layer(const std::string& field, std::size_t columns)
{
  return {{"mark", {{"type", "text"}, {"fontSize", columns > MostInLargeLetters ? 9 : 11}}},
          {"encoding",
           {{"text", {{"field", field_name(field)}, {"type", "quantitative"}, {"format", ".1f"}}},
            {"color",
             {{"condition", {{"test", fmt::format("{} > 45", datum(field))}, {"value", "#ffffff"}}},
              {"value", "#14212e"}}}}}};
}

Json cell_layer(const Json& colour, const Json& tooltip)
{
  return {{"mark", {{"type", "rect"}, {"stroke", "#8a939e"}, {"strokeWidth", 0.5}, {"strokeOpacity", 0.5}}},
          {"encoding", {{"color", colour}, {"tooltip", tooltip}}}};
}

std::string with_capital(std::string sentence)
{
  if (!sentence.empty())
    sentence.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence.front())));
  return sentence;
}

models::ChipGrid grid_of(const Json& use)
{
  models::ChipGrid grid;
  for (const Json& sub_plane : use.at("busy")) {
    std::vector<double>& row = grid.emplace_back();
    for (const Json& busy : sub_plane)
      row.push_back(busy.is_number() ? busy.get<double>() : 0);
  }
  // A row of another length than the first is no grid.
  for (std::vector<double>& row : grid)
    row.resize(grid.front().size());
  return grid;
}

}  // namespace

PageBlock chip_heat_block(const std::string& chip, const Json& use)
{
  const models::ChipGrid grid = grid_of(use);
  const std::vector<bool> idle = models::idle_chips(grid);
  const auto all = idle.size();
  const auto idle_count = static_cast<std::size_t>(std::ranges::count(idle, true));
  // A picture of idle chips would show nothing.
  if (idle_count == all)
    return PageList{"", {fmt::format("{} chips: no packet crossed their links.", chip)}};
  Json rows = Json::array();
  for (std::size_t plane = 0; plane < grid.size(); ++plane)
    for (std::size_t i = 0; i < all; ++i)
      if (!idle[i])
        rows.push_back({{"sub-plane", plane}, {"chip", i}, {"busy", grid[plane][i]}});
  const std::size_t shown = all - idle_count;
  const std::size_t drawn = rows.size();
  Json chart = specification_of(std::move(rows), PlaneHeight * static_cast<int>(grid.size()));
  const Json tooltip = Json::array({channel("sub-plane", "ordinal", "sub-plane"), channel("chip", "ordinal", "chip"),
                                    channel("busy", "quantitative", "% busy", {{"format", ".2f"}})});
  chart["encoding"] = {{"x", channel("chip", "ordinal", chip + " chip of a sub-plane",
                                     {{"axis", {{"labelAngle", 0}, {"labelOverlap", true}}}})},
                       {"y", channel("sub-plane", "ordinal", "sub-plane")}};
  chart["layer"] = Json::array({cell_layer(colour_of("busy", "% of the run busy"), tooltip)});
  if (shown <= MostNumbered)
    chart["layer"].push_back(number_layer("busy", shown));
  std::string sentence = fmt::format("Mean over the whole run: {}.", use.at("sentence").get<std::string>());
  if (idle_count > 0)
    sentence += fmt::format(" Left out: {}.", models::numbered(chip + " chips", idle));
  return Chart{"chips-" + file_name_of(chip), fmt::format("How busy {} chips are", chip), sentence, chart,
               drawn_of(drawn, grid.size() * all, "chips")};
}

Chart stage_heat_chart(const Json& table)
{
  Json rows = Json::array();
  Json stages = Json::array();
  Json resources = Json::array();
  const Json& columns = table.at("columns");
  // The first column names the stage, the second is its time.
  constexpr std::size_t FirstShare = 2;
  for (std::size_t i = FirstShare; i < columns.size(); ++i) {
    const auto title = columns[i].get<std::string>();
    resources.push_back(title.substr(0, title.find(" (")));
  }
  for (const Json& row : table.at("rows")) {
    const std::string stage =
        fmt::format("{}, {}", row.at(0).get<std::string>(), plain_text(row.at(1).get<double>(), "us"));
    stages.push_back(stage);
    for (std::size_t i = FirstShare; i < row.size() && i < columns.size(); ++i)
      rows.push_back({{"stage", stage}, {"resource", resources[i - FirstShare]}, {"share", row[i]}});
  }
  const std::size_t drawn = rows.size();
  Json chart = specification_of(std::move(rows), StageHeight * static_cast<int>(stages.size()));
  const Json tooltip = Json::array({channel("stage", "nominal", "stage"), channel("resource", "nominal", "of"),
                                    channel("share", "quantitative", "%", {{"format", ".2f"}})});
  chart["encoding"] = {
      {"x", channel("resource", "nominal", "",
                    {{"sort", resources},
                     {"axis",
                      {{"title", nullptr},
                       {"labelAngle", 0},
                       {"labelOverlap", false},
                       {"labelExpr", "split(datum.label, ' ')"}}}})},
      {"y", channel("stage", "nominal", "", {{"sort", stages}, {"axis", {{"title", nullptr}, {"labelLimit", 220}}}})}};
  chart["layer"] = Json::array({cell_layer(colour_of("share", "% over the time of the stage"), tooltip),
                                number_layer("share", resources.size())});
  return {
      "use-per-stage", "Use of a die in each stage of a layer",
      fmt::format("{}. Waits inside a stage belong to its time; microbatches that overlap use the die side by side.",
                  with_capital(table.value("sentence", ""))),
      chart, drawn_of(drawn, drawn, "shares")};
}

}  // namespace cm::tools
