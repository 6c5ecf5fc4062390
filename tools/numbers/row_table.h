// Published and measured rows as tests/validation keeps them, one table a group: CSV with the columns row, scenario,
// set, metric, published, tolerance, class, source and reason, and gap and gap_from where a table has known gaps.
#pragma once

#include "tools/scenario/changes.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// A row that we are known to miss (docs/deviations.md).
struct KnownGap {
  std::string number;  // "D112"
  double from = 0;     // an error below this share means that the gap is gone
};

struct TableRow {
  std::string name;
  std::string scenario;  // as written: scenario_path() finds the file
  std::string settings;  // "key=value" with spaces between them
  std::string metric;
  double published = 0;
  std::string kind;      // the column class: fitted, input, predicted
  double tolerance = 0;  // share of the published value
  std::string source;    // document, page or table
  std::string reason;    // of the tolerance or the class; may be empty
  std::optional<KnownGap> gap;
  sim::config::Position place{};  // where the row stands

  [[nodiscard]] std::string origin() const;  // "p2p.csv:3:1: row a"
};

// "key=value key=value" taken apart.
std::vector<std::string> settings_of(const TableRow& row);
std::vector<PlacedSetting> placed_settings(const std::string& settings, const sim::config::Position& place);

// Whether the file's first line names a column of published values: other tables are not for this reader.
bool is_row_table(const std::string& path);

// Throws ConfigError with file and line when a column is missing, a row has another number of fields, a number is none
// or a class is unknown.
std::vector<TableRow> read_row_table(const std::string& path);

}  // namespace cm::tools
