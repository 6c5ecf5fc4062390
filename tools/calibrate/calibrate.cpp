#include "tools/calibrate/calibrate.h"

#include "sim/diagnostics/errors.h"
#include "tools/calibrate/least_squares.h"
#include "tools/runner/child_runs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace cm::tools {
namespace {

// Of a parameter's range: far enough that noise of a run does not pass for a slope, near enough to be one.
constexpr double DifferenceStep = 0.05;

double rounded(const FreeParameter& parameter, double value)
{
  const double multiple =
      std::clamp(std::round(value / parameter.rounding) * parameter.rounding, parameter.minimum, parameter.maximum);
  // As a file holds it: 28 * 0.05 is not quite 1.4.
  return std::stod(fmt::format("{:.8g}", multiple));
}

// Runs the program at points of the parameters and reads the rows' metrics.
class Simulations {
 public:
  Simulations(const Calibration& calibration, CalibrationRuns runs, sim::metrics::Progress& progress)
      : calibration_(calibration), runs_(std::move(runs)), progress_(progress)
  {
  }

  // [point][row]. Rows of the same scenario and settings share a run.
  std::vector<Vector> metrics(const std::vector<PublishedRow>& rows, const std::vector<Vector>& points)
  {
    std::map<std::pair<std::string, std::vector<std::string>>, std::size_t> places;
    for (const PublishedRow& row : rows)
      places.try_emplace({row.scenario, row.settings}, places.size());
    std::vector<std::vector<std::string>> calls(places.size() * points.size());
    for (std::size_t point = 0; point < points.size(); ++point)
      for (const auto& [run, place] : places)
        calls[point * places.size() + place] = call(run.first, run.second, points[point]);
    const std::vector<std::string> outputs = run_children(calls, runs_.jobs);
    done_ += static_cast<int>(calls.size());
    // How many there will be is not known; the line shows that it goes on.
    progress_.update(1.0 - 20.0 / (20.0 + done_), fmt::format("fitting, {} runs", done_));
    std::vector<Vector> values(points.size());
    for (std::size_t point = 0; point < points.size(); ++point)
      for (const PublishedRow& row : rows)
        values[point].push_back(metric(outputs[point * places.size() + places.at({row.scenario, row.settings})], row));
    return values;
  }

  [[nodiscard]] int done() const { return done_; }

 private:
  [[nodiscard]] std::vector<std::string> call(const std::string& scenario, const std::vector<std::string>& settings,
                                              const Vector& point) const
  {
    std::vector<std::string> words{"run",       fmt::format("{}/scenarios/{}", runs_.config_root, scenario),
                                   "--configs", runs_.config_root,
                                   "--format",  "json"};
    const auto set = [&](std::string setting) {
      words.emplace_back("--set");
      words.push_back(std::move(setting));
    };
    for (const auto* list : {&calibration_.settings, &settings})
      std::ranges::for_each(*list, set);
    for (std::size_t i = 0; i < point.size(); ++i)
      set(fmt::format("{}={}", calibration_.parameters[i].key, calibration_.parameters[i].text(point[i])));
    return words;
  }

  static double metric(const std::string& output, const PublishedRow& row)
  {
    const auto result = nlohmann::json::parse(output);
    const auto& metrics = result.at("metrics");
    if (!metrics.contains(row.metric))
      throw ConfigError(fmt::format("row {}: {} has no metric \"{}\"", row.name, row.scenario, row.metric));
    return metrics.at(row.metric).at("value").get<double>();
  }

  const Calibration& calibration_;
  CalibrationRuns runs_;
  sim::metrics::Progress& progress_;
  int done_ = 0;
};

// What is minimised, in standard deviations: the fitted rows' distances from their published values, then the
// parameters' distances from their priors.
std::vector<Vector> residuals(const Calibration& calibration, const std::vector<PublishedRow>& fitted,
                              Simulations& simulations, const std::vector<Vector>& points)
{
  std::vector<Vector> all = simulations.metrics(fitted, points);
  for (std::size_t point = 0; point < points.size(); ++point) {
    for (std::size_t row = 0; row < fitted.size(); ++row)
      all[point][row] = (all[point][row] - fitted[row].published) / fitted[row].deviation;
    for (std::size_t i = 0; i < calibration.parameters.size(); ++i)
      if (const auto& prior = calibration.parameters[i].prior)
        all[point].push_back((points[point][i] - prior->value) / prior->deviation);
  }
  return all;
}

}  // namespace

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
  const LeastSquaresResult fit = least_squares(problem);

  CalibrationOutcome outcome;
  Vector point;
  for (std::size_t i = 0; i < calibration.parameters.size(); ++i) {
    const FreeParameter& parameter = calibration.parameters[i];
    point.push_back(rounded(parameter, fit.point[i]));
    outcome.parameters.push_back({parameter, point.back(), fit.point[i], fit.uncertainty[i]});
  }
  const Vector simulated = simulations.metrics(calibration.rows, {point}).front();
  for (std::size_t row = 0; row < calibration.rows.size(); ++row)
    outcome.rows.push_back({calibration.rows[row], simulated[row]});
  outcome.steps = fit.steps;
  outcome.runs = simulations.done();
  return outcome;
}

}  // namespace cm::tools
