#include "tools/sweep/point_record.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
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

// Empty when there is no such text.
std::string text_in(const Json& object, const char* key)
{
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? *found->get_ptr<const std::string*>() : std::string();
}

void add_number(PointRecord& record, const std::string& name, const Json& object, std::string_view key)
{
  const auto found = object.find(key);
  const bool is_known = std::ranges::any_of(record.numbers, [&](const auto& each) { return each.first == name; });
  if (found != object.end() && found->is_number() && !is_known)
    record.numbers.emplace_back(name, found->get<double>());
}

// Results of earlier versions state zeros for a histogram of nothing.
bool is_of_nothing(const Json& histogram)
{
  const auto count = histogram.find("count");
  return count != histogram.end() && count->is_number() && count->get<double>() == 0;
}

void add_numbers(const Json& root, PointRecord& record)
{
  if (const auto metrics = root.find("metrics"); metrics != root.end())
    for (const auto& [name, metric] : metrics->items())
      add_number(record, name, metric, "value");
  if (const auto histograms = root.find("histograms"); histograms != root.end())
    for (const auto& [name, histogram] : histograms->items())
      if (!is_of_nothing(histogram))
        for (const std::string_view statistic : {"mean", "p50", "p99"})
          add_number(record, sim::metrics::statistic_name(name, statistic), histogram, statistic);
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
  std::ifstream in(path);
  const Json root = Json::parse(in, nullptr, false);
  const auto point = root.is_object() && text_in(root, "schema") == Schema ? root.find("point") : root.end();
  if (point == root.end() || !point->is_object())
    return std::nullopt;
  const auto status = std::ranges::find(StatusNames, text_in(*point, "status"), &StatusName::name);
  if (status == StatusNames.end())
    return std::nullopt;
  PointRecord record{.digest = text_in(*point, "digest"),
                     .status = status->status,
                     .reason = text_in(*point, "reason"),
                     .numbers = {},
                     .health = {}};
  if (record.status == PointStatus::Done)
    record.health = health_of(root);
  add_numbers(root, record);
  return record;
}

}  // namespace cm::tools
