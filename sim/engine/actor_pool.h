// Tasks that need an actor only while they run: at most so many at a time; others wait in order, without a stack.
#pragma once

#include "sim/engine/engine.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>

namespace cm::sim::engine {

class ActorPool {
 public:
  using Task = std::function<void(Control&)>;

  // The engine is borrowed; the pool outlives its run. `most`: tasks at a time, at least one.
  ActorPool(Engine& engine, std::string name, std::size_t most);

  // In an actor, at this moment or as soon as another task has ended.
  void run(Task task);

  [[nodiscard]] std::size_t running() const { return running_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  void work(Control& control, const Task& first);

  Engine& engine_;
  std::string name_;
  std::size_t most_;
  std::size_t running_ = 0;
  std::deque<Task> waiting_;
};

}  // namespace cm::sim::engine
