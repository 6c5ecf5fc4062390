#include "tools/report/sweep/sweep_data.h"

#include "sim/metrics/metric_declaration.h"
#include "tools/files/json_file.h"
#include "tools/files/point_file.h"
#include "tools/report/file_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<const char*, const char*>, 2> Statistics{
    {{"mean", ", mean"}, {"p99", ", 99th percentile"}}};

void add_caveat(PointData& point, const std::string& name, const Json& entry)
{
  const auto caveat = entry.find("caveat");
  if (caveat != entry.end() && caveat->is_string())
    point.caveats.emplace_back(name, caveat->get<std::string>());
}

// Number under the first of the names that the point has; null when it has none.
const double* number_of(const PointData& point, std::initializer_list<const char*> names)
{
  for (const char* const name : names)
    if (const double* const number = point.number(name))
      return number;
  return nullptr;
}

std::string text_of(const Json& value)
{
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// The first point that has a number says what it is.
void add_facts(const std::string& name, const Json& entry, const std::string& suffix, SweepData& data)
{
  const auto text = [&](const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string meaning = text("meaning");
  data.facts.try_emplace(name, NumberFacts{text("unit"), text("better"), meaning.empty() ? meaning : meaning + suffix});
}

PointData read_point_data(const std::string& path, SweepData& data, sim::config::ReadingLog& log)
{
  const JsonFile file(path, log);
  PointData point;
  if (!file.root().is_object())
    return point;
  point.base = file.text({"point", "base"});
  for (const auto& [key, value] : file.object({"point", "axes"}).items())
    point.axes.emplace_back(key, text_of(value));
  point.status = file.text({"point", "status"});
  if (file.has({"point", "seed"}))
    point.seed = text_of(file.root().at("point").at("seed"));
  if (file.has({"point", "reason"}))
    point.reason = file.text({"point", "reason"});
  if (point.status != "done")
    return point;
  point.health = health_of(file.root());
  for (const auto& [name, metric] : file.object({"metrics"}).items()) {
    point.numbers.emplace_back(name, file.number({"metrics", name, "value"}));
    add_facts(name, metric, "", data);
    add_caveat(point, name, metric);
  }
  for (const auto& [name, histogram] : file.object({"histograms"}).items()) {
    // Results of earlier versions state zeros for a histogram of nothing.
    if (file.number({"histograms", name, "count"}) > 0)
      for (const auto& [statistic, words] : Statistics)
        if (file.has({"histograms", name, statistic})) {
          const std::string own = sim::metrics::statistic_name(name, statistic);
          point.numbers.emplace_back(own, file.number({"histograms", name, statistic}));
          add_facts(own, histogram, words, data);
        }
    add_caveat(point, name, histogram);
  }
  return point;
}

}  // namespace

const ParetoTitles UserAgainstNpu{"tokens/s/user", "tokens/s/NPU"};

const double* PointData::number(const std::string& name) const
{
  const auto found = std::ranges::find(numbers, name, &std::pair<std::string, double>::first);
  return found == numbers.end() ? nullptr : &found->second;
}

std::string PointData::label() const
{
  std::string text = base;
  for (const auto& [key, value] : axes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key.substr(key.rfind('.') + 1), value);
  return text;
}

SweepData read_sweep_data(const std::string& folder, sim::config::ReadingLog& log)
{
  SweepData data;
  const JsonFile head(folder + "/sweep.json", log);
  if (head.root().is_object()) {
    data.head = head.root();
    data.sweep = head.text({"sweep"});
    data.version = head.text({"version"});
    data.planned = head.count({"points"});
    check_sweep(head);
  }
  std::vector<std::string> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder + "/points", error))
    if (is_point_file(entry.path().filename().string()))
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  for (const std::string& file : files)
    data.points.push_back(read_point_data(file, data, log));
  return data;
}

std::vector<ParetoPoint> user_against_npu(const std::vector<PointData>& points)
{
  std::vector<ParetoPoint> designs;
  for (const PointData& point : points) {
    const double* const tpot = number_of(point, {"tpot_ms", "tpot_mean_ms"});
    const double* const tokens = number_of(point, {"tokens_per_s_per_npu", "output_tokens_per_s_per_npu"});
    if (tpot != nullptr && tokens != nullptr && *tpot > 0 && std::isfinite(1000 / *tpot))
      designs.push_back({.x = 1000 / *tpot,
                         .y = *tokens,
                         .label = point.label(),
                         .mark = point.health.mark(),
                         .is_ranked = point.health.is_steady});
  }
  mark_front(designs);
  return designs;
}

}  // namespace cm::tools
