#include "workloads/serving/lane_use.h"

#include <algorithm>

namespace cm::workloads {

void LaneUse::spread(LaneDirection direction, Bytes amount)
{
  taken_[static_cast<std::size_t>(direction)] +=
      static_cast<double>(amount.count()) / (lanes_.count() * static_cast<double>(dies_));
}

void LaneUse::on_one_die(LaneDirection direction, Bytes amount, Seconds begin, Seconds end)
{
  Seconds& until = single_until_[static_cast<std::size_t>(direction)];
  const double lasted = (end - begin).count();
  const double alone = (end - std::max(begin, until)).count();
  if (alone <= 0)
    return;
  const double share = std::min(MostShare, static_cast<double>(amount.count()) / lanes_.count() / lasted);
  taken_[static_cast<std::size_t>(direction)] += share * alone;
  until = end;
}

double LaneUse::share_since(const Reading& then, Seconds elapsed) const
{
  if (elapsed <= Seconds(0))
    return 0;
  const double most = std::max(taken_[0] - then[0], taken_[1] - then[1]);
  return std::min(MostShare, most / elapsed.count());
}

}  // namespace cm::workloads
