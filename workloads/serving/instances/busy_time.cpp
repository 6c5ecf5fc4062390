#include "workloads/serving/instances/busy_time.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::workloads {

void BusyTime::add(const Stretch& work)
{
  ensure(stretches_.empty() || work.begin >= stretches_.back().end,
         "work begins at {} s, before the end of earlier work at {} s", work.begin.count(),
         stretches_.empty() ? 0 : stretches_.back().end.count());
  total_ += work.length();
  if (!stretches_.empty() && stretches_.back().end == work.begin)
    stretches_.back().end = work.end;
  else
    stretches_.push_back(work);
}

Seconds BusyTime::within(const Stretch& window) const
{
  Seconds sum;
  for (auto each = std::ranges::upper_bound(stretches_, window.begin, {}, &Stretch::end);
       each != stretches_.end() && each->begin < window.end; ++each)
    sum += std::min(each->end, window.end) - std::max(each->begin, window.begin);
  return sum;
}

}  // namespace cm::workloads
