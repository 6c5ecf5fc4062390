#include "workloads/serving/planes/lane_use.h"

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

double LaneUse::share_of(Seconds elapsed) const
{
  if (elapsed <= Seconds(0))
    return 0;
  return std::min(MostShare, std::max(taken_[0], taken_[1]) / elapsed.count());
}

void LaneUse::charge(Seconds elapsed)
{
  for (double& taken : taken_)
    taken = std::max(0.0, taken - MostShare * elapsed.count());
}

}  // namespace cm::workloads
