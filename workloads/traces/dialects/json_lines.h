// Lines that are a JSON object each.
#pragma once

#include "workloads/traces/dialects/line_fields.h"

#include <memory>
#include <string_view>
#include <vector>

namespace cm::workloads {

std::unique_ptr<LineParser> json_line_parser(const TraceColumns& columns);

// Keys of the object, those inside another with a dot before them; empty when the line is none.
std::vector<std::string> json_names(std::string_view line);

}  // namespace cm::workloads
