#include "tools/validate/validation_report.h"

#include "tools/terminal/table_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t NameWidth = 26;

std::string percent(double share)
{
  return fmt::format("{:+.1f} %", 100 * share);
}

std::string row_line(const ValidatedRow& each)
{
  const std::string mark = each.verdict() == RowVerdict::Within
                               ? ""
                               : fmt::format("  {}{}{}", to_text(each.verdict()), each.row.gap ? " " : "",
                                             each.row.gap ? each.row.gap->number : "");
  return fmt::format("  {} {:>9} {:>9} {:>8} {:>6}  {}{}\n", left_aligned(each.row.name, NameWidth),
                     short_number(each.row.published), short_number(each.simulated), percent(each.error()),
                     fmt::format("{:g} %", 100 * each.row.tolerance), each.row.kind, mark);
}

std::string group_text(const ValidatedGroup& group)
{
  const std::string title = group.sentence.empty() ? group.name : fmt::format("{}: {}", group.name, group.sentence);
  std::string text = fmt::format("{}\n  {} {:>9} {:>9} {:>8} {:>6}  class\n", title, left_aligned("row", NameWidth),
                                 "published", "simulated", "error", "within");
  for (const ValidatedRow& row : group.rows)
    text += row_line(row);
  for (const MissingRow& missing : group.missing)
    text += fmt::format("  {} {:>9} {:>9}\n", left_aligned(missing.row.name, NameWidth),
                        short_number(missing.row.published), missing.reason.empty() ? "not run" : "failed");
  return text + "\n";
}

std::string names_of(const Validation& validation, RowVerdict verdict)
{
  std::string names;
  for (const ValidatedRow* row : validation.rows())
    if (row->verdict() == verdict)
      names += fmt::format("{}{}{}", names.empty() ? "" : ", ", row->row.name,
                           row->row.gap ? fmt::format(" ({})", row->row.gap->number) : "");
  return names;
}

Json row_json(const std::string& group, const ValidatedRow& each)
{
  const TableRow& row = each.row;
  Json entry{{"group", group},
             {"row", row.name},
             {"scenario", row.scenario},
             {"set", settings_of(row)},
             {"metric", row.metric},
             {"published", row.published},
             {"simulated", each.simulated},
             {"error", each.error()},
             {"tolerance", row.tolerance},
             {"class", row.kind},
             {"verdict", to_text(each.verdict())},
             {"source", row.source},
             {"reason", row.reason}};
  if (row.gap)
    entry["gap"] = {{"number", row.gap->number}, {"from", row.gap->from}};
  return entry;
}

}  // namespace

std::string class_summary(const Validation& validation, std::string_view kind)
{
  std::vector<double> errors;
  for (const ValidatedRow* row : validation.rows())
    if (row->row.kind == kind)
      errors.push_back(std::abs(row->error()));
  if (errors.empty())
    return "";
  std::ranges::sort(errors);
  const std::size_t middle = errors.size() / 2;
  const double median = errors.size() % 2 == 1 ? errors[middle] : (errors[middle - 1] + errors[middle]) / 2;
  return fmt::format("{} {} rows: median error {:.1f} %, largest {:.1f} %", errors.size(), kind, 100 * median,
                     100 * errors.back());
}

std::string validation_table(const Validation& validation, const RunJournal* journal)
{
  std::string text;
  std::string missing;
  for (const ValidatedGroup& group : validation.groups) {
    if (group.is_built)
      text += group_text(group);
    else
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", group.name);
  }
  for (const std::string_view kind : {"fitted", "input", "predicted"})
    if (const std::string summary = class_summary(validation, kind); !summary.empty())
      text += summary + "\n";
  if (!missing.empty())
    text += wrapped("not built yet, not counted: ", missing, 2);
  if (const std::string gaps = names_of(validation, RowVerdict::GapIsThere); !gaps.empty())
    text += wrapped("known gaps, still there: ", gaps, 2);
  if (const std::string gaps = names_of(validation, RowVerdict::GapIsGone); !gaps.empty())
    text += wrapped("known gaps that are GONE (docs/deviations.md): ", gaps, 2);
  if (const std::string names = names_of(validation, RowVerdict::Outside); !names.empty())
    text += wrapped("OUTSIDE their tolerance: ", names, 2);
  const std::size_t count = validation.rows().size();
  text += fmt::format("{} of {} rows as expected\n", count - validation.unexpected().size(), count);
  return text + partial_text(validation.shortfall, validation.runs, journal);
}

std::string validation_json(const Validation& validation)
{
  Json root;
  root["schema"] = "cmsim-validation/1";
  root["set"] = validation.sets;
  root["groups"] = Json::array();
  root["rows"] = Json::array();
  for (const ValidatedGroup& group : validation.groups) {
    root["groups"].push_back({{"name", group.name}, {"sentence", group.sentence}, {"built", group.is_built}});
    for (const ValidatedRow& row : group.rows)
      root["rows"].push_back(row_json(group.name, row));
  }
  // A whole one says nothing of it.
  if (validation.shortfall.is_there()) {
    root["partial"] = {{"runs", validation.runs},
                       {"failed", validation.shortfall.failed},
                       {"signal", validation.shortfall.stop_signal},
                       {"missing", Json::array()}};
    for (const ValidatedGroup& group : validation.groups)
      for (const MissingRow& missing : group.missing)
        root["partial"]["missing"].push_back(
            {{"group", group.name}, {"row", missing.row.name}, {"reason", missing.reason}});
  }
  root["unexpected"] = Json::array();
  for (const ValidatedRow* row : validation.unexpected())
    root["unexpected"].push_back(row->row.name);
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cm::tools
