// Blocks in a memory of a fixed number of places; the one that was used longest ago makes room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace cm::models {

class LruBlocks {
 public:
  explicit LruBlocks(std::uint64_t capacity) : capacity_(capacity) {}

  [[nodiscard]] bool holds(std::uint64_t key) const { return places_.contains(key); }
  // Uses a block that is held. False when it is not.
  bool touch(std::uint64_t key);
  // Takes a block as the one used last. Returns the block that had to go: the block itself when there is no place at
  // all.
  std::optional<std::uint64_t> insert(std::uint64_t key);

  [[nodiscard]] std::uint64_t size() const { return places_.size(); }
  [[nodiscard]] std::uint64_t capacity() const { return capacity_; }

 private:
  std::uint64_t capacity_;
  std::list<std::uint64_t> by_age_;  // the one used last in front
  std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> places_;
};

}  // namespace cm::models
