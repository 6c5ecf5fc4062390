#include "tools/compare/comparison_format.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value)
{
  return value ? Json(*value) : Json(nullptr);
}

Json inputs_json(const std::vector<InputChange>& inputs)
{
  const auto text = [](const std::optional<std::string>& side) { return side ? Json(*side) : Json(nullptr); };
  Json list = Json::array();
  for (const InputChange& change : inputs)
    list.push_back({{"key", change.key}, {"old", text(change.old_text)}, {"new", text(change.new_text)}});
  return list;
}

Json metrics_json(const std::vector<ComparedMetric>& metrics)
{
  Json list = Json::array();
  for (const ComparedMetric& metric : metrics)
    list.push_back({{"name", metric.name},
                    {"unit", metric.unit},
                    {"old", number(metric.old_value)},
                    {"new", number(metric.new_value)},
                    {"change", number(metric.change())},
                    {"tolerance", metric.tolerance},
                    {"verdict", to_text(metric.verdict)},
                    {"cause", metric.cause}});
  return list;
}

Json buckets_json(const std::vector<StoredBucket>& buckets)
{
  Json list = Json::array();
  for (const StoredBucket& bucket : buckets)
    list.push_back(Json::array({bucket.low, bucket.high, bucket.count}));
  return list;
}

Json histograms_json(const std::vector<ComparedHistogram>& histograms, bool with_buckets)
{
  Json list = Json::array();
  for (const ComparedHistogram& histogram : histograms) {
    Json entry = {{"name", histogram.name},
                  {"unit", histogram.unit},
                  {"old_mean", histogram.old_mean},
                  {"moved", histogram.distance.moved},
                  {"largest_gap", histogram.distance.largest_gap}};
    if (with_buckets) {
      entry["old_buckets"] = buckets_json(histogram.old_buckets);
      entry["new_buckets"] = buckets_json(histogram.new_buckets);
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json breakdown_json(const std::vector<PartChange>& parts)
{
  Json list = Json::array();
  for (const PartChange& part : parts)
    list.push_back({{"part", part.part}, {"unit", part.unit}, {"old", part.old_value}, {"new", part.new_value}});
  return list;
}

Json point_json(const ComparedPoint& point, bool is_lone)
{
  return {{"label", point.label},
          {"verdict", to_text(point.verdict)},
          {"reason", point.reason},
          {"cause", cause_text(point)},
          {"inputs", inputs_json(point.inputs)},
          {"causes", Json(metric_cause_lines(point))},
          {"configuration", Json(configuration_lines(point))},
          {"doubts", Json(point.doubts)},
          {"metrics", metrics_json(point.metrics)},
          {"breakdown", breakdown_json(point.breakdown)},
          {"histograms", histograms_json(point.histograms, is_lone)}};
}

}  // namespace

std::string comparison_json(const Comparison& comparison)
{
  Json points = Json::array();
  for (const ComparedPoint& point : comparison.points)
    points.push_back(point_json(point, comparison.points.size() == 1));
  const Json root = {{"schema", "cmsim-comparison/1"},
                     {"old", comparison.old_path},
                     {"new", comparison.new_path},
                     {"inputs", inputs_json(comparison.inputs)},
                     {"unknown_inputs", comparison.unknown_inputs},
                     {"regression", comparison.has_regression()},
                     {"summary", summary_text(comparison)},
                     {"points", std::move(points)}};
  // Names come from the command line and may be no UTF-8.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cm::tools
