#include "sim/metrics/result.h"

#include "sim/diagnostics/ensure.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace cm::sim::metrics {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value, std::string_view name)
{
  ensure(std::isfinite(value), "{} is {}, which no result may hold", name, value);
  return value;
}

void insert(Json& object, const std::string& name, Json value)
{
  ensure(!object.contains(name), "{} stands twice in the result", name);
  object[name] = std::move(value);
}

Json key_texts(const KeyTexts& keys)
{
  Json section = Json::object();
  // A key that is set twice is what the later one says.
  for (const auto& [key, text] : keys)
    section[key] = text;
  return section;
}

Json inputs_section(const Manifest& manifest, const Inputs& inputs)
{
  Json files = Json::array();
  for (const DigestedFile& file : inputs.files)
    files.push_back({{"key", file.key}, {"name", file.name}, {"digest", file.digest}});
  return {{"title", inputs.title},
          {"command", inputs.command},
          {"scenario", manifest.scenario},
          {"machine", inputs.machine},
          {"model", inputs.model},
          {"seed", manifest.seed},
          {"workload", key_texts(inputs.workload)},
          {"overrides", key_texts(inputs.overrides)},
          {"changes", key_texts(inputs.changes)},
          {"sets", key_texts(inputs.sets)},
          {"files", std::move(files)}};
}

Json run_section(const Manifest& manifest)
{
  Json section = {{"scenario", manifest.scenario},
                  {"configuration_digest", manifest.configuration_digest},
                  {"seed", manifest.seed},
                  {"version", manifest.version},
                  {"commit", manifest.commit},
                  {"steady", manifest.steady},
                  {"evidence", Json(manifest.evidence_counts)},
                  {"assumed", Json(manifest.assumed)},
                  {"engine_settings", Json(manifest.engine_settings)}};
  if (manifest.slo_share)
    section["slo_share"] = number(*manifest.slo_share, "slo_share");
  if (manifest.inputs)
    section["inputs"] = inputs_section(manifest, *manifest.inputs);
  return section;
}

Json answer_section(const Answer& answer)
{
  Json headline = Json::array();
  for (const Headline& each : answer.headline)
    headline.push_back({{"name", each.name}, {"label", each.label}});
  Json standings = Json::array();
  for (const Standing& each : answer.standings)
    standings.push_back({{"word", each.word}, {"text", each.text}});
  return {{"headline", std::move(headline)}, {"standings", std::move(standings)}, {"limit", answer.limit}};
}

// Only where there is one: other results stay as they were.
void add_caveats(const Result& result, const std::string& name, Json& entry)
{
  if (std::string text = result.caveats_of(name); !text.empty())
    entry["caveat"] = std::move(text);
}

Json metrics_section(const Result& result)
{
  Json section = Json::object();
  for (const Metric& metric : result.metrics) {
    Json entry{{"value", number(metric.value, metric.name)},
               {"unit", metric.unit},
               {"better", to_text(metric.better)},
               {"meaning", metric.meaning},
               {"formula", metric.formula}};
    add_caveats(result, metric.name, entry);
    insert(section, metric.name, std::move(entry));
  }
  return section;
}

// In the order in which results hold them.
std::vector<std::pair<const char*, std::optional<double>>> statistics_of(const Histogram& histogram)
{
  return {{"mean", histogram.mean()},          {"min", histogram.minimum()},      {"p50", histogram.quantile(0.5)},
          {"p90", histogram.quantile(0.9)},    {"p95", histogram.quantile(0.95)}, {"p99", histogram.quantile(0.99)},
          {"p999", histogram.quantile(0.999)}, {"max", histogram.maximum()}};
}

// A histogram of nothing has a count of 0 and no statistics.
Json histogram_entry(const NamedHistogram& named)
{
  const Histogram& histogram = named.values;
  Json buckets = Json::array();
  for (const Histogram::Bucket& bucket : histogram.buckets())
    buckets.push_back(Json::array({bucket.low, bucket.high, bucket.count}));
  Json entry{{"unit", histogram.unit()},
             {"better", to_text(named.better)},
             {"meaning", named.meaning},
             {"count", histogram.count()}};
  for (const auto& [key, value] : statistics_of(histogram))
    if (value)
      entry[key] = *value;
  entry["buckets"] = std::move(buckets);
  return entry;
}

Json histograms_section(const Result& result)
{
  Json section = Json::object();
  for (const NamedHistogram& each : result.histograms) {
    Json entry = histogram_entry(each);
    add_caveats(result, each.name, entry);
    insert(section, each.name, std::move(entry));
  }
  return section;
}

Json parts_section(const std::vector<Part>& parts)
{
  Json section = Json::object();
  for (const Part& part : parts)
    insert(section, part.name, {{"value", number(part.value, part.name)}, {"unit", part.unit}});
  return section;
}

Json numbers(const std::vector<double>& values, std::string_view name)
{
  Json list = Json::array();
  for (const double value : values)
    list.push_back(number(value, name));
  return list;
}

Json chips_section(const std::vector<ChipUse>& chips)
{
  Json section = Json::object();
  for (const ChipUse& use : chips) {
    Json rows = Json::array();
    for (const std::vector<double>& lane : use.busy_percent)
      rows.push_back(numbers(lane, use.chip));
    insert(section, use.chip, {{"sentence", use.sentence}, {"unit", "%"}, {"busy", std::move(rows)}});
  }
  return section;
}

Json series_section(const std::vector<std::pair<std::string, Series>>& all)
{
  Json section = Json::object();
  for (const auto& [name, series] : all) {
    ensure(series.time_s.size() == series.value.size(), "series {} has {} times and {} values", name,
           series.time_s.size(), series.value.size());
    insert(section, name,
           {{"unit", series.unit}, {"time_s", numbers(series.time_s, name)}, {"value", numbers(series.value, name)}});
  }
  return section;
}

Json cell(const Table::Cell& cell, std::string_view table)
{
  if (const double* const value = std::get_if<double>(&cell))
    return number(*value, table);
  if (std::holds_alternative<std::monostate>(cell))
    return nullptr;
  return std::get<std::string>(cell);
}

Json tables_section(const std::vector<Table>& tables)
{
  Json section = Json::object();
  for (const Table& table : tables) {
    Json rows = Json::array();
    for (const Table::Row& row : table.rows) {
      ensure(row.cells.size() + 1 == table.columns.size(), "row {} of table {} has {} cells for {} columns", row.label,
             table.name, row.cells.size(), table.columns.size());
      Json list = Json::array({row.label});
      for (const Table::Cell& each : row.cells)
        list.push_back(cell(each, table.name));
      rows.push_back(std::move(list));
    }
    insert(section, table.name,
           {{"sentence", table.sentence}, {"columns", Json(table.columns)}, {"rows", std::move(rows)}});
  }
  return section;
}

}  // namespace

void Result::add(const MetricDeclaration& metric, std::optional<double> value, std::string formula)
{
  if (value)
    add_named(metric, std::string(metric.name), *value, std::move(formula));
}

void Result::add(const MetricDeclaration& metric, std::string_view word, std::optional<double> value,
                 std::string formula)
{
  if (value)
    add_named(metric, name_with(metric, word), *value, std::move(formula));
}

void Result::add(const MetricDeclaration& metric, Histogram values)
{
  histograms.push_back({std::string(metric.name), std::move(values), metric.better, std::string(metric.meaning)});
}

void Result::add(const MetricDeclaration& metric, std::string_view word, Histogram values)
{
  histograms.push_back({name_with(metric, word), std::move(values), metric.better, std::string(metric.meaning)});
}

void Result::add_named(const MetricDeclaration& metric, std::string name, double value, std::string formula)
{
  ensure(std::isfinite(value), "metric {} is {}", name, value);
  ensure(find(name) == nullptr, "metric {} was added before", name);
  const bool is_own = !formula.empty();
  metrics.push_back({.name = std::move(name),
                     .value = value,
                     .unit = std::string(metric.unit),
                     .better = metric.better,
                     .meaning = std::string(metric.meaning),
                     .formula = is_own ? std::move(formula) : std::string(metric.formula),
                     .has_own_formula = is_own});
}

const Metric* Result::find(std::string_view name) const
{
  const auto found = std::ranges::find(metrics, name, &Metric::name);
  return found == metrics.end() ? nullptr : &*found;
}

bool Result::has(std::string_view name) const
{
  if (find(name) != nullptr)
    return true;
  for (const NamedHistogram& each : histograms)
    for (const auto& [statistic, value] : statistics_of(each.values))
      if (value && statistic_name(each.name, statistic) == name)
        return true;
  return false;
}

Table::Cell cell_of(std::optional<double> value)
{
  return value ? Table::Cell(*value) : Table::Cell(std::monostate());
}

std::optional<double> share_of(double part, double whole)
{
  return whole > 0 ? std::optional(part / whole) : std::nullopt;
}

std::string Result::caveats_of(std::string_view name) const
{
  std::string text;
  for (const Caveat& caveat : caveats)
    if (caveat.of == name)
      text += (text.empty() ? "" : "; ") + caveat.text;
  return text;
}

std::string to_json(const Result& result)
{
  Json root = Json::object();
  root["schema"] = "cmsim-result/1";
  root["run"] = run_section(result.manifest);
  // Absent where a workload says none, as in results of earlier versions.
  if (!result.answer.empty())
    root["answer"] = answer_section(result.answer);
  root["metrics"] = metrics_section(result);
  root["histograms"] = histograms_section(result);
  if (result.breakdown_of != LayerTime)
    root["breakdown_of"] = result.breakdown_of;
  root["breakdown"] = parts_section(result.breakdown);
  root["sub_planes"] = parts_section(result.lanes);
  // Only where there are any: results of workloads without packets or tables stay as they were.
  if (!result.chips.empty())
    root["chips"] = chips_section(result.chips);
  root["series"] = series_section(result.series);
  if (!result.tables.empty())
    root["tables"] = tables_section(result.tables);
  root["notes"] = Json(result.notes);
  root["warnings"] = Json(result.warnings);
  // Names come from the command line and may be no UTF-8; a result with a replaced letter is better than none.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cm::sim::metrics
