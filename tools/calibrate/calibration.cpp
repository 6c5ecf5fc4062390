#include "tools/calibrate/calibration.h"

#include "sim/config/reader.h"
#include "tools/runner/row_table.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>

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

std::vector<std::string> words_of(const std::string& text)
{
  std::vector<std::string> words;
  for (std::size_t start = text.find_first_not_of(' '); start != std::string::npos;) {
    const std::size_t end = text.find(' ', start);
    words.push_back(text.substr(start, end - start));
    start = text.find_first_not_of(' ', end);
  }
  return words;
}

void read_prior(Reader& parameter, FreeParameter& free)
{
  if (!parameter.has("prior"))
    return;
  Prior prior;
  Reader reader = parameter.section({"prior", "what is believed without the rows"});
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
  parameter.optional({"unit", "of all values of the parameter; none: a plain number"}, free.unit);
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
struct Deviation {
  double absolute = 0;
  double share = 0;

  [[nodiscard]] double of(double published) const { return absolute + share * std::abs(published); }
};

Deviation read_deviation(Reader& reader)
{
  std::string text;
  Deviation deviation;
  reader.required({"deviation", "standard deviation that the fit allows: a share (2 %) or in the metric's unit"}, text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (!text.empty() && (error != std::errc() || number <= 0 || (!rest.empty() && rest != " %" && rest != "%")))
    reader.complain("deviation", fmt::format("expected a number above 0 or a share like 2 %, found \"{}\"", text));
  (rest.empty() ? deviation.absolute : deviation.share) = rest.empty() ? number : number / 100;
  return deviation;
}

void read_table(Reader& reader, std::vector<PublishedRow>& rows)
{
  std::string file;
  std::string metric;
  reader.required({"file", "CSV of published rows, like those in tests/validation"}, file);
  reader.required({"metric", "only the rows of this metric"}, metric);
  const Deviation deviation = read_deviation(reader);
  reader.finish();
  if (file.empty())
    return;
  std::size_t found = 0;
  for (const TableRow& row : read_row_table(beside(reader.position("file"), file))) {
    if (row.metric != metric)
      continue;
    ++found;
    rows.push_back({row.name, row.scenario, words_of(row.settings), row.metric, row.published,
                    deviation.of(row.published), row.kind == "fitted"});
  }
  if (found == 0)
    reader.complain("metric", fmt::format("the file has no rows of the metric \"{}\"", metric));
}

void read_row(Reader& reader, std::vector<PublishedRow>& rows)
{
  PublishedRow row;
  std::string settings;
  reader.required({"row", "what the row is called"}, row.name);
  reader.required({"scenario", "a file in configs/scenarios"}, row.scenario);
  reader.optional({"set", "settings of the run, with spaces between them"}, settings);
  reader.required({"metric", "a metric of the run"}, row.metric);
  reader.required({"published", "its published value"}, row.published);
  reader.optional({"fitted", "false: the row is only compared"}, row.is_fitted);
  row.deviation = read_deviation(reader).of(row.published);
  row.settings = words_of(settings);
  reader.finish();
  rows.push_back(row);
}

void read_rows(const Value& list, std::vector<PublishedRow>& rows, ReadingLog& log)
{
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    Reader reader(list.items[index], fmt::format("rows[{}]", index), log);
    if (reader.has("file"))
      read_table(reader, rows);
    else
      read_row(reader, rows);
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

Calibration read_tree(const Value& tree, ReadingLog& log)
{
  Reader reader(tree, "", log);
  Calibration calibration;
  reader.optional({"description", "what is fitted to what"}, calibration.description);
  std::string settings;
  reader.optional({"set", "settings of every run, with spaces between them"}, settings);
  calibration.settings = words_of(settings);
  const Value* parameters = reader.value({"parameters", "the free parameters by key"}, true);
  const Value* rows = reader.value({"rows", "published rows, one by one or from tables"}, true);
  const Value* files = reader.value({"files", "the files that hold the fitted numbers"}, true);
  reader.finish();
  if (parameters != nullptr)
    for (const Value::Entry& entry : parameters->entries)
      calibration.parameters.push_back(read_parameter(Reader(entry.value, entry.key, log), entry.key));
  if (rows != nullptr)
    read_rows(*rows, calibration.rows, log);
  if (files != nullptr)
    read_files(*files, calibration.files, log);
  if (parameters != nullptr && calibration.parameters.empty())
    reader.complain("parameters", "expected a map with at least one parameter");
  if (rows != nullptr && calibration.rows.empty())
    reader.complain("rows", "expected a list with at least one row");
  return calibration;
}

// What is asked for when a calibration holds nothing but maps without keys.
std::vector<sim::config::Declaration> keys_of(const std::string& rows)
{
  ReadingLog log;
  read_tree(
      sim::config::parse_text("", R"({parameters: {"parameters[]": {prior: {}}}, files: [{}], rows: )" + rows + "}"),
      log);
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

Calibration read_calibration(const std::string& path)
{
  const Value tree = sim::config::load_file(path);
  ReadingLog log;
  Calibration calibration = read_tree(tree, log);
  throw_if_any(log);
  return calibration;
}

}  // namespace cm::tools
