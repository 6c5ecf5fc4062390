// Recorded requests, read line by line, plain or gzip:
//   Mooncake  JSON lines {"timestamp": ms, "input_length", "output_length", "hash_ids": [...]}, blocks of 512 tokens;
//             other units and blocks are dialects of it (trace_dialect.h)
//   Azure     CSV with the first line "TIMESTAMP,ContextTokens,GeneratedTokens", without hash ids
//   ServeGen  tar archive of clients' rates and lengths, from which requests are drawn (servegen_file.h)
// The beginning of the file decides which format it has. Times count from the first request.
#pragma once

#include "workloads/traces/dialects/trace_dialect.h"
#include "workloads/traces/request.h"

#include <memory>
#include <string>

namespace cm::workloads {

struct RequestFileSpec {
  std::string path;
  bool skip_damaged_lines = false;
  // Requests with one time stamp are spread evenly over the time that follows it. Zero: they arrive together.
  // Mooncake's stamps lie on a grid of 3 s.
  Seconds spread = Seconds(0);
  std::int64_t block_tokens = 512;  // of a cached block
  TraceDialect dialect = {};        // of JSON lines; block_tokens is a multiple of its own
  std::uint64_t seed = 1;           // of requests that are drawn

  friend bool operator==(const RequestFileSpec&, const RequestFileSpec&) = default;
};

// Throws ConfigError when the file cannot be read or begins like none of the formats, or a dialect is given for a
// format that has none.
std::unique_ptr<RequestSource> open_request_file(const RequestFileSpec& spec);

}  // namespace cm::workloads
