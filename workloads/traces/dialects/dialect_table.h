// The kinds of files that requests are read from, one row each. A further one is a row here; when it is neither lines
// of JSON nor a table, a file with its reader too.
#pragma once

#include "workloads/traces/dialects/line_fields.h"
#include "workloads/traces/dialects/request_file.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::workloads {

enum class FileShape : std::uint8_t { JsonLines, Table, BenchmarkLog, Archive };

// Beginning of a file.
struct Beginning {
  std::string bytes;               // at most 64 KiB
  std::vector<std::string> lines;  // the first ones; none of a file that is no text of lines
  std::vector<std::string> names;  // keys of JSON lines (with dots for those inside others), or cells of the header

  [[nodiscard]] bool is_json() const;
  [[nodiscard]] FileShape shape() const;
  [[nodiscard]] bool has(std::string_view name) const;
};

Beginning read_beginning(const std::string& path);

struct DialectRow;

// How a file is read: the dialect's row with what the user and the first lines say about the rest.
struct TraceReading {
  const DialectRow* row = nullptr;
  RecordRules rules;
  std::vector<std::string> header{};  // names of a table's columns
  bool is_sorted = true;
  std::int64_t run = 0;  // 0: the last
};

// The parser of the lines of JSON or of a table.
std::unique_ptr<LineParser> line_parser(const TraceReading& reading);

struct DialectRow {
  std::string_view name;
  std::string_view sentence;  // what such a file is, for messages and documents
  FileShape shape = FileShape::JsonLines;
  bool (*looks_like)(const Beginning&);
  std::unique_ptr<RequestSource> (*open)(const RequestFileSpec&, const TraceReading&);
  TimeUnit time = TimeUnit::Milliseconds;
  bool has_unit = true;                                 // the time's is that of all such files
  std::int64_t block_tokens = 0;                        // 0: nothing is usual
  std::array<std::string_view, TraceFields> columns{};  // that such files have; others are looked for by usual names
  bool is_sorted = true;
  bool zero_answer_is_failure = false;
};

// In the order in which a beginning is compared with them.
std::span<const DialectRow> trace_dialects();
// Null when there is none of the name.
const DialectRow* find_dialect(std::string_view name);

}  // namespace cm::workloads
