// Records of a file one after the other: read line by line, or all of them collected first.
#pragma once

#include "workloads/traces/dialects/line_fields.h"
#include "workloads/traces/regular_file.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace cm::workloads {

struct Line {
  Record record;
  int line = 1;
  int column = 1;  // of its time

  [[nodiscard]] Stamp time() const { return *record.time; }
};

struct DamagedLine {
  int line = 1;
  int column = 1;
  std::string what;
};

// std::monostate: the end. Every Line has a time.
using LineOutcome = std::variant<std::monostate, Line, DamagedLine, FailedRequest>;

class LineSource {
 public:
  virtual ~LineSource() = default;
  // Throws ConfigError when the file cannot be read on.
  virtual LineOutcome next() = 0;
  // Choices that reading took beyond what the dialect says; empty when there were none.
  [[nodiscard]] virtual std::string note() const { return ""; }
};

// Parses the lines of a file. `has_header`: its first line names the columns.
class FileLines final : public LineSource {
 public:
  FileLines(const std::string& path, std::unique_ptr<LineParser> parser, const RecordRules& rules, bool has_header);

  // The next line, be it a later turn of a session.
  LineOutcome next_of_any_time();
  // Throws ConfigError at the line that was read last.
  [[noreturn]] void refuse(const std::string& what) const;
  LineOutcome next() override;

 private:
  RegularFile file_;
  std::unique_ptr<LineParser> parser_;
  RecordRules rules_;
  int line_ = 0;
  std::string text_;
  LineFields fields_;
};

// All of them first: sorted by time, and later turns of sessions put behind the first ones of these
// (Request::later).
std::unique_ptr<LineSource> collect(FileLines& lines);
// Sorted by time.
std::unique_ptr<LineSource> sorted_lines(std::vector<LineOutcome> outcomes, std::string note = "");

}  // namespace cm::workloads
