#include "models/kv_cache/lru_blocks.h"

namespace cm::models {

bool LruBlocks::touch(std::uint64_t key)
{
  const auto place = places_.find(key);
  if (place == places_.end())
    return false;
  by_age_.splice(by_age_.begin(), by_age_, place->second);
  return true;
}

std::optional<std::uint64_t> LruBlocks::insert(std::uint64_t key)
{
  if (capacity_ == 0)
    return key;
  if (touch(key))
    return std::nullopt;
  std::optional<std::uint64_t> evicted;
  if (places_.size() == capacity_) {
    evicted = by_age_.back();
    places_.erase(by_age_.back());
    by_age_.pop_back();
  }
  by_age_.push_front(key);
  places_.emplace(key, by_age_.begin());
  return evicted;
}

}  // namespace cm::models
