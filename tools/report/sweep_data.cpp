#include "tools/report/sweep_data.h"

#include "tools/runner/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

// "p99" of "ttft_ms" is "ttft_p99_ms": the unit stays at the end.
std::string tail_name(const std::string& histogram)
{
  const std::size_t unit = histogram.rfind('_');
  return unit == std::string::npos ? histogram + "_p99" : histogram.substr(0, unit) + "_p99" + histogram.substr(unit);
}

std::string text_of(const Json& value)
{
  return value.is_string() ? value.get<std::string>() : value.dump();
}

PointData read_point_data(const std::string& path, sim::config::ReadingLog& log)
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
  for (const auto& [name, metric] : file.object({"metrics"}).items())
    point.numbers.emplace_back(name, file.number({"metrics", name, "value"}));
  for (const auto& [name, histogram] : file.object({"histograms"}).items())
    point.numbers.emplace_back(tail_name(name), file.number({"histograms", name, "p99"}));
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
  }
  std::vector<std::string> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder + "/points", error))
    if (entry.path().extension() == ".json")
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  for (const std::string& file : files)
    data.points.push_back(read_point_data(file, log));
  return data;
}

std::vector<ParetoPoint> user_against_npu(const std::vector<PointData>& points)
{
  std::vector<ParetoPoint> designs;
  for (const PointData& point : points) {
    const double* const tpot = point.number("tpot_ms");
    const double* const tokens = point.number("tokens_per_s_per_npu");
    if (tpot != nullptr && tokens != nullptr && *tpot > 0 && std::isfinite(1000 / *tpot))
      designs.push_back({1000 / *tpot, *tokens, point.label()});
  }
  mark_front(designs);
  return designs;
}

}  // namespace cm::tools
