// results.csv: the table of a sweep, for spreadsheets and data frames.
#pragma once

#include "tools/sweep_plan/sweep_plan.h"
#include "tools/sweep_points/point_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// One row for each point that has a record, in point order: point (from 1), base, a column for each axis, seed, status,
// reason, steady (true, false; empty when the result does not say), warnings (a count; both empty without a result),
// and a column for each number that any record has, as in result.json. Equal records give equal bytes.
std::string results_csv(const SweepPlan& plan, const std::vector<std::optional<PointRecord>>& records);

// RFC 4180: quoted when it holds a comma, a quote, a tab or the end of a line. An apostrophe goes before text that a
// spreadsheet would run as a formula (= + - @ in front and no number).
std::string csv_cell(std::string_view written);

}  // namespace cm::tools
