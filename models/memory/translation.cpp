#include "models/memory/translation.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::models {

Translation::Translation(const TranslationSpec& spec, Seconds table_read)
    : entries_(static_cast<std::size_t>(spec.entries)), hit_(to_picoseconds(spec.hit)),
      walk_(to_picoseconds(table_read * static_cast<double>(spec.levels))),
      walker_free_(static_cast<std::size_t>(spec.walkers))
{
  ensure(spec.entries >= 0 && spec.walkers >= 1, "{} entries and {} walkers", spec.entries, spec.walkers);
}

Picoseconds Translation::walk(Picoseconds now)
{
  Picoseconds& free = *std::ranges::min_element(walker_free_);
  free = std::max(free, now) + walk_;
  return free;
}

Picoseconds Translation::translate(std::uint64_t page, Picoseconds now)
{
  ++lookups_;
  const auto found = cached_.find(page);
  if (found != cached_.end()) {
    by_age_.splice(by_age_.begin(), by_age_, found->second.age);
    return std::max(now, found->second.known_at) + hit_;
  }
  ++misses_;
  const Picoseconds known_at = walk(now);
  if (entries_ > 0) {
    if (cached_.size() == entries_) {
      cached_.erase(by_age_.back());
      by_age_.pop_back();
    }
    by_age_.push_front(page);
    cached_.emplace(page, Entry{by_age_.begin(), known_at});
  }
  return known_at + hit_;
}

}  // namespace cm::models
