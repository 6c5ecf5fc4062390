#include "tools/capacity/capacity_search.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/histogram.h"
#include "sim/units/parse_quantity.h"
#include "tools/processes/child_runs.h"
#include "tools/results/run_health.h"
#include "tools/runner/run.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace cm::tools {
namespace {

// Rates that hold and that do not are this near in the end.
constexpr double Resolution = 1.02;
constexpr double Rounding = 1e-9;
// The load is looked for between 1 / 1024 and 1024 times the scenario's.
constexpr int MostDoublings = 10;
// Without as many, no end of a warm-up is looked for and no run is steady.
constexpr double FewestRequests = 100;
// A run that is shorter tells little of what queues come to.
constexpr double FewestTtfts = 50;

// As the scenario has it; the reader of the workload has checked it.
double time_scale_of(const ScenarioRequest& scenario)
{
  const ResolvedScenario resolved = load_scenario(scenario);
  const sim::config::Value* scale = resolved.workload ? resolved.workload->find("time_scale") : nullptr;
  return scale != nullptr ? parse_number(scale->text).value_or(1.0) : 1.0;
}

void require_serving(const ScenarioRequest& scenario)
{
  const ResolvedScenario resolved = load_scenario(scenario);
  const sim::config::Value* kind = resolved.workload ? resolved.workload->find("kind") : nullptr;
  if (kind != nullptr && kind->text != "serving")
    throw ConfigError(fmt::format("{}: workload.kind: --find-capacity: expected serving, whose requests arrive at a "
                                  "rate, found \"{}\"",
                                  to_text(kind->position), kind->text));
}

// Where a scenario says how many requests there are.
struct RequestCount {
  std::string key;  // and how it gives more of them
  std::string place;
};

RequestCount request_count_of(const ScenarioRequest& scenario)
{
  const ResolvedScenario resolved = load_scenario(scenario);
  const sim::config::Value& workload = *resolved.workload;
  const sim::config::Value* trace = workload.find("trace");
  const sim::config::Value* length = workload.find("trace_length");
  const sim::config::Value* generator = workload.find("generator");
  const sim::config::Value* requests = generator == nullptr ? nullptr : generator->find("requests");
  if (trace != nullptr && length != nullptr && parse_number(length->text.substr(0, length->text.find(' '))) != 0.0)
    return {"a larger workload.trace_length", to_text(length->position)};
  if (trace != nullptr)
    return {"a longer workload.trace", to_text(trace->position)};
  return {"workload.generator.requests", to_text((requests != nullptr ? *requests : workload).position)};
}

ChildRun run_of(const ScenarioRequest& scenario, double load)
{
  ChildRun run{.origin = fmt::format("--find-capacity, trial at {:.4g} times the load", load),
               .title = fmt::format("{:.4g} times the load", load),
               .scenario = scenario.path,
               .config_root = scenario.config_root,
               .seed = scenario.seed,
               .settings = {},
               .sets = scenario.sets};
  // Trials write nothing.
  run.sets.emplace_back("workload.requests_csv=false");
  return run;
}

// A run in which no request finished states no share and no percentile.
std::optional<double> number_in(const nlohmann::ordered_json& section, const char* name, const char* statistic)
{
  const auto entry = section.find(name);
  const auto value = entry == section.end() ? section.end() : entry->find(statistic);
  return entry == section.end() || value == entry->end() || !value->is_number() ? std::nullopt
                                                                                : std::optional(value->get<double>());
}

// The value that a share of a histogram's values stays within, by its buckets; empty without values. Share in (0, 1].
std::optional<double> quantile_in(const nlohmann::ordered_json& section, const char* name, double share)
{
  const auto entry = section.find(name);
  if (entry == section.end() || entry->at("count") == 0)
    return std::nullopt;
  if (share >= 1)
    return number_in(section, name, "max");
  sim::metrics::Histogram values(entry->at("unit").get<std::string>());
  for (const auto& bucket : entry->at("buckets"))
    values.record(std::sqrt(bucket.at(0).get<double>() * bucket.at(1).get<double>()),
                  bucket.at(2).get<std::uint64_t>());
  return values.quantile(share);
}

std::string longest_part_text(const LoadTrial& trial)
{
  return trial.longest_part.empty() ? "no request has a first token"
                                    : fmt::format("the longest part of the mean time to first token is {}, {:.4g} ms",
                                                  trial.longest_part, trial.longest_part_ms);
}

std::string tpot_text(const LoadTrial& trial, double share)
{
  return trial.tpot_at_share_ms ? fmt::format("{:g} % have at most {:.4g} ms", 100 * share, *trial.tpot_at_share_ms)
                                : "no request has a time per output token";
}

}  // namespace

LoadTrial trial_of(double load, double share, const std::string& text)
{
  const auto result = nlohmann::ordered_json::parse(text);
  const auto metric = [&](const char* name) { return number_in(result.at("metrics"), name, "value").value_or(0); };
  const auto percentile = [&](const char* name, const char* statistic) {
    return number_in(result.at("histograms"), name, statistic);
  };
  const auto at_share = [&](const char* name) { return quantile_in(result.at("histograms"), name, share); };
  const RunHealth health = health_of(result);
  LoadTrial trial{.load = load,
                  .arrival_rps = metric("arrival_rps"),
                  .is_steady = health.is_steady,
                  .share = metric("slo_attainment"),
                  .ttft_share = metric("slo_ttft_attainment"),
                  .tpot_share = metric("slo_tpot_attainment"),
                  .ttft_at_share_ms = at_share("ttft_ms"),
                  .tpot_at_share_ms = at_share("tpot_ms"),
                  .ttft_p50_ms = percentile("ttft_ms", "p50"),
                  .ttft_p99_ms = percentile("ttft_ms", "p99"),
                  .tpot_p50_ms = percentile("tpot_ms", "p50"),
                  .tpot_p99_ms = percentile("tpot_ms", "p99"),
                  .requests = metric("requests"),
                  .counted = metric("requests") - metric("warm_up_requests"),
                  .ttft_mean_ms = number_in(result.at("histograms"), "ttft_ms", "mean").value_or(0),
                  .unsteady = health.why_unsteady,
                  .longest_part = {},
                  .longest_part_ms = 0};
  for (const auto& [name, part] : result.at("breakdown").items())
    if (const double value = part.at("value").get<double>(); value > trial.longest_part_ms) {
      trial.longest_part = name;
      trial.longest_part_ms = value;
    }
  return trial;
}

std::size_t Capacity::trials_left() const
{
  // From a load and its double.
  double ratio = 2;
  std::size_t doublings = 0;
  if (holds && breaks)
    ratio = trials[*breaks].load / trials[*holds].load;
  else
    doublings = trials.empty() ? 2 : 1;
  const double halvings = std::ceil(std::log2(std::log(ratio) / std::log(Resolution)) - Rounding);
  return doublings + static_cast<std::size_t>(std::max(0.0, halvings));
}

Capacity bisect(double share, const std::function<std::optional<LoadTrial>(double load)>& attempt,
                const std::function<void(const Capacity& so_far)>& watch)
{
  Capacity found;
  // Whether the load holds; empty: it could not be tried.
  const auto try_load = [&](double load) -> std::optional<bool> {
    if (watch)
      watch(found);
    auto trial = attempt(load);
    if (!trial)
      return std::nullopt;
    found.trials.push_back(*std::move(trial));
    const bool holds = found.trials.back().holds(share);
    (holds ? found.holds : found.breaks) = found.trials.size() - 1;
    return holds;
  };
  const std::optional<bool> first_holds = try_load(1);
  if (!first_holds)
    return found;
  double load = 1;
  for (int step = 0; step < MostDoublings; ++step) {
    load *= *first_holds ? 2 : 0.5;
    const std::optional<bool> holds = try_load(load);
    if (!holds)
      return found;
    if (*holds != *first_holds)
      break;
  }
  while (found.holds && found.breaks) {
    const double low = found.trials[*found.holds].load;
    const double high = found.trials[*found.breaks].load;
    if (high / low <= Resolution || !try_load(std::sqrt(low * high)))
      break;
  }
  return found;
}

ScenarioRequest at_load(const ScenarioRequest& scenario, const ServiceLevels& levels, double load)
{
  ScenarioRequest request = scenario;
  request.sets.push_back("workload.slo.ttft=" + levels.ttft);
  request.sets.push_back("workload.slo.tpot=" + levels.tpot);
  request.sets.push_back(fmt::format("workload.time_scale={}", time_scale_of(scenario) / load));
  return request;
}

Capacity find_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels, sim::metrics::Progress& progress,
                       RunJournal* journal)
{
  require_serving(scenario);
  if (const ScenarioCheck check = check_scenario(at_load(scenario, levels, 1)); !check.problems.empty())
    throw ConfigError(sim::config::joined(check.problems, "\n"));
  const RequestCount requests = request_count_of(scenario);
  ChildRuns children({.jobs = 1, .journal = journal}, progress);
  const auto attempt = [&](double load) -> std::optional<LoadTrial> {
    const ChildOutcome outcome = children.run({run_of(at_load(scenario, levels, load), load)}).front();
    if (outcome.end != ChildEnd::Done)
      return std::nullopt;
    LoadTrial trial = trial_of(load, levels.share, outcome.output);
    if (trial.requests < FewestRequests)
      throw ConfigError(
          fmt::format("{}: --find-capacity: expected at least {:g} requests, which a steady state takes, found "
                      "{:g}; {} gives more",
                      requests.place, FewestRequests, trial.requests, requests.key));
    if (trial.arrival_rps == 0)
      throw ConfigError(
          fmt::format("{}: --find-capacity: expected requests that arrive at a rate, found all of them at "
                      "one instant",
                      requests.place));
    return trial;
  };
  // The run at the load that is found comes on top.
  const auto expect = [&](const Capacity& so_far) { children.expect(so_far.trials.size() + so_far.trials_left() + 1); };
  Capacity found = bisect(levels.share, attempt, expect);
  found.longer = requests.key;
  found.shortfall = children.shortfall();
  if (found.trials.empty() && found.shortfall.failed > 0)
    throw_failures(found.shortfall);
  return found;
}

std::string limit_sentence(const Capacity& capacity, double share)
{
  if (!capacity.breaks)
    return "none was found";
  const LoadTrial& trial = capacity.trials[*capacity.breaks];
  const bool is_ttft = trial.ttft_share <= trial.tpot_share;
  if (trial.share < share)
    return fmt::format("{}: {:.1f} % of the requests hold it at {:.4g} requests/s; {}",
                       is_ttft ? "time to first token (slo.ttft)" : "time per output token (slo.tpot)",
                       100 * (is_ttft ? trial.ttft_share : trial.tpot_share), trial.arrival_rps,
                       is_ttft ? longest_part_text(trial) : tpot_text(trial, share));
  return fmt::format("no steady state at {:.4g} requests/s, where {:.1f} % of the requests hold both levels: {}",
                     trial.arrival_rps, 100 * trial.share, trial.unsteady);
}

std::vector<std::string> capacity_caveats(const Capacity& capacity, double share)
{
  std::vector<std::string> caveats;
  if (!capacity.holds)
    caveats.push_back(fmt::format("no arrival rate down to {:.4g} requests/s holds the service levels",
                                  capacity.trials[capacity.breaks.value_or(0)].arrival_rps));
  else if (!capacity.breaks)
    caveats.push_back(fmt::format("{:.4g} requests/s still hold the service levels: the capacity lies above",
                                  capacity.trials[*capacity.holds].arrival_rps));
  if (std::string warning = length_warning(capacity, share); !warning.empty())
    caveats.push_back(std::move(warning));
  return caveats;
}

std::string length_warning(const Capacity& capacity, double share)
{
  const std::string longer = fmt::format("ask for more requests ({})", capacity.longer);
  if (capacity.breaks) {
    const LoadTrial& trial = capacity.trials[*capacity.breaks];
    if (trial.share >= share && !trial.is_overloaded())
      return fmt::format("{:.4g} requests/s do not hold only because so short a run is not steady: the capacity may be "
                         "higher; {}",
                         trial.arrival_rps, longer);
  }
  if (capacity.holds) {
    const double length = capacity.trials[*capacity.holds].length_in_ttfts();
    if (length < FewestTtfts)
      return fmt::format("at the capacity requests arrive for {:.3g} times their mean time to first token, fewer than "
                         "{:g}: a longer run may find another capacity; {}",
                         length, FewestTtfts, longer);
  }
  return "";
}

}  // namespace cm::tools
