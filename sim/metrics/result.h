// Everything a run says about itself, in memory; written once, at the end (result.json, schema cmsim-result/1).
#pragma once

#include "sim/metrics/answer.h"
#include "sim/metrics/histogram.h"
#include "sim/metrics/inputs.h"
#include "sim/metrics/metric_declaration.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cm::sim::metrics {

struct Metric {
  std::string name;  // ends in its unit where it has one: "tpot_ms"
  double value = 0;
  std::string unit;
  Better better = Better::Neither;
  std::string meaning;
  std::string formula;
  bool has_own_formula = false;  // the run's, with its own numbers, in place of the declared one
};

struct NamedHistogram {
  std::string name;
  Histogram values;
  Better better = Better::Neither;
  std::string meaning{};
};

struct Part {
  std::string name;
  double value = 0;
  std::string unit;
};

struct Series {
  std::string unit;
  std::vector<double> time_s;
  std::vector<double> value;
};

// Numbers that belong side by side: one access over eight paths, one load at five widths.
struct Table {
  using Cell = std::variant<double, std::string, std::monostate>;  // the last one: there is no such number

  struct Row {
    std::string label;  // under the first column
    std::vector<Cell> cells;
  };

  std::string name;
  std::string sentence;  // quantity that is compared, and its unit
  std::vector<std::string> columns;
  std::vector<Row> rows;
};

// Use of the ports of switch chips: one kind of chip, a row a sub-plane.
struct ChipUse {
  std::string chip;                               // "L2"
  std::string sentence;                           // names the ports
  std::vector<std::vector<double>> busy_percent;  // [sub-plane][chip], mean over its ports and the run
};

// Reservation about one metric or histogram, told wherever it is shown.
struct Caveat {
  std::string of;  // its name
  std::string text;
};

// Metrics and histograms that rest on one number of the machine more than on others: what is not known of it is a
// caveat of theirs.
struct Reliance {
  std::string number;  // "machine.die.host.turn"
  std::vector<std::string> names;
};

// Description of the run and of its evidence. No wall time, no host: equal runs give equal files.
struct Manifest {
  std::string scenario;              // as the user named it
  std::string configuration_digest;  // digest of the resolved configuration
  std::uint64_t seed = 0;
  std::string version;
  std::string commit;  // commit of the program's sources; empty when unknown
  std::optional<Inputs> inputs;
  bool steady = true;
  std::optional<double>
      slo_share;  // least share of requests that hold the service levels, where a capacity was searched
  std::map<std::string, int> evidence_counts;          // evidence class -> numbers used
  std::vector<std::string> assumed;                    // "path = value: why"
  std::map<std::string, std::string> engine_settings;  // SimGrid's settings table
};

inline constexpr const char* LayerTime = "the time of a layer";

struct Result {
  Manifest manifest;
  Answer answer;
  std::vector<Metric> metrics;  // in declaration order
  std::vector<NamedHistogram> histograms;
  std::vector<Part> breakdown;   // parts that add up to `breakdown_of`
  std::vector<Part> sub_planes;  // share of the UB plane's traffic, in %; empty when there was none
  std::vector<ChipUse> chips;    // empty without packets on the UB plane
  std::vector<std::pair<std::string, Series>> series;
  std::vector<Table> tables;
  std::vector<std::string> notes;  // decisions that the run took by itself
  std::vector<std::string> warnings;
  std::vector<Caveat> caveats;
  std::vector<Reliance> reliances;
  // Total that the parts of the breakdown add up to.
  std::string breakdown_of = LayerTime;
  std::vector<std::pair<std::string, std::string>> files;  // name, content: beside result.json when that is written

  // Without a value nothing is added: of nothing there is no statistic. `formula`: of the run, in place of the declared
  // one. `word`: for the "*" of the name. Throws SimulationError when a metric of that name was added before or the
  // value is not finite.
  void add(const MetricDeclaration& metric, std::optional<double> value, std::string formula = {});
  void add(const MetricDeclaration& metric, std::string_view word, std::optional<double> value,
           std::string formula = {});
  void add(const MetricDeclaration& metric, Histogram values);
  void add(const MetricDeclaration& metric, std::string_view word, Histogram values);
  [[nodiscard]] const Metric* find(std::string_view name) const;
  // Whether it holds a metric, or a statistic of a histogram with values, of that name.
  [[nodiscard]] bool has(std::string_view name) const;
  // All caveats of a metric or histogram, in their order; empty when there is none.
  [[nodiscard]] std::string caveats_of(std::string_view name) const;

 private:
  void add_named(const MetricDeclaration& metric, std::string name, double value, std::string formula);
};

// As a cell of a table.
Table::Cell cell_of(std::optional<double> value);

// Empty when the whole is nothing.
std::optional<double> share_of(double part, double whole);

// The text of result.json: two-space indented, keys in a fixed order, shortest round-trip numbers, newline at the end.
std::string to_json(const Result& result);

}  // namespace cm::sim::metrics
