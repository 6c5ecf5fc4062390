#include "sim/engine/data_plane_model.h"

#include <algorithm>
#include <cmath>

namespace cm::sim::engine {

// `horizon`: seconds to the kernel's own next event, negative if it has none. Returns seconds to our first signal, or a
// negative number when there is none before the horizon.
double DataPlaneModel::next_occurring_event(double horizon)
{
  const double now = simgrid::s4u::Engine::get_clock();
  // Beyond a hundred days picoseconds run out; nothing of the data plane lies there.
  const std::int64_t limit =
      horizon < 0 || now + horizon > 9e6 ? calendar::Calendar::Never - 1 : std::llround((now + horizon) * 1e12);
  const std::int64_t time = plane_.run(limit);
  if (time == calendar::Calendar::Never)
    return -1.0;
  return std::max(0.0, static_cast<double>(time) * 1e-12 - now);
}

void DataPlaneModel::update_actions_state(double /*now*/, double /*delta*/)
{
  auto& raised = plane_.raised();
  for (; !raised.empty(); raised.pop_front())
    semaphores_.at(raised.front())->release();
}

streams::Signal DataPlaneModel::new_signal()
{
  semaphores_.push_back(simgrid::s4u::Semaphore::create(0));
  return static_cast<streams::Signal>(semaphores_.size() - 1);
}

}  // namespace cm::sim::engine
