// The formats that have a request a line (request_file.h): what a line says, or what is wrong with it.
#pragma once

#include "workloads/traces/request.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace cm::workloads {

// Times may count from anywhere.
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
  // Whether times are since the start of the trace, no dates.
  [[nodiscard]] virtual bool counts_from_start() const = 0;
};

// Of a file that begins with this line; null when it is none of them. `block_tokens` are those of the file's hash ids.
std::unique_ptr<RequestFormat> request_format(std::string_view first_line, std::int64_t block_tokens);

// What such files begin with, for messages.
std::string request_formats_text();

}  // namespace cm::workloads
