// A directory that keeps lines coherent among caches: MESI. It says what has to happen for a read or a write; who runs
// it sends the messages, and begins one transaction of a line at a time.
//
//   read:   an owner (Modified, Exclusive) supplies the line and becomes Shared; else memory does. Alone: Exclusive.
//   write:  every other copy is invalidated; the owner or memory supplies the line unless the writer has it.
//
// Invariants: a Modified or Exclusive copy is the only one; every copy is known to the directory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace cm::models {

enum class LineState { Invalid, Shared, Exclusive, Modified };

using CacheIndex = std::uint32_t;

struct MesiTransaction {
  std::vector<CacheIndex> invalidate;  // ascending
  std::optional<CacheIndex> supplier;  // the cache that has the line to give
  bool memory_supplies = false;
  bool write_back = false;  // the supplier's copy was modified: memory takes it too
};

class MesiDirectory {
 public:
  explicit MesiDirectory(std::uint32_t lines) : lines_(lines) {}

  // Whether the cache can serve itself; a write into an Exclusive copy makes it Modified without a message.
  bool hits(std::uint32_t line, CacheIndex cache, bool is_write);
  MesiTransaction read(std::uint32_t line, CacheIndex cache);
  MesiTransaction write(std::uint32_t line, CacheIndex cache);

  [[nodiscard]] LineState state(std::uint32_t line, CacheIndex cache) const;
  [[nodiscard]] const std::vector<CacheIndex>& copies(std::uint32_t line) const { return lines_[line].copies; }

 private:
  struct Line {
    std::vector<CacheIndex> copies;  // ascending
    bool is_owned = false;           // the only copy is Exclusive or Modified
    bool is_modified = false;
  };

  std::vector<Line> lines_;
};

}  // namespace cm::models
