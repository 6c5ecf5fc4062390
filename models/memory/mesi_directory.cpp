#include "models/memory/mesi_directory.h"

#include <algorithm>

namespace cm::models {

LineState MesiDirectory::state(std::uint32_t line, CacheIndex cache) const
{
  const Line& at = lines_[line];
  if (!std::ranges::binary_search(at.copies, cache))
    return LineState::Invalid;
  if (!at.is_owned)
    return LineState::Shared;
  return at.is_modified ? LineState::Modified : LineState::Exclusive;
}

bool MesiDirectory::hits(std::uint32_t line, CacheIndex cache, bool is_write)
{
  const LineState now = state(line, cache);
  if (!is_write)
    return now != LineState::Invalid;
  if (now == LineState::Exclusive)
    lines_[line].is_modified = true;
  return now == LineState::Exclusive || now == LineState::Modified;
}

MesiTransaction MesiDirectory::read(std::uint32_t line, CacheIndex cache)
{
  Line& at = lines_[line];
  MesiTransaction transaction;
  if (std::ranges::binary_search(at.copies, cache))
    return transaction;
  if (at.is_owned) {
    transaction.supplier = at.copies.front();
    transaction.write_back = at.is_modified;
  } else {
    transaction.memory_supplies = true;
  }
  at.is_owned = at.copies.empty();
  at.is_modified = false;
  at.copies.insert(std::ranges::upper_bound(at.copies, cache), cache);
  return transaction;
}

MesiTransaction MesiDirectory::write(std::uint32_t line, CacheIndex cache)
{
  Line& at = lines_[line];
  MesiTransaction transaction;
  const bool had_it = std::ranges::binary_search(at.copies, cache);
  for (const CacheIndex copy : at.copies)
    if (copy != cache)
      transaction.invalidate.push_back(copy);
  if (!had_it) {
    if (at.is_owned)
      transaction.supplier = at.copies.front();
    else
      transaction.memory_supplies = true;
  }
  at.copies = {cache};
  at.is_owned = true;
  at.is_modified = true;
  return transaction;
}

}  // namespace cm::models
