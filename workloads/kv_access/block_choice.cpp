#include "workloads/kv_access/block_choice.h"

#include <algorithm>
#include <cmath>

namespace cm::workloads {

BlockChoice::BlockChoice(const KvSpec& spec, std::uint64_t seed) : spec_(spec)
{
  for (std::uint32_t die = 0; die < spec.readers + spec.writers; ++die) {
    draws_.emplace_back(seed, "kv blocks", die);
    write_draws_.emplace_back(seed, "kv writes", die);
  }
  if (spec.popularity != Popularity::Zipf)
    return;
  double sum = 0;
  for (std::uint64_t rank = 1; rank <= spec.blocks; ++rank) {
    sum += std::pow(static_cast<double>(rank), -spec.zipf);
    cumulative_.push_back(sum);
  }
}

std::uint64_t BlockChoice::next(std::uint32_t die)
{
  switch (spec_.popularity) {
  case Popularity::Uniform: return draws_[die].below(static_cast<std::uint32_t>(spec_.blocks));
  case Popularity::Trace: return spec_.trace[next_of_trace_++ % spec_.trace.size()];
  case Popularity::Zipf: break;
  }
  const double point = draws_[die].uniform() * cumulative_.back();
  const auto rank = std::ranges::upper_bound(cumulative_, point) - cumulative_.begin();
  return static_cast<std::uint64_t>(std::min<std::ptrdiff_t>(rank, static_cast<std::ptrdiff_t>(spec_.blocks) - 1));
}

bool BlockChoice::is_write(std::uint32_t die)
{
  return die >= spec_.readers || write_draws_[die].uniform() < spec_.write_share;
}

}  // namespace cm::workloads
