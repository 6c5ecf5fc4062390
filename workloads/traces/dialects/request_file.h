// Requests from a file, plain or gzip: a recorded trace, the log of a benchmark, or an archive that describes clients.
// The kinds of files are rows of a table (dialect_table.h). Times count from the first request.
#pragma once

#include "workloads/traces/dialects/trace_dialect.h"
#include "workloads/traces/request.h"

#include <memory>
#include <string>

namespace cm::workloads {

struct RequestFileSpec {
  std::string path;
  bool skip_damaged_lines = false;
  // Requests with one time stamp are spread evenly up to the next stamp, at most over this. Zero: they arrive together.
  // Mooncake's stamps lie on a grid of 3 s.
  Seconds spread = Seconds(0);
  std::int64_t block_tokens = 512;  // of a cached block
  TraceDialect dialect = {};        // what it leaves open the beginning of the file decides
  std::uint64_t seed = 1;           // of what is drawn

  friend bool operator==(const RequestFileSpec&, const RequestFileSpec&) = default;
};

// Throws ConfigError when the file cannot be read, is none that a dialect reads, or is none of the dialect that the
// spec says.
std::unique_ptr<RequestSource> open_request_file(const RequestFileSpec& spec);

}  // namespace cm::workloads
