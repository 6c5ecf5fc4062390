// Lines of comma-separated cells below a line that names the columns.
#pragma once

#include "workloads/traces/dialects/line_fields.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cm::workloads {

// Cells with blanks and quotes around them taken off; two quotes inside quotes are one.
std::vector<std::string> csv_cells(std::string_view line);

// `header`: names of the columns, in order.
std::unique_ptr<LineParser> csv_row_parser(const TraceColumns& columns, const std::vector<std::string>& header);

}  // namespace cm::workloads
