// Time until an address is known: a cache of pages (LRU), and walks of the table for the rest.
//
//   hit:  hit                      miss: wait for a walker + hit + levels * latency of the die's HBM
//
// One of these stands in every die. Time is an argument; the state is what the cache holds and when walkers are free.
#pragma once

#include "models/parts/memory_spec.h"

#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

namespace cm::models {

class Translation {
 public:
  Translation(const TranslationSpec& spec, Seconds table_read);

  // Time at which the address of a page is known that is looked up at `now`. A second miss on a page that is being
  // walked counts as a hit: it waits for the same walk.
  Picoseconds translate(std::uint64_t page, Picoseconds now);

  [[nodiscard]] std::uint64_t lookups() const { return lookups_; }
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  struct Entry {
    std::list<std::uint64_t>::iterator age;
    Picoseconds known_at;
  };

  Picoseconds walk(Picoseconds now);

  std::size_t entries_;
  Picoseconds hit_;
  Picoseconds walk_;
  std::vector<Picoseconds> walker_free_;
  std::list<std::uint64_t> by_age_;  // most recent first
  std::unordered_map<std::uint64_t, Entry> cached_;
  std::uint64_t lookups_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace cm::models
