#include "models/memory/hot_block_cache.h"

namespace cm::models {

bool HotBlockCache::read(std::uint64_t block)
{
  if (migration_ == Migration::None)
    return false;
  Block& state = known_[block];
  if (state.is_copied)
    by_rank_.erase(rank(block, state));
  ++state.reads;
  state.last = ++clock_;
  if (state.is_copied)
    by_rank_.insert(rank(block, state));
  return state.is_copied;
}

bool HotBlockCache::offer(std::uint64_t block)
{
  if (migration_ == Migration::None || room_ == 0)
    return false;
  Block& state = known_[block];
  if (state.is_copied)
    return true;
  if (by_rank_.size() == room_) {
    const auto first = by_rank_.begin();
    Block& leaving = known_[std::get<2>(*first)];
    if (migration_ == Migration::Frequency && leaving.reads >= state.reads)
      return false;
    leaving.is_copied = false;
    by_rank_.erase(first);
  }
  state.is_copied = true;
  by_rank_.insert(rank(block, state));
  return true;
}

}  // namespace cm::models
