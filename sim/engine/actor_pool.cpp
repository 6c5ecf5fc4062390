#include "sim/engine/actor_pool.h"

#include "sim/diagnostics/ensure.h"

#include <utility>

namespace cm::sim::engine {

ActorPool::ActorPool(Engine& engine, std::string name, std::size_t most)
    : engine_(engine), name_(std::move(name)), most_(most)
{
  ensure(most_ > 0, "{}: a pool without a place runs nothing", name_);
}

void ActorPool::run(Task task)
{
  if (running_ == most_) {
    waiting_.push_back(std::move(task));
    return;
  }
  ++running_;
  engine_.spawn(name_, [this, first = std::move(task)](Control& control) { work(control, first); });
}

// An actor that has ended its task takes the next one: it has a stack already.
void ActorPool::work(Control& control, const Task& first)
{
  first(control);
  while (!waiting_.empty()) {
    const Task next = std::move(waiting_.front());
    waiting_.pop_front();
    next(control);
  }
  --running_;
}

}  // namespace cm::sim::engine
