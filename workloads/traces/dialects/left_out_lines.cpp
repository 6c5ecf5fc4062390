#include "workloads/traces/dialects/left_out_lines.h"

#include "sim/diagnostics/errors.h"
#include "workloads/traces/dialects/dialect_guess.h"

#include <fmt/format.h>

namespace cm::workloads {

void LineNumbers::add(std::uint64_t number)
{
  if (!parts_.empty() && parts_.back().first + parts_.back().second == number)
    ++parts_.back().second;
  else
    parts_.emplace_back(number, 1);
}

std::uint64_t LineNumbers::take_before(std::uint64_t number)
{
  std::uint64_t taken = 0;
  for (; !parts_.empty() && parts_.front().first < number; parts_.pop_front())
    taken += parts_.front().second;
  return taken;
}

void LeftOutLines::refuse(const DamagedLine& damaged, std::uint64_t number)
{
  const std::string told =
      fmt::format("{}: {}", to_text(sim::config::Position{spec_.path, damaged.line, damaged.column}), damaged.what);
  if (!spec_.skip_damaged_lines)
    throw ConfigError(fmt::format("{} ({})", told, advice(spec_, reading_)));
  if (first_damage_.empty()) {
    first_damage_ = told;
    if (survey(reading_, read_beginning(spec_.path)).is_hopeless())
      throw ConfigError(fmt::format("{} ({})", told, advice(spec_, reading_)));
  }
  damaged_.add(number);
}

void LeftOutLines::count_before(std::uint64_t number, SourceCounts& counts)
{
  counts.skipped += damaged_.take_before(number);
  counts.failed += failed_.take_before(number);
}

void LeftOutLines::refuse_most(std::uint64_t skipped, std::uint64_t handed_out) const
{
  if (skipped > handed_out)
    throw ConfigError(fmt::format("{} (and in all {} of {} lines cannot be {}: workload.skip_damaged_lines is for a "
                                  "few)",
                                  first_damage_, skipped, skipped + handed_out, reading_text(reading_)));
}

}  // namespace cm::workloads
