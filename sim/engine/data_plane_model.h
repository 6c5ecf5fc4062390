// The data plane as a SimGrid kernel model, driven the way SimGrid drives ns-3: the kernel names its own next event,
// the model runs at most that far, and returns early at its first signal. Only one such model may exist in an engine: a
// second one would wake actors early.
#pragma once

#include "sim/streams/data_plane.h"

#include <simgrid/kernel/resource/Model.hpp>
#include <simgrid/s4u.hpp>

#include <vector>

namespace cm::sim::engine {

class DataPlaneModel final : public simgrid::kernel::resource::Model {
 public:
  explicit DataPlaneModel(streams::DataPlane& plane) : Model("cmsim_data_plane"), plane_(plane) {}

  bool next_occurring_event_is_idempotent() override { return false; }
  double next_occurring_event(double horizon) override;
  void update_actions_state(double now, double delta) override;

  streams::Signal new_signal();
  void wait(streams::Signal signal) { semaphores_.at(signal)->acquire(); }
  [[nodiscard]] streams::DataPlane& plane() { return plane_; }

 private:
  streams::DataPlane& plane_;
  std::vector<simgrid::s4u::SemaphorePtr> semaphores_;
};

}  // namespace cm::sim::engine
