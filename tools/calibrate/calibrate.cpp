#include "tools/calibrate/calibrate.h"

#include "sim/diagnostics/errors.h"
#include "tools/calibrate/least_squares.h"
#include "tools/numbers/number_name.h"
#include "tools/numbers/result_number.h"
#include "tools/runner/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace cm::tools {
namespace {

// Step of a difference quotient, as a share of a parameter's range: far enough that noise of a run does not pass for a
// slope, near enough to be one.
constexpr double DifferenceStep = 0.05;

// A parameter that is wrong is wrong in every row.
void keep_first(std::vector<std::string>& problems)
{
  std::vector<std::string> first;
  for (std::string& problem : problems)
    if (std::ranges::find(first, problem) == first.end())
      first.push_back(std::move(problem));
  problems = std::move(first);
}

double rounded(const FreeParameter& parameter, double value)
{
  const double multiple =
      std::clamp(std::round(value / parameter.rounding) * parameter.rounding, parameter.minimum, parameter.maximum);
  // As a file holds it: 28 * 0.05 is not quite 1.4.
  return std::stod(fmt::format("{:.8g}", multiple));
}

// Steps that a fit takes about, for the time that is left.
constexpr std::size_t UsualSteps = 4;

// Runs the program at points of the parameters and reads the rows' metrics.
class Simulations {
 public:
  Simulations(const Calibration& calibration, const CalibrationRuns& runs, sim::metrics::Progress& progress)
      : calibration_(calibration), runs_(runs), children_({.jobs = runs.jobs, .journal = runs.journal}, progress)
  {
  }

  // [point][row]. Rows of the same scenario and settings share a run. Empty when one of the runs fails or does not take
  // place.
  std::vector<Vector> metrics(const std::vector<PublishedRow>& rows, const std::vector<Vector>& points)
  {
    std::map<RunKey, std::size_t> places;
    std::vector<const PublishedRow*> first_rows;  // of each run
    for (const PublishedRow& row : rows)
      if (places.try_emplace(key_of(row), places.size()).second)
        first_rows.push_back(&row);
    std::vector<ChildRun> runs;
    for (const Vector& point : points)
      for (const PublishedRow* row : first_rows)
        runs.push_back(run_of(*row, point));
    const std::size_t steps_left = steps_ < UsualSteps ? UsualSteps - steps_ : 1;
    children_.expect(children_.ended() + runs.size() * steps_left + first_rows.size());
    ++steps_;
    // One without a value leaves none of its point, and so no step.
    const std::vector<ChildOutcome> outcomes = children_.run(
        runs, [](std::size_t /*run*/, const ChildOutcome& outcome) { return outcome.end == ChildEnd::Done; });
    if (std::ranges::any_of(outcomes, [](const ChildOutcome& each) { return each.end != ChildEnd::Done; }))
      return {};
    std::vector<Vector> values(points.size());
    for (std::size_t point = 0; point < points.size(); ++point)
      for (const PublishedRow& row : rows)
        values[point].push_back(
            number_of(outcomes[point * places.size() + places.at(key_of(row))].output, row.metric, row.origin()).value);
    return values;
  }

  // Throws ConfigError with what is wrong with the rows at the point, without running them.
  void require_valid_rows(const std::vector<PublishedRow>& rows, const Vector& point) const
  {
    sim::config::ReadingLog log;
    for (const PublishedRow& row : rows) {
      const std::string kind =
          workload_kind_of({.path = row.scenario, .sets = {}, .seed = {}, .config_root = runs_.config_root});
      if (const std::string refusal = refused_number(row.metric, kind); !refusal.empty())
        log.problems.push_back(fmt::format("{}: {}", row.origin(), refusal));
      sim::config::ReadingLog settings;
      const ScenarioRequest request = request_of(run_of(row, point), settings);
      std::ranges::copy(settings.problems, std::back_inserter(log.problems));
      std::ranges::copy(check_scenario(request).problems, std::back_inserter(log.problems));
    }
    keep_first(log.problems);
    throw_if_any(log);
  }

  [[nodiscard]] std::size_t done() const { return children_.ended(); }
  [[nodiscard]] const Shortfall& shortfall() const { return children_.shortfall(); }

 private:
  // Paths in settings start from the file that holds them.
  using RunKey = std::tuple<std::string, std::vector<std::string>, std::string>;

  static RunKey key_of(const PublishedRow& row)
  {
    std::vector<std::string> texts;
    for (const PlacedSetting& setting : row.settings)
      texts.push_back(setting.text);
    return {row.scenario, texts, row.place.file};
  }

  [[nodiscard]] ChildRun run_of(const PublishedRow& row, const Vector& point) const
  {
    ChildRun run{.origin = row.origin(),
                 .title = row.name,
                 .scenario = row.scenario,
                 .config_root = runs_.config_root,
                 .seed = {},
                 .settings = calibration_.settings,
                 .sets = {}};
    run.settings.insert(run.settings.end(), row.settings.begin(), row.settings.end());
    for (std::size_t i = 0; i < point.size(); ++i) {
      const FreeParameter& parameter = calibration_.parameters[i];
      run.settings.push_back({fmt::format("{}={}", parameter.key, parameter.text(point[i])), parameter.place});
    }
    return run;
  }

  const Calibration& calibration_;
  const CalibrationRuns& runs_;
  ChildRuns children_;
  std::size_t steps_ = 0;
};

// Residuals that are minimised, in standard deviations: the fitted rows' distances from their published values, then
// the parameters' distances from their priors.
std::vector<Vector> residuals(const Calibration& calibration, const std::vector<PublishedRow>& fitted,
                              Simulations& simulations, const std::vector<Vector>& points)
{
  std::vector<Vector> all = simulations.metrics(fitted, points);
  for (std::size_t point = 0; point < all.size(); ++point) {
    for (std::size_t row = 0; row < fitted.size(); ++row)
      all[point][row] = (all[point][row] - fitted[row].published) / fitted[row].deviation;
    for (std::size_t i = 0; i < calibration.parameters.size(); ++i)
      if (const auto& prior = calibration.parameters[i].prior)
        all[point].push_back((points[point][i] - prior->value) / prior->deviation);
  }
  return all;
}

// Share of a parameter's range: a value nearer than this to an end is at the end.
constexpr double AtBound = 1e-6;
// Share of a published value: a row that is off by just its tolerance is not outside for a rounding of numbers.
constexpr double Rounding = 1e-9;

enum class Standing { Found, NotSeen, AtMinimum, AtMaximum, NotDetermined };

Standing standing_of(const FittedParameter& fitted)
{
  const FreeParameter& parameter = fitted.parameter;
  const double near = AtBound * (parameter.maximum - parameter.minimum);
  if (!fitted.is_seen)
    return Standing::NotSeen;
  if (fitted.exact <= parameter.minimum + near)
    return Standing::AtMinimum;
  if (fitted.exact >= parameter.maximum - near)
    return Standing::AtMaximum;
  return std::isfinite(fitted.uncertainty) ? Standing::Found : Standing::NotDetermined;
}

// Empty for a parameter that was found.
std::string problem_of(const FreeParameter& parameter, Standing standing)
{
  switch (standing) {
  case Standing::Found: return "";
  case Standing::NotSeen:
    return fmt::format("no fitted row depends on it: it stays at its start {}", parameter.text(parameter.start));
  case Standing::AtMinimum:
    return fmt::format("the fit ends at its minimum {}: a smaller value would fit the rows better",
                       parameter.text(parameter.minimum));
  case Standing::AtMaximum:
    return fmt::format("the fit ends at its maximum {}: a larger value would fit the rows better",
                       parameter.text(parameter.maximum));
  case Standing::NotDetermined:
    return "the rows do not determine it: every row that depends on it also depends on another parameter; a prior on "
           "one of the two separates them";
  }
  return "";
}

}  // namespace

std::vector<std::string> problems_of(const CalibrationOutcome& outcome)
{
  std::vector<std::string> problems;
  // Where no row sees one parameter no matrix can be inverted, and none has an uncertainty.
  const bool all_are_seen = std::ranges::all_of(outcome.parameters, &FittedParameter::is_seen);
  for (const FittedParameter& fitted : outcome.parameters) {
    const Standing standing = standing_of(fitted);
    const std::string problem = problem_of(fitted.parameter, standing);
    const bool is_of_others = !all_are_seen && standing == Standing::NotDetermined;
    if (!problem.empty() && !is_of_others)
      problems.push_back(fmt::format("{}: {}: {}", to_text(fitted.parameter.place), fitted.parameter.key, problem));
  }
  for (const ComparedRow& row : outcome.rows)
    if (const double miss = std::abs(row.simulated - row.row.published);
        row.row.is_fitted && !(miss <= row.row.tolerance + Rounding * std::abs(row.row.published)))
      problems.push_back(
          fmt::format("{}: simulated {:.5g}, published {:.5g}: {:+.1f} % off, more than its tolerance of "
                      "{:.3g} %",
                      row.row.origin(), row.simulated, row.row.published, 100 * row.error(),
                      100 * row.row.tolerance / std::abs(row.row.published)));
  return problems;
}

CalibrationOutcome calibrate(const Calibration& calibration, const CalibrationRuns& runs,
                             sim::metrics::Progress& progress)
{
  Simulations simulations(calibration, runs, progress);
  std::vector<PublishedRow> fitted;
  std::ranges::copy_if(calibration.rows, std::back_inserter(fitted), &PublishedRow::is_fitted);
  LeastSquaresProblem problem;
  for (const FreeParameter& parameter : calibration.parameters) {
    problem.minimum.push_back(parameter.minimum);
    problem.maximum.push_back(parameter.maximum);
    problem.start.push_back(parameter.start);
    problem.step.push_back((parameter.maximum - parameter.minimum) * DifferenceStep);
  }
  problem.residuals = [&](const std::vector<Vector>& points) {
    return residuals(calibration, fitted, simulations, points);
  };
  simulations.require_valid_rows(calibration.rows, problem.start);
  const LeastSquaresResult fit = least_squares(problem);

  CalibrationOutcome outcome;
  Vector point;
  for (std::size_t i = 0; i < calibration.parameters.size(); ++i) {
    const FreeParameter& parameter = calibration.parameters[i];
    point.push_back(rounded(parameter, fit.point[i]));
    const bool is_known = !fit.uncertainty.empty();
    outcome.parameters.push_back({parameter, point.back(), fit.point[i],
                                  is_known ? fit.uncertainty[i] : std::numeric_limits<double>::infinity(),
                                  !is_known || fit.is_seen[i]});
  }
  const std::vector<Vector> simulated =
      fit.is_cut_short ? std::vector<Vector>{} : simulations.metrics(calibration.rows, {point});
  for (std::size_t row = 0; !simulated.empty() && row < calibration.rows.size(); ++row)
    outcome.rows.push_back({calibration.rows[row], simulated.front()[row]});
  for (std::size_t row = 0; simulated.empty() && !fit.residuals.empty() && row < fitted.size(); ++row)
    outcome.rows.push_back({fitted[row], fitted[row].published + fit.residuals[row] * fitted[row].deviation});
  outcome.steps = fit.steps;
  outcome.runs = simulations.done();
  outcome.shortfall = simulations.shortfall();
  if (outcome.rows.empty() && outcome.shortfall.failed > 0)
    throw_failures(outcome.shortfall);
  return outcome;
}

}  // namespace cm::tools
