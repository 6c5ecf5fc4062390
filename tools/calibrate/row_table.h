// Published rows as tests/validation keeps them: CSV with the columns row, scenario, set, metric, published and class
// among others.
#pragma once

#include <string>
#include <vector>

namespace cm::tools {

struct TableRow {
  std::string name;
  std::string scenario;
  std::string settings;  // "key=value" with spaces between them
  std::string metric;
  double published = 0;
  std::string kind;  // the column class: fitted, input, predicted
};

// Throws ConfigError with file and line when a column is missing, a row has another number of fields or a published
// value is no number.
std::vector<TableRow> read_row_table(const std::string& path);

}  // namespace cm::tools
