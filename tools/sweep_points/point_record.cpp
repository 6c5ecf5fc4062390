#include "tools/sweep_points/point_record.h"

#include "sim/config/reading_log.h"
#include "tools/files/json_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view Schema = "cmsim-point/1";

struct StatusName {
  PointStatus status;
  std::string_view name;
};

constexpr std::array<StatusName, 3> StatusNames{
    {{PointStatus::Done, "done"}, {PointStatus::Refused, "refused"}, {PointStatus::Failed, "failed"}}};

Json head(const SweepPoint& point, PointStatus status, const std::string& reason)
{
  Json axes = Json::object();
  for (const auto& [key, text] : point.labels)
    axes[key] = text;
  Json root = Json::object();
  root["schema"] = Schema;
  root["point"] = {{"base", point.base}, {"scenario", point.request.path}, {"axes", std::move(axes)},
                   {"seed", point.seed}, {"digest", point.digest},         {"status", to_text(status)},
                   {"reason", reason}};
  return root;
}

std::string text_of(const Json& root)
{
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Nothing where the file has none: not every metric and histogram of every version has every number.
void add_number(PointRecord& record, const std::string& name, const JsonFile& file, const JsonFile::Keys& keys)
{
  const bool is_known = std::ranges::any_of(record.numbers, [&](const auto& each) { return each.first == name; });
  if (file.has(keys) && !is_known)
    record.numbers.emplace_back(name, file.number(keys));
}

// Results of earlier versions state zeros for a histogram of nothing.
bool is_of_nothing(const JsonFile& file, const std::string& histogram)
{
  return file.has({"histograms", histogram, "count"}) && file.number({"histograms", histogram, "count"}) == 0;
}

void add_numbers(const JsonFile& file, PointRecord& record)
{
  if (file.has({"metrics"}))
    for (const auto& [name, metric] : file.object({"metrics"}).items())
      add_number(record, name, file, {"metrics", name, "value"});
  if (file.has({"histograms"}))
    for (const auto& [name, histogram] : file.object({"histograms"}).items())
      if (!is_of_nothing(file, name))
        for (const char* const statistic : {"mean", "p50", "p99"})
          add_number(record, sim::metrics::statistic_name(name, statistic), file, {"histograms", name, statistic});
}

}  // namespace

std::string_view to_text(PointStatus status)
{
  return std::ranges::find(StatusNames, status, &StatusName::status)->name;
}

std::string done_point(const SweepPoint& point, const sim::metrics::Result& result)
{
  Json root = head(point, PointStatus::Done, "");
  const Json parts = Json::parse(to_json(result));
  for (const auto& [name, part] : parts.items())
    if (name != "schema")
      root[name] = part;
  return text_of(root);
}

std::string undone_point(const SweepPoint& point, PointStatus status, const std::string& reason)
{
  return text_of(head(point, status, reason));
}

std::optional<PointRecord> read_point(const std::string& path)
{
  // Damage is told by nobody: the point is simulated again.
  sim::config::ReadingLog log;
  const JsonFile file(path, log);
  if (!log.problems.empty() || file.text({"schema"}) != Schema)
    return std::nullopt;
  const auto status = std::ranges::find(StatusNames, file.text({"point", "status"}), &StatusName::name);
  if (status == StatusNames.end())
    return std::nullopt;
  PointRecord record{.digest = file.text({"point", "digest"}),
                     .status = status->status,
                     .reason = file.text({"point", "reason"}),
                     .numbers = {},
                     .health = {}};
  if (record.status == PointStatus::Done)
    record.health = health_of(file.root());
  if (file.has({"notes"}))
    for (std::size_t i = 0; i < file.list({"notes"}).size(); ++i)
      record.notes.push_back(file.text({"notes", fmt::format("{}", i)}));
  add_numbers(file, record);
  return log.problems.empty() ? std::optional(record) : std::nullopt;
}

}  // namespace cm::tools
