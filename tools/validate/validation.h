// Published rows beside what the program says, each run in a process of its own.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/processes/child_runs.h"
#include "tools/validate/groups.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct ValidationRequest {
  ProjectFolders folders;
  std::optional<std::string> group;  // only this one
  std::vector<std::string> sets;     // "key=value", for every run, after the row's own
  int jobs = 1;                      // runs at a time
  RunJournal* journal = nullptr;     // borrowed; null: finished runs are not kept
};

// A row whose run failed or did not take place.
struct MissingRow {
  TableRow row;
  std::string reason;  // the words of the failure; empty: not run
};

// Verdict on a row. A known gap is expected to be there: a row that comes nearer than its gap allows has lost it.
enum class RowVerdict { Within, Outside, GapIsThere, GapIsGone };
std::string_view to_text(RowVerdict verdict);

struct ValidatedRow {
  TableRow row;
  double simulated = 0;

  [[nodiscard]] double error() const { return simulated / row.published - 1; }
  [[nodiscard]] RowVerdict verdict() const;
  [[nodiscard]] bool is_as_expected() const;
};

struct ValidatedGroup {
  std::string name;
  std::string sentence;
  bool is_built = false;
  std::vector<ValidatedRow> rows;     // none when it is not built
  std::vector<MissingRow> missing{};  // in place of rows without a value
};

struct Validation {
  std::vector<ValidatedGroup> groups;
  std::vector<std::string> sets;  // what was planted
  Shortfall shortfall{};          // of runs
  std::size_t runs = 0;           // that gave a result

  [[nodiscard]] std::vector<const ValidatedRow*> rows() const;
  // Rows outside their tolerance, and rows whose known gap is gone.
  [[nodiscard]] std::vector<const ValidatedRow*> unexpected() const;
};

// Rows that differ only in the metric share a run. Throws ConfigError, before anything runs, when there is no such
// group, when a row's metric is none of its kind of workload and when what is planted does not exist; later when a run
// does not report a row's metric. Rows whose runs fail or do not take place are told as missing.
Validation validate(const ValidationRequest& request, sim::metrics::Progress& progress);

}  // namespace cm::tools
