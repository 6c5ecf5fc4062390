#include "tools/calibrate/calibration_report.h"

#include "sim/config/reading_log.h"
#include "sim/config/suggestion.h"
#include "tools/calibrate/fitted_text.h"
#include "tools/scenario/changes.h"
#include "tools/shipped/version.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

namespace cm::tools {
namespace {

struct Errors {
  double root_mean_square = 0;
  double largest = 0;
  std::size_t rows = 0;
};

Errors errors_of_fitted(const CalibrationOutcome& outcome)
{
  Errors errors;
  double sum = 0;
  for (const ComparedRow& row : outcome.rows) {
    if (!row.row.is_fitted)
      continue;
    ++errors.rows;
    sum += row.error() * row.error();
    errors.largest = std::max(errors.largest, std::abs(row.error()));
  }
  errors.root_mean_square = std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, errors.rows)));
  return errors;
}

std::string in_words(const Errors& errors)
{
  return fmt::format("{} rows, errors {:.1f} % root mean square, {:.1f} % at most", errors.rows,
                     100 * errors.root_mean_square, 100 * errors.largest);
}

// Two digits of an uncertainty are all that it is worth.
std::string uncertainty_text(const FittedParameter& fitted)
{
  const std::string number = fmt::format("{:.2g}", fitted.uncertainty);
  return fitted.parameter.unit.empty() ? number : number + " " + fitted.parameter.unit;
}

std::string shipped_value(const Calibration& calibration, const std::string& key)
{
  for (const CalibratedFile& file : calibration.files)
    if (const std::string_view inner = path_below(key, file.section); !inner.empty())
      return written_number(file.path, std::string(inner));
  return {};
}

}  // namespace

void require_written_numbers(const Calibration& calibration)
{
  std::vector<std::string> known;
  for (const CalibratedFile& file : calibration.files)
    for (const std::string& key : written_keys(file.path))
      known.push_back(fmt::format("{}.{}", file.section, key));
  sim::config::ReadingLog log;
  for (const FreeParameter& parameter : calibration.parameters) {
    if (std::ranges::find(known, parameter.key) != known.end())
      continue;
    const auto near = sim::config::nearest(parameter.key, known);
    add_problem(log, parameter.place, parameter.key,
                fmt::format("expected the key of a number with evidence in one of the files of the calibration, found "
                            "none of that name{}",
                            near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
  }
  throw_if_any(log);
}

std::string calibration_table(const Calibration& calibration, const CalibrationOutcome& outcome,
                              const RunJournal* journal)
{
  const bool is_whole = !outcome.shortfall.is_there();
  std::string text = fmt::format("{:<38} {:>12} {:>12} {:>14} {:>12}\n", "parameter", "shipped",
                                 is_whole ? "fitted" : "so far", "before rounding", "+-");
  for (const FittedParameter& fitted : outcome.parameters)
    text += fmt::format("{:<38} {:>12} {:>12} {:>15.5g} {:>12}\n", fitted.parameter.key,
                        shipped_value(calibration, fitted.parameter.key), fitted.parameter.text(fitted.value),
                        fitted.exact, is_whole ? uncertainty_text(fitted) : "-");
  if (!outcome.rows.empty())
    text += fmt::format("\n{:<38} {:>12} {:>12} {:>8}\n", "row", "published", "simulated", "error");
  for (const ComparedRow& row : outcome.rows)
    text += fmt::format("{:<38} {:>12.5g} {:>12.5g} {:>+7.1f}%  {}\n", row.row.name, row.row.published, row.simulated,
                        100 * row.error(), row.row.is_fitted ? "fitted" : "not fitted");
  // Rows are known together, at the end of a step.
  const std::string known = outcome.rows.empty() ? "no row is known yet" : in_words(errors_of_fitted(outcome));
  text += fmt::format("\n{} {}; {} steps, {} runs\n", is_whole ? "fitted to" : "so far", known, outcome.steps,
                      outcome.runs);
  if (!is_whole)
    return text + partial_text(outcome.shortfall, outcome.runs - outcome.shortfall.failed, journal);
  for (const std::string& problem : problems_of(outcome))
    text += "NOT A FIT: " + problem + "\n";
  return text;
}

sim::metrics::Result calibration_result(const std::string& path, const CalibrationOutcome& outcome)
{
  sim::metrics::Result result;
  result.manifest.scenario = path;
  result.manifest.seed = 1;
  result.manifest.version = version();
  result.manifest.commit = commit();
  for (const FittedParameter& fitted : outcome.parameters) {
    const std::string& unit = fitted.parameter.unit;
    result.add({.name = fitted.parameter.key, .unit = unit, .meaning = "parameter that was fitted", .formula = {}},
               fitted.value, fmt::format("fitted; {:.5g} before rounding", fitted.exact));
    // A parameter that no row sees has none.
    const std::string uncertainty = fitted.parameter.key + ".uncertainty";
    if (std::isfinite(fitted.uncertainty))
      result.add({.name = uncertainty,
                  .unit = unit,
                  .meaning = "how far off the fitted parameter may be",
                  .formula = "standard deviation"},
                 fitted.uncertainty);
  }
  for (const ComparedRow& row : outcome.rows)
    result.add({.name = row.row.name, .unit = {}, .meaning = "simulated value of a published row", .formula = {}},
               row.simulated,
               fmt::format("{} of {}; published {:.6g}; {}", row.row.metric, row.row.scenario, row.row.published,
                           row.row.is_fitted ? "fitted" : "not fitted"));
  if (outcome.shortfall.is_there())
    result.warnings.push_back("PARTIAL: " +
                              partial_sentence(outcome.shortfall, outcome.runs - outcome.shortfall.failed));
  for (std::string& problem : problems_of(outcome))
    result.warnings.push_back(std::move(problem));
  return result;
}

std::vector<OutputFolder::File> calibrated_files(const std::string& path, const Calibration& calibration,
                                                 const CalibrationOutcome& outcome)
{
  const std::string fitted_to =
      fmt::format("{}: {}", std::filesystem::path(path).filename().string(), in_words(errors_of_fitted(outcome)));
  std::vector<OutputFolder::File> files;
  for (const CalibratedFile& file : calibration.files) {
    std::vector<FittedNumber> numbers;
    for (const FittedParameter& fitted : outcome.parameters)
      if (const std::string_view inner = path_below(fitted.parameter.key, file.section); !inner.empty())
        numbers.push_back(
            {std::string(inner), fitted.parameter.text(fitted.value), uncertainty_text(fitted), fitted_to});
    files.push_back({std::filesystem::path(file.path).filename().string(), with_fitted_numbers(file.path, numbers)});
  }
  return files;
}

}  // namespace cm::tools
