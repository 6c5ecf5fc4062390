#include "tools/sensitivity/uncertainty.h"

#include "sim/random/random_stream.h"
#include "tools/numbers/result_number.h"
#include "tools/results/run_health.h"
#include "tools/sensitivity/varied_run.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr double LowQuantile = 0.05;
constexpr double HighQuantile = 0.95;

// Linear between the sorted values.
double quantile(const std::vector<double>& sorted, double share)
{
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

bool is_unsteady(const Json& result)
{
  return !health_of(result).is_steady;
}

std::vector<std::uint32_t> shuffled(std::uint32_t count, sim::RandomStream& draws)
{
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t left = count; left > 1; --left)
    std::swap(order[left - 1], order[draws.below(left)]);
  return order;
}

}  // namespace

std::vector<std::vector<PlacedSetting>> hypercube(const std::vector<UncertainNumber>& numbers, int samples,
                                                  std::uint64_t seed)
{
  std::vector<std::vector<PlacedSetting>> settings(static_cast<std::size_t>(samples));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!numbers[i].range)
      continue;
    sim::RandomStream draws(seed, "uncertainty", i);
    const std::vector<std::uint32_t> parts = shuffled(static_cast<std::uint32_t>(samples), draws);
    for (std::size_t sample = 0; sample < settings.size(); ++sample) {
      const double share = (parts[sample] + draws.uniform()) / samples;
      settings[sample].push_back(
          {fmt::format("{}={}", numbers[i].path, numbers[i].range->at(share)), numbers[i].range_place});
    }
  }
  return settings;
}

Uncertainty uncertainty(const UncertaintyRequest& request, const sim::metrics::Result& nominal,
                        sim::metrics::Progress& progress)
{
  const std::vector<UncertainNumber> numbers = uncertain_numbers(request.scenario);
  const auto varied =
      std::ranges::count_if(numbers, [](const UncertainNumber& each) { return each.range.has_value(); });
  std::vector<ChildRun> runs;
  for (const auto& settings : hypercube(numbers, request.samples, nominal.manifest.seed))
    runs.push_back(varied_run(request.scenario, settings, fmt::format("sample {}", runs.size() + 1)));
  ChildRuns children({.jobs = request.jobs, .journal = request.journal}, progress);
  std::vector<Json> results;
  for (const ChildOutcome& outcome : children.run(runs))
    if (outcome.end == ChildEnd::Done)
      results.push_back(Json::parse(outcome.output));
  Uncertainty found{.table = {}, .shortfall = children.shortfall(), .runs = results.size()};
  if (results.empty() && found.shortfall.failed > 0 && found.shortfall.stop_signal == 0)
    throw_failures(found.shortfall);
  sim::metrics::Table& table = found.table;
  table = {.name = "uncertainty",
           .sentence = fmt::format("90 % intervals of {} runs with {} numbers drawn together, uniformly "
                                   "over their stated ranges; {} others have none and stay",
                                   results.size(), varied, static_cast<std::ptrdiff_t>(numbers.size()) - varied),
           .columns = {"metric", "value", "5 %", "95 %", "unit"},
           .rows = {}};
  if (const auto unsteady = std::ranges::count_if(results, is_unsteady); unsteady > 0)
    table.sentence +=
        fmt::format("; {} of the {} runs are not steady: their latencies and rates depend on the length of "
                    "the run",
                    unsteady, results.size());
  if (found.shortfall.is_there())
    table.sentence += fmt::format("; PARTIAL: {} of {} runs finished", results.size(), request.samples);
  for (const sim::metrics::Metric& metric : nominal.metrics) {
    std::vector<double> values;
    for (const Json& result : results)
      if (const auto number = number_in(result, metric.name))
        values.push_back(number->value);
    if (values.empty())
      continue;
    std::ranges::sort(values);
    table.rows.push_back(
        {metric.name, {metric.value, quantile(values, LowQuantile), quantile(values, HighQuantile), metric.unit}});
  }
  return found;
}

}  // namespace cm::tools
