#include "tools/calibrate/calibration.h"

#include "sim/config/reader.h"
#include "tools/numbers/row_table.h"
#include "tools/scenario/config_files.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::Position;
using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

std::string beside(const Position& position, const std::string& path)
{
  return (std::filesystem::path(position.file).parent_path() / path).lexically_normal().string();
}

void read_prior(Reader& parameter, FreeParameter& free)
{
  if (!parameter.has("prior"))
    return;
  Prior prior;
  Reader reader = parameter.section({"prior", "belief in the parameter without the rows"});
  reader.required({"value", "the most likely value"}, prior.value);
  reader.required({"deviation", "standard deviation of the belief", 1e-300, 1e300}, prior.deviation);
  reader.required({"assumed", "why"}, prior.reason);
  reader.finish();
  free.prior = prior;
}

FreeParameter read_parameter(Reader parameter, const std::string& key)
{
  FreeParameter free;
  free.key = key;
  free.place = parameter.position("start");
  parameter.optional({"unit", "unit of all values of the parameter; none: a plain number"}, free.unit);
  parameter.required({"minimum", "smallest value that is tried"}, free.minimum);
  parameter.required({"maximum", "largest value that is tried"}, free.maximum);
  parameter.required({"start", "first value that is tried"}, free.start);
  parameter.required({"round", "the fitted value is a multiple of this", 1e-300, 1e300}, free.rounding);
  read_prior(parameter, free);
  parameter.finish();
  if (free.minimum >= free.maximum)
    parameter.complain("maximum", fmt::format("expected more than the minimum {}", free.minimum));
  else if (free.start < free.minimum || free.start > free.maximum)
    parameter.complain("start", fmt::format("expected a value from {} to {}", free.minimum, free.maximum));
  return free;
}

// `deviation: 2 %` is a share of each row's published value, `deviation: 0.05` is in the metric's unit.
struct Distance {
  double absolute = 0;
  double share = 0;

  [[nodiscard]] double of(double published) const { return absolute + share * std::abs(published); }
};

Distance distance_of(Reader& reader, const std::string& key, const std::string& text)
{
  Distance distance;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (!text.empty() && (error != std::errc() || number <= 0 || (!rest.empty() && rest != " %" && rest != "%")))
    reader.complain(key, fmt::format("expected a number above 0 or a share like 2 %, found \"{}\"", text));
  (rest.empty() ? distance.absolute : distance.share) = rest.empty() ? number : number / 100;
  return distance;
}

Distance read_deviation(Reader& reader)
{
  std::string text;
  reader.required({"deviation", "standard deviation that the fit allows: a share (2 %) or in the metric's unit"}, text);
  return distance_of(reader, "deviation", text);
}

// Context in which the rows of a calibration are read.
struct RowsReading {
  const std::string& config_root;
  std::vector<PublishedRow>& rows;
  ReadingLog& log;
};

std::string scenario_of(const std::string& text, const Position& place, const RowsReading& reading)
{
  const auto path = text.empty() ? std::nullopt : scenario_path(text, place, reading.config_root);
  if (!path && !text.empty())
    add_problem(reading.log, place, "scenario", missing_scenario(text, place, reading.config_root));
  return path.value_or("");
}

PublishedRow published_row(const TableRow& row, const Distance& deviation, const RowsReading& reading)
{
  return {.name = row.name,
          .scenario = scenario_of(row.scenario, row.place, reading),
          .settings = placed_settings(row.settings, row.place),
          .metric = row.metric,
          .published = row.published,
          .deviation = deviation.of(row.published),
          .tolerance = row.tolerance * std::abs(row.published),
          .is_fitted = row.kind == "fitted",
          .place = row.place};
}

void read_table(Reader& reader, const RowsReading& reading)
{
  std::string file;
  std::string metric;
  reader.required({"file", "CSV of published rows, like those in tests/validation"}, file);
  reader.required({"metric", "only the rows of this metric"}, metric);
  const Distance deviation = read_deviation(reader);
  reader.finish();
  if (file.empty())
    return;
  const std::string path = beside(reader.position("file"), file);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return reader.complain("file", std::filesystem::exists(path, ignored)
                                       ? fmt::format("expected a file, found a folder, a pipe or a device: {}", path)
                                       : fmt::format("expected a readable file, found no {}", path));
  std::size_t found = 0;
  for (const TableRow& row : read_row_table(path)) {
    if (row.metric != metric)
      continue;
    ++found;
    reading.rows.push_back(published_row(row, deviation, reading));
  }
  if (found == 0)
    reader.complain("metric", fmt::format("the file has no rows of the metric \"{}\"", metric));
}

void read_row(Reader& reader, const Position& place, const RowsReading& reading)
{
  PublishedRow row;
  row.place = place;
  std::string scenario;
  std::string settings;
  std::string tolerance;
  reader.required({"row", "name of the row"}, row.name);
  reader.required({"scenario", "a file beside this one, a path from it, or a name in configs/scenarios"}, scenario);
  reader.optional({"set", "settings of the run, with spaces between them"}, settings);
  reader.required({"metric", "a metric of the run"}, row.metric);
  reader.required({"published", "its published value"}, row.published);
  reader.optional({"fitted", "false: the row is only compared"}, row.is_fitted);
  row.deviation = read_deviation(reader).of(row.published);
  reader.optional(
      {"tolerance", "how far off the fitted row may end, as deviation is written; the deviation when missing"},
      tolerance);
  row.tolerance = tolerance.empty() ? row.deviation : distance_of(reader, "tolerance", tolerance).of(row.published);
  row.scenario = scenario_of(scenario, reader.position("scenario"), reading);
  row.settings = placed_settings(settings, reader.position("set"));
  reader.finish();
  reading.rows.push_back(row);
}

void read_rows(const Value& list, const RowsReading& reading)
{
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    Reader reader(list.items[index], fmt::format("rows[{}]", index), reading.log);
    if (reader.has("file"))
      read_table(reader, reading);
    else
      read_row(reader, list.items[index].position, reading);
  }
}

void read_files(const Value& list, std::vector<CalibratedFile>& files, ReadingLog& log)
{
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    Reader reader(list.items[index], fmt::format("files[{}]", index), log);
    CalibratedFile file;
    reader.required({"file", "a part or model with numbers that are fitted here"}, file.path);
    reader.required({"section", "where its keys stand: machine.ub, machine.die, model"}, file.section);
    file.path = beside(reader.position("file"), file.path);
    reader.finish();
    files.push_back(file);
  }
}

Calibration read_tree(const Value& tree, const std::string& config_root, ReadingLog& log)
{
  Reader reader(tree, "", log);
  Calibration calibration;
  reader.optional({"description", "purpose of the calibration: which parameters are fitted to which rows"},
                  calibration.description);
  std::string settings;
  reader.optional({"set", "settings of every run, with spaces between them"}, settings);
  calibration.settings = placed_settings(settings, reader.position("set"));
  const Value* parameters = reader.value({"parameters", "the free parameters by key"}, true);
  const Value* rows = reader.value({"rows", "published rows, one by one or from tables"}, true);
  const Value* files = reader.value({"files", "the files that hold the fitted numbers"}, true);
  reader.finish();
  if (parameters != nullptr)
    for (const Value::Entry& entry : parameters->entries)
      calibration.parameters.push_back(read_parameter(Reader(entry.value, entry.key, log), entry.key));
  if (rows != nullptr)
    read_rows(*rows, {config_root, calibration.rows, log});
  if (files != nullptr)
    read_files(*files, calibration.files, log);
  if (parameters != nullptr && calibration.parameters.empty())
    reader.complain("parameters", "expected a map with at least one parameter");
  // A table without rows is told at its entry.
  if (rows != nullptr && rows->items.empty())
    reader.complain("rows", "expected a list with at least one row");
  return calibration;
}

// Keys that are asked for when a calibration holds nothing but maps without keys.
std::vector<sim::config::Declaration> keys_of(const std::string& rows)
{
  ReadingLog log;
  read_tree(
      sim::config::parse_text("", R"({parameters: {"parameters[]": {prior: {}}}, files: [{}], rows: )" + rows + "}"),
      "", log);
  return log.declarations;
}

}  // namespace

std::vector<sim::config::Declaration> calibration_keys_with_tables()
{
  return keys_of(R"([{file: ""}])");
}

std::vector<sim::config::Declaration> calibration_keys_with_rows()
{
  return keys_of("[{}]");
}

std::string FreeParameter::text(double value) const
{
  return unit.empty() ? fmt::format("{:.8g}", value) : fmt::format("{:.8g} {}", value, unit);
}

std::string PublishedRow::origin() const
{
  return fmt::format("{}: row {}", to_text(place), name);
}

Calibration read_calibration(const std::string& path, const std::string& config_root)
{
  const Value tree = sim::config::load_file(path);
  ReadingLog log;
  Calibration calibration = read_tree(tree, config_root, log);
  throw_if_any(log);
  return calibration;
}

}  // namespace cm::tools
