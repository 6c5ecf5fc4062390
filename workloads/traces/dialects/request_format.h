// The formats that have a request a line (request_file.h): what a line says, or what is wrong with it.
#pragma once

#include "workloads/traces/dialects/trace_dialect.h"
#include "workloads/traces/request.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace cm::workloads {

// Times count from anywhere.
struct Record {
  Request request;
  std::string time;  // as written
  int time_column = 1;
};

struct Damage {
  std::string what;
  int column = 1;
};

using Parsed = std::variant<Record, Damage>;

class RequestFormat {
 public:
  virtual ~RequestFormat() = default;
  virtual Parsed parse(std::string_view line) const = 0;
  // Whether the first line names the columns.
  [[nodiscard]] virtual bool has_header() const = 0;
  // Whether a dialect says how its lines are meant.
  [[nodiscard]] virtual bool has_dialects() const = 0;
};

// Format of a file that begins with this line; null when it is none of them. Its ids become those of cached blocks,
// whose tokens are a multiple of those that the dialect's ids stand for.
std::unique_ptr<RequestFormat> request_format(std::string_view first_line, const TraceDialect& dialect,
                                              std::int64_t cached_block_tokens);

// Beginnings of such files, for messages.
std::string request_formats_text();

}  // namespace cm::workloads
