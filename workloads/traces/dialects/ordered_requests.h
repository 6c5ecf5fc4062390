// Requests from the records of a file: in order of time from the first one, spread over their time stamps, without the
// lines that are damaged.
#pragma once

#include "workloads/traces/dialects/dialect_table.h"
#include "workloads/traces/dialects/line_source.h"

#include <memory>

namespace cm::workloads {

// Its next() throws ConfigError on a damaged line or one in the wrong order, unless the spec says to leave them out;
// and in any case when that would leave out most of the file.
std::unique_ptr<RequestSource> order_requests(const RequestFileSpec& spec, const TraceReading& reading,
                                              std::unique_ptr<LineSource> lines);

}  // namespace cm::workloads
