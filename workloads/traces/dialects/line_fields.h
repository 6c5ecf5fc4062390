// The fields of one line of a trace, whatever its format, and the record that they make.
#pragma once

#include "workloads/traces/dialects/record.h"
#include "workloads/traces/dialects/trace_dialect.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cm::workloads {

struct FieldValue {
  enum class Kind : std::uint8_t {
    Missing,
    Null,
    Integer,
    Number,
    Text,
    Ids,
    BadIds,  // a list with something else in it, which `text` shows
    Other    // an object, a truth value; `text` shows it
  };
  Kind kind = Kind::Missing;
  std::int64_t integer = 0;
  double number = 0;  // of an integer too
  std::string text{};
  std::vector<std::uint64_t> ids{};

  [[nodiscard]] bool is_integer() const { return kind == Kind::Integer; }
  [[nodiscard]] bool is_number() const { return kind == Kind::Integer || kind == Kind::Number; }
};

// As an error shows it: `"text"`, `12`, `no such key`.
std::string shown(const FieldValue& value);
std::string shortened(std::string_view text);

// Ids of text: equal texts give equal ids.
std::uint64_t id_of_text(std::string_view text);

struct LineFields {
  std::array<FieldValue, TraceFields> values;  // [field]

  FieldValue& operator[](TraceField field) { return values[static_cast<std::size_t>(field)]; }
  const FieldValue& operator[](TraceField field) const { return values[static_cast<std::size_t>(field)]; }
};

// Reading of the fields of a line.
class LineParser {
 public:
  virtual ~LineParser() = default;

  // Fields whose names are given; damage when the line is none of the format.
  virtual std::optional<Damage> read(std::string_view line, LineFields& fields) const = 0;
  // Column, counted from 1, of a field in a line that could be read; 1 for one that is not there.
  [[nodiscard]] virtual int column_of(std::string_view line, TraceField field) const = 0;
};

struct RecordRules {
  TimeUnit time = TimeUnit::Milliseconds;
  std::int64_t block_tokens = 512;         // that an id stands for
  std::int64_t cached_block_tokens = 512;  // a multiple of these, or the other way about
  TraceColumns columns{};
  bool zero_answer_is_failure = false;
};

// The record of a line; `parser` read its fields, and says where they are.
Parsed record_of(LineFields&& fields, const RecordRules& rules, std::string_view line, const LineParser& parser);

}  // namespace cm::workloads
