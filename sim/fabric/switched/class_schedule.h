// Which class of data a port serves next.
#pragma once

#include "sim/fabric/flow.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cm::sim::fabric {

// A scheduler is a row: a configuration takes its name, explanations its sentence. To add one: an enumerator in flow.h,
// its row, and its case in ClassSchedule::is_before().
struct ClassSchedulerRow {
  ClassScheduler scheduler;
  std::string_view name;
  std::string_view sentence;
};

// In the order of ClassScheduler.
[[nodiscard]] std::span<const ClassSchedulerRow> class_schedulers();

// Start-time fair queueing: a class that has waited has a tag, the port's clock when it began to, plus what it has sent
// since over its weight; the least tag is next.
class ClassSchedule {
 public:
  // `ports`: how many numbers of ports there are. Throws std::logic_error (ensure) for no class or a weight of 0.
  ClassSchedule(const ClassPolicy& policy, std::size_t ports);

  [[nodiscard]] std::uint32_t classes() const { return static_cast<std::uint32_t>(policy_.weights.size()); }

  // Whether class `a` is served before class `b`, which is above it, where both could be.
  [[nodiscard]] bool is_before(PortIndex port, std::uint32_t a, std::uint32_t b) const
  {
    return policy_.scheduler == ClassScheduler::Strict || tag(port, a) <= tag(port, b);
  }

  // The first packet of a class joins at a port where none of it waited.
  void begin_waiting(PortIndex port, std::uint32_t traffic_class);
  void serve(PortIndex port, std::uint32_t traffic_class, std::uint32_t bytes);

 private:
  [[nodiscard]] std::uint64_t tag(PortIndex port, std::uint32_t traffic_class) const
  {
    return tags_[std::size_t{port} * classes() + traffic_class];
  }

  ClassPolicy policy_;
  std::vector<std::uint64_t> tags_;    // [port, class]; empty when strict
  std::vector<std::uint64_t> clocks_;  // [port]
};

}  // namespace cm::sim::fabric
