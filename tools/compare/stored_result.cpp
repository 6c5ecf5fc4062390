#include "tools/compare/stored_result.h"

#include "sim/metrics/result.h"
#include "tools/files/json_file.h"
#include "tools/workload_kinds/metric_catalogue.h"

#include <fmt/format.h>

#include <string_view>

namespace cm::tools {
namespace {

using Json = JsonFile::Json;
using sim::metrics::Better;

constexpr std::string_view ResultSchema = "cmsim-result/1";
constexpr std::string_view PointSchema = "cmsim-point/1";

// As this program declares the metric, whatever the file says: results of earlier versions gave most metrics no
// direction. Of a metric that it does not know, as another version says in the file, or as the unit has it.
Better better_of(const JsonFile& file, const std::string& section, const std::string& name, const std::string& unit)
{
  const JsonFile::Keys keys{section, name, "better"};
  if (const auto known = find_metric(name); known && known->declaration.unit == unit)
    return known->declaration.better;
  if (!file.has(keys))
    return sim::metrics::better_by_unit(unit);
  const auto better = sim::metrics::parse_better(file.text(keys));
  if (!better)
    file.complain(keys, "lower, higher or neither");
  return better.value_or(Better::Neither);
}

void read_metrics(const JsonFile& file, StoredResult& result)
{
  for (const auto& [name, ignored] : file.object({"metrics"}).items()) {
    const std::string unit = file.text({"metrics", name, "unit"});
    result.metrics.push_back(
        {name, file.number({"metrics", name, "value"}), unit, better_of(file, "metrics", name, unit)});
  }
}

bool is_bucket(const Json& value)
{
  return value.is_array() && value.size() == 3 && value[0].is_number() && value[1].is_number() && value[2].is_number();
}

std::vector<StoredBucket> read_buckets(const JsonFile& file, const JsonFile::Keys& keys)
{
  std::vector<StoredBucket> buckets;
  for (const Json& each : file.list(keys)) {
    StoredBucket bucket;
    if (is_bucket(each))
      bucket = {each[0].get<double>(), each[1].get<double>(), each[2].get<double>()};
    const bool fits = buckets.empty() || buckets.back().low <= bucket.low;
    if (!is_bucket(each) || bucket.low > bucket.high || bucket.count < 0 || !fits) {
      JsonFile::Keys place = keys;
      place.push_back(fmt::format("{}", buckets.size()));
      file.complain(place, "a bucket [low, high, count] above the one before, its count at least 0");
      return {};
    }
    buckets.push_back(bucket);
  }
  return buckets;
}

void read_histograms(const JsonFile& file, StoredResult& result)
{
  for (const auto& [name, ignored] : file.object({"histograms"}).items()) {
    // Results of earlier versions state zeros for a histogram of nothing.
    const bool has_values = file.number({"histograms", name, "count"}) > 0;
    const auto number = [&](const char* key) {
      return has_values ? std::optional(file.number({"histograms", name, key})) : std::nullopt;
    };
    const std::string unit = file.text({"histograms", name, "unit"});
    result.histograms.push_back({.name = name,
                                 .unit = unit,
                                 .better = better_of(file, "histograms", name, unit),
                                 .mean = number("mean"),
                                 .median = number("p50"),
                                 .p99 = number("p99"),
                                 .buckets = read_buckets(file, {"histograms", name, "buckets"})});
  }
}

std::vector<StoredPart> read_parts(const JsonFile& file, const std::string& section)
{
  std::vector<StoredPart> parts;
  for (const auto& [name, ignored] : file.object({section}).items())
    parts.push_back({name, file.number({section, name, "value"}), file.text({section, name, "unit"})});
  return parts;
}

void read_point(const JsonFile& file, StoredResult& result)
{
  result.label = file.text({"point", "base"});
  for (const auto& [key, ignored] : file.object({"point", "axes"}).items())
    result.label += fmt::format(", {}={}", key, file.text({"point", "axes", key}));
  result.label += fmt::format(", seed {:.0f}", file.number({"point", "seed"}));
  result.status = file.text({"point", "status"});
  result.reason = file.text({"point", "reason"});
}

void read_run(const JsonFile& file, StoredResult& result)
{
  result.configuration_digest = file.text({"run", "configuration_digest"});
  result.inputs = read_stored_inputs(file);
  for (std::size_t i = 0; i < file.list({"run", "assumed"}).size(); ++i)
    result.assumed.push_back(file.text({"run", "assumed", fmt::format("{}", i)}));
  result.health = health_of(file.root());
  read_metrics(file, result);
  read_histograms(file, result);
  result.breakdown_of = file.has({"breakdown_of"}) ? file.text({"breakdown_of"}) : sim::metrics::LayerTime;
  result.breakdown = read_parts(file, "breakdown");
  // Not every workload uses the UB plane.
  if (file.has({"sub_planes"}))
    result.lanes = read_parts(file, "sub_planes");
}

}  // namespace

std::optional<StoredResult> read_stored_result(const std::string& path, sim::config::ReadingLog& log)
{
  const std::size_t problems_before = log.problems.size();
  const JsonFile file(path, log);
  if (file.root().is_null())
    return std::nullopt;
  StoredResult result;
  result.file = path;
  const std::string schema = file.has({"schema"}) ? file.text({"schema"}) : std::string();
  if (schema != ResultSchema && schema != PointSchema)
    file.complain({"schema"}, fmt::format("\"{}\" or \"{}\"", ResultSchema, PointSchema));
  else if (schema == PointSchema)
    read_point(file, result);
  if (result.is_done() && log.problems.size() == problems_before)
    read_run(file, result);
  return log.problems.size() == problems_before ? std::optional(result) : std::nullopt;
}

}  // namespace cm::tools
