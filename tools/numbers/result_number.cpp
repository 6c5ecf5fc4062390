#include "tools/numbers/result_number.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/numbers/number_name.h"
#include "tools/results/run_health.h"
#include "tools/workload_kinds/metric_catalogue.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <vector>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t MostNamesOffered = 3;

const Json* entry_of(const Json& object, std::string_view key)
{
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? &*found : nullptr;
}

std::optional<ResultNumber> number_at(const Json& entry, std::string_view key)
{
  const Json* const value = entry_of(entry, key);
  const Json* const unit = entry_of(entry, "unit");
  if (value == nullptr || !value->is_number())
    return std::nullopt;
  return ResultNumber{value->get<double>(), unit != nullptr && unit->is_string() ? unit->get<std::string>() : ""};
}

std::vector<std::string> names_in(const Json& root)
{
  std::vector<std::string> names;
  if (const Json* const metrics = entry_of(root, "metrics"))
    for (const auto& [name, metric] : metrics->items())
      names.push_back(name);
  if (const Json* const histograms = entry_of(root, "histograms"))
    for (const auto& [name, histogram] : histograms->items())
      for (const StatisticWords& statistic : histogram_statistics())
        if (histogram.contains(statistic.name))
          names.push_back(sim::metrics::statistic_name(name, statistic.name));
  return names;
}

}  // namespace

std::optional<ResultNumber> number_in(const Json& root, std::string_view name)
{
  const Json* const metrics = entry_of(root, "metrics");
  const Json* const metric = metrics != nullptr ? entry_of(*metrics, name) : nullptr;
  if (metric != nullptr)
    return number_at(*metric, "value");
  if (const Json* const histograms = entry_of(root, "histograms"))
    for (const auto& [histogram, values] : histograms->items())
      for (const StatisticWords& statistic : histogram_statistics())
        if (name == sim::metrics::statistic_name(histogram, statistic.name) ||
            name == fmt::format("{}.{}", histogram, statistic.name))
          return number_at(values, statistic.name);
  const RunHealth health = health_of(root);
  if (name == SteadyNumber && health.says_steady)
    return ResultNumber{health.is_steady ? 1.0 : 0.0, ""};
  return std::nullopt;
}

ResultNumber number_of(const std::string& output, std::string_view name, const std::string& origin)
{
  const Json root = Json::parse(output);
  if (auto number = number_in(root, name))
    return *std::move(number);
  const std::vector<std::string> names = names_in(root);
  std::string advice = sim::config::did_you_mean(name, names);
  if (advice.empty())
    advice = fmt::format(", which this run does not report; the nearest that it does: {}",
                         sim::config::joined(sim::config::nearest_words(name, names, MostNamesOffered), ", "));
  throw ConfigError(fmt::format("{}: expected a metric of the run, found \"{}\"{}", origin, name, advice));
}

}  // namespace cm::tools
