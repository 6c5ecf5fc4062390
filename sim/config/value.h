// A YAML document as a tree that keeps the position of everything, so that every complaint can name file:line:column.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::sim::config {

// Counted from 1. `file` is what the user typed (or "--set KEY" for a value from the command line).
struct Position {
  std::string file;
  int line = 1;
  int column = 1;
};

std::string to_text(const Position& position);  // "file:line:column"

// Begin of `file` for a value from the command line. It has no folder: paths in it are relative to the current one.
inline constexpr std::string_view CommandLineFile = "--set ";
bool is_from_command_line(const Position& position);

struct Value {
  enum class Kind { Null, Scalar, List, Map };
  struct Entry;

  Kind kind = Kind::Null;
  Position position;
  std::string text;            // a scalar as written (unquoted)
  std::vector<Value> items;    // elements of a list
  std::vector<Entry> entries;  // members of a map, in file order, keys unique

  [[nodiscard]] const Value* find(std::string_view key) const;  // member of a map; null when absent
  [[nodiscard]] Value* find(std::string_view key);
};

struct Value::Entry {
  std::string key;
  Position key_position;
  Value value;
};

// Reads a file. Throws ConfigError naming file:line:column for: a missing file, a directory, an empty, binary or
// non-UTF-8 file, a YAML syntax error, a duplicate key, an alias or anchor that yaml-cpp cannot place.
Value load_file(const std::string& path);

// The same for text from elsewhere; `label` stands in for the file's name in positions.
Value parse_text(const std::string& label, const std::string& text);

// Sets a.b.c in a tree of maps, creating what is missing. Throws ConfigError when a step of the path is not a map.
void set_path(Value& root, std::string_view dotted_path, const Value& value);

// Overlays `changes` on `base`: maps merge key by key, everything else is replaced.
void merge(Value& base, const Value& changes);

// Canonical text of a tree (keys sorted, no positions): equal trees give equal text. For configuration digests.
std::string canonical_text(const Value& value);

}  // namespace cm::sim::config
