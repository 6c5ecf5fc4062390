// Lines of a file that give no request: damaged ones, and those of requests that had failed when they were recorded.
// Lines are read ahead of the requests that are handed out, so a line that is left out is counted with the first
// request behind it.
#pragma once

#include "workloads/traces/dialects/dialect_table.h"
#include "workloads/traces/dialects/line_source.h"

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace cm::workloads {

// Numbers of lines, ascending; whole parts of a file may be damaged, so those that follow each other are kept as the
// first and how many they are.
class LineNumbers {
 public:
  void add(std::uint64_t number);

  // Takes out those before a number, in front of which a part ends; how many they were.
  std::uint64_t take_before(std::uint64_t number);

 private:
  std::deque<std::pair<std::uint64_t, std::uint64_t>> parts_;
};

class LeftOutLines {
 public:
  // Borrowed.
  LeftOutLines(const RequestFileSpec& spec, const TraceReading& reading) : spec_(spec), reading_(reading) {}

  // Notes that line `number` of all that were read is damaged or in the wrong order. Throws ConfigError unless the spec
  // says to leave such lines out, and when the beginning of the file shows that most are damaged.
  void refuse(const DamagedLine& damaged, std::uint64_t number);
  void add_failed(std::uint64_t number) { failed_.add(number); }

  // Adds those before a line that have not been counted yet.
  void count_before(std::uint64_t number, SourceCounts& counts);

  // Throws ConfigError when more lines were left out as damaged than requests handed out: few are left of such a file,
  // and perhaps wrong ones.
  void refuse_most(std::uint64_t skipped, std::uint64_t handed_out) const;

 private:
  const RequestFileSpec& spec_;
  const TraceReading& reading_;
  LineNumbers damaged_;  // not counted yet
  LineNumbers failed_;   // not counted yet
  std::string first_damage_;
};

}  // namespace cm::workloads
