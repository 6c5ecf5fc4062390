#include "tools/sensitivity/tornado.h"

#include "tools/terminal/table_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t BarWidth = 12;
// Share of the metric: a number that moves it by less is listed without its values.
constexpr double Negligible = 1e-4;

bool matters(const Swing& swing, const Sensitivity& found)
{
  return swing.size() > Negligible * std::abs(found.nominal);
}

// Paths all begin with the file that they stand in; the rest fits a terminal.
std::string swings_text(const Sensitivity& found)
{
  std::vector<std::string> names{"number"};
  std::vector<std::string> ranges{"range"};
  for (const Swing& swing : found.swings) {
    if (!matters(swing, found))
      continue;
    names.push_back(swing.number.path);
    ranges.push_back(fmt::format("{} to {}", swing.number.range->text(swing.number.range->low),
                                 swing.number.range->text(swing.number.range->high)));
  }
  const std::size_t name_width = widest(names);
  const std::size_t range_width = widest(ranges);
  std::string text = fmt::format("{}  {}  {:>8}  {:>8}\n", left_aligned(names[0], name_width),
                                 left_aligned(ranges[0], range_width), "at low", "at high");
  for (std::size_t i = 1; i < names.size(); ++i) {
    const Swing& swing = found.swings[i - 1];
    text += fmt::format("{}  {}  {:>8}  {:>8}  {}\n", left_aligned(names[i], name_width),
                        left_aligned(ranges[i], range_width), short_number(*swing.at_low), short_number(*swing.at_high),
                        bar(swing.size() / found.swings.front().size(), BarWidth));
  }
  return text;
}

std::string joined_paths(const std::vector<std::string>& paths)
{
  std::string text;
  for (const std::string& path : paths)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", path);
  return text;
}

// Swings between runs that are not steady say little, however wide they are.
std::string unsteady_text(const Sensitivity& found)
{
  std::vector<std::string> paths;
  for (const Swing& swing : found.swings)
    if (!swing.is_steady)
      paths.push_back(swing.number.path);
  if (!found.is_steady)
    return "\nNOT STEADY as shipped: all numbers depend on the length of the run\n";
  if (paths.empty())
    return "";
  return fmt::format("\n{}", wrapped("NOT STEADY at an end of their range: ", joined_paths(paths), 2));
}

// Numbers that lack an end, with the values that they have.
std::string missing_text(const Sensitivity& found)
{
  const auto value = [](const std::optional<double>& end) { return end ? short_number(*end) : std::string("-"); };
  std::string text;
  std::vector<std::string> not_run;
  for (const Swing& swing : found.swings)
    if (!swing.is_whole() && !swing.at_low && !swing.at_high && swing.missing == NotRun)
      not_run.push_back(swing.number.path);
    else if (!swing.is_whole())
      text += fmt::format("{}: {} at low, {} at high: {}\n", swing.number.path, value(swing.at_low),
                          value(swing.at_high), swing.missing);
  return not_run.empty() ? text : text + wrapped("not run: ", joined_paths(not_run), 2);
}

}  // namespace

std::string tornado_table(const Sensitivity& found, const RunJournal* journal)
{
  std::vector<std::string> idle;
  std::vector<std::string> not_varied;
  for (const Swing& swing : found.swings)
    if (swing.is_whole() && !matters(swing, found))
      idle.push_back(swing.number.path);
  for (const UncertainNumber& number : found.not_varied)
    not_varied.push_back(number.path);
  std::string text =
      fmt::format("{} = {} {}, from {} to {} if each number errs by itself\n\n", found.metric,
                  short_number(found.nominal), found.unit, short_number(found.low()), short_number(found.high()));
  text += swings_text(found);
  text += unsteady_text(found);
  if (!idle.empty()) {
    text += '\n';
    text += wrapped("these move it by less than 0.01 %: ", joined_paths(idle), 2);
  }
  if (!not_varied.empty())
    text += wrapped("no range is stated, not varied: ", joined_paths(not_varied), 2);
  if (found.is_whole())
    return text + missing_text(found);
  return text + "\n" + missing_text(found) + partial_text(found.shortfall, found.runs, journal);
}

std::string tornado_json(const Sensitivity& found)
{
  Json root{{"schema", "cmsim-sensitivity/1"}, {"metric", found.metric}, {"unit", found.unit},
            {"value", found.nominal},          {"low", found.low()},     {"high", found.high()}};
  // A whole one says nothing of it.
  if (!found.is_whole())
    root["partial"] = {{"runs", found.runs},
                       {"failed", found.shortfall.failed},
                       {"signal", found.shortfall.stop_signal},
                       {"reasons", found.shortfall.failures}};
  const auto value_of = [](const std::optional<double>& end) { return end ? Json(*end) : Json(nullptr); };
  root["numbers"] = Json::array();
  for (const Swing& swing : found.swings) {
    const StatedRange& range = *swing.number.range;
    root["numbers"].push_back({{"path", swing.number.path},
                               {"value", swing.number.value},
                               {"evidence", to_text(swing.number.evidence)},
                               {"range", {range.text(range.low), range.text(range.high)}},
                               {"at_low", value_of(swing.at_low)},
                               {"at_high", value_of(swing.at_high)},
                               {"steady", swing.is_steady}});
    if (!swing.missing.empty())
      root["numbers"].back()["missing"] = swing.missing;
  }
  root["not_varied"] = Json::array();
  for (const UncertainNumber& number : found.not_varied)
    root["not_varied"].push_back(number.path);
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cm::tools
