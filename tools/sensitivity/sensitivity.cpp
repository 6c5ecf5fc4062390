#include "tools/sensitivity/sensitivity.h"

#include "sim/diagnostics/errors.h"
#include "tools/numbers/number_name.h"
#include "tools/numbers/result_number.h"
#include "tools/results/run_health.h"
#include "tools/sensitivity/varied_run.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace cm::tools {
namespace {

// Root of the sum of the squared moves in one direction.
double reach(const Sensitivity& found, double direction)
{
  double sum = 0;
  for (const Swing& swing : found.swings) {
    double move = 0;
    for (const std::optional<double>& end : {swing.at_low, swing.at_high})
      move = std::max(move, end ? direction * (*end - found.nominal) : 0);
    sum += move * move;
  }
  return std::sqrt(sum);
}

void require_name(const SensitivityRequest& request)
{
  const std::string refusal = refused_number(request.metric, workload_kind_of(request.scenario));
  if (!refusal.empty())
    throw ConfigError(fmt::format("--metric: {}", refusal));
}

// The swings, without their ends, and the numbers that stay.
Sensitivity plan_of(const SensitivityRequest& request)
{
  Sensitivity plan{.metric = request.metric, .unit = "", .nominal = 0, .swings = {}, .not_varied = {}};
  for (const UncertainNumber& number : uncertain_numbers(request.scenario))
    if (number.range)
      plan.swings.push_back({.number = number, .at_low = {}, .at_high = {}});
    else
      plan.not_varied.push_back(number);
  return plan;
}

// As shipped, then both ends of each swing.
std::vector<ChildRun> runs_of(const Sensitivity& plan, const ScenarioRequest& scenario)
{
  std::vector<ChildRun> runs{varied_run(scenario, {}, "as shipped")};
  for (const Swing& swing : plan.swings)
    for (const double end : {swing.number.range->low, swing.number.range->high}) {
      const std::string value = swing.number.range->text(end);
      runs.push_back(varied_run(scenario, {{fmt::format("{}={}", swing.number.path, value), swing.number.range_place}},
                                fmt::format("{} = {}", swing.number.path, value)));
    }
  return runs;
}

void take_nominal(const ChildOutcome& outcome, const std::string& scenario, Sensitivity& found)
{
  const ResultNumber nominal = number_of(outcome.output, found.metric, scenario);
  found.nominal = nominal.value;
  found.unit = nominal.unit;
  found.is_steady = health_of(nlohmann::ordered_json::parse(outcome.output)).is_steady;
}

std::string missing_text(const ChildOutcome& outcome)
{
  if (outcome.end == ChildEnd::NotRun)
    return NotRun;
  return outcome.end == ChildEnd::Done ? "its run does not report the metric" : outcome.reason;
}

void take_end(const ChildOutcome& outcome, const std::string& metric, std::optional<double>& end, Swing& swing)
{
  if (outcome.end == ChildEnd::Done) {
    const auto root = nlohmann::ordered_json::parse(outcome.output);
    swing.is_steady = swing.is_steady && health_of(root).is_steady;
    if (const auto number = number_in(root, metric))
      end = number->value;
  }
  if (!end && swing.missing.empty())
    swing.missing = missing_text(outcome);
}

}  // namespace

double Swing::size() const
{
  return is_whole() ? std::abs(*at_high - *at_low) : 0;
}

double Sensitivity::low() const
{
  return nominal - reach(*this, -1);
}

double Sensitivity::high() const
{
  return nominal + reach(*this, 1);
}

Sensitivity sensitivity(const SensitivityRequest& request, sim::metrics::Progress& progress)
{
  Sensitivity found = plan_of(request);
  require_name(request);
  const std::vector<ChildRun> runs = runs_of(found, request.scenario);
  ChildRuns children({.jobs = request.jobs, .journal = request.journal}, progress);
  // Without the run as shipped, or its metric, no other is worth while.
  const std::vector<ChildOutcome> outcomes = children.run(runs, [&](std::size_t run, const ChildOutcome& outcome) {
    if (run == 0 && outcome.end == ChildEnd::Done)
      take_nominal(outcome, request.scenario.path, found);
    return run != 0 || outcome.end == ChildEnd::Done;
  });
  found.shortfall = children.shortfall();
  found.has_nominal = outcomes.front().end != ChildEnd::NotRun;
  if (!found.has_nominal)
    return found;
  if (outcomes.front().end != ChildEnd::Done)
    throw_failures(found.shortfall);
  found.runs = static_cast<std::size_t>(std::ranges::count(outcomes, ChildEnd::Done, &ChildOutcome::end));
  for (std::size_t i = 0; i < found.swings.size(); ++i) {
    take_end(outcomes[1 + 2 * i], request.metric, found.swings[i].at_low, found.swings[i]);
    take_end(outcomes[2 + 2 * i], request.metric, found.swings[i].at_high, found.swings[i]);
  }
  std::ranges::stable_sort(found.swings, std::ranges::greater{},
                           [](const Swing& swing) { return std::pair(swing.is_whole(), swing.size()); });
  return found;
}

}  // namespace cm::tools
