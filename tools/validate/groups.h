// Targets of validation: the groups of rows, and the tables of tests/validation that hold them.
#pragma once

#include "tools/numbers/row_table.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct GroupKind {
  std::string_view name;
  std::string_view sentence;
};

// In the order in which they are shown.
std::span<const GroupKind> group_table();

// The folder of the project's own files: configurations, rows and pages.
struct ProjectFolders {
  std::string configs;     // with scenarios/
  std::string validation;  // a folder per source, in it a table GROUP.csv per group
  std::string docs;

  static ProjectFolders beside(const std::string& config_root);
};

struct ValidationGroup {
  std::string name;
  std::string sentence;
  std::vector<TableRow> rows;
  bool is_built = false;  // it has rows, and their scenarios are there; otherwise it is listed and not counted
};

// All groups of the table, then those of tables that it does not name. Throws ConfigError when a table is wrong or the
// folder cannot be read.
std::vector<ValidationGroup> read_groups(const ProjectFolders& folders);

}  // namespace cm::tools
