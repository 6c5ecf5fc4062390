#include "tools/sweep_points/sweep_board.h"

#include "tools/sweep_points/results_csv.h"

#include <fmt/format.h>

namespace cm::tools {
namespace {

constexpr auto WriteInterval = std::chrono::seconds(1);

}  // namespace

SweepBoard::SweepBoard(const SweepPlan& plan, const SweepFolder& folder,
                       std::vector<std::optional<PointRecord>> records, sim::metrics::Progress& progress, Table table)
    : plan_(plan), folder_(folder), records_(std::move(records)), progress_(progress), table_(table)
{
}

std::string SweepBoard::path(std::size_t index) const
{
  return folder_.point_path(file_name(index + 1, point(index)));
}

PointCounts SweepBoard::counts() const
{
  PointCounts counts;
  for (const auto& record : records_) {
    if (!record)
      continue;
    counts.done += record->status == PointStatus::Done ? 1U : 0U;
    counts.refused += record->status == PointStatus::Refused ? 1U : 0U;
    counts.failed += record->status == PointStatus::Failed ? 1U : 0U;
    counts.unsteady += record->health.is_steady ? 0U : 1U;
    counts.missed_levels += record->health.misses_levels() ? 1U : 0U;
    counts.warned += record->health.warnings > 0 ? 1U : 0U;
  }
  return counts;
}

std::vector<std::size_t> SweepBoard::missing() const
{
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < records_.size(); ++i)
    if (!records_[i])
      indices.push_back(i);
  return indices;
}

bool SweepBoard::take(std::size_t index)
{
  auto record = read_point(path(index));
  if (!record || record->digest != point(index).digest)
    return false;
  records_[index] = std::move(record);
  is_written_ = false;
  return true;
}

void SweepBoard::show(std::string_view what)
{
  const PointCounts now = counts();
  std::string text =
      fmt::format("{} of {} done, {}, {} failed", now.done + now.refused, records_.size(), what, now.failed);
  if (now.refused > 0)
    text += fmt::format(", {} refused", now.refused);
  if (now.unsteady > 0)
    text += fmt::format(", {} not steady", now.unsteady);
  progress_.update(static_cast<double>(now.all()) / static_cast<double>(records_.size()), text);
  if (table_ == Table::Left || is_written_ || Clock::now() < next_write_)
    return;
  write_results();
  is_written_ = true;
  next_write_ = Clock::now() + WriteInterval;
}

void SweepBoard::write_results() const
{
  folder_.write("results.csv", results_csv(plan_, records_));
}

}  // namespace cm::tools
