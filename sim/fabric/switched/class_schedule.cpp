#include "sim/fabric/switched/class_schedule.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <array>

namespace cm::sim::fabric {
namespace {

constexpr std::uint64_t TagsPerByte = 65536;

constexpr std::array Rows = {
    ClassSchedulerRow{ClassScheduler::Strict, "strict", "the lowest number first, as long as it has packets"},
    ClassSchedulerRow{ClassScheduler::Weighted, "weighted", "classes share a busy port by their weights"},
};

}  // namespace

std::span<const ClassSchedulerRow> class_schedulers()
{
  return Rows;
}

ClassSchedule::ClassSchedule(const ClassPolicy& policy, std::size_t ports) : policy_(policy)
{
  ensure(!policy.weights.empty() && std::ranges::find(policy.weights, 0U) == policy.weights.end(),
         "{} classes, each needs a weight", policy.weights.size());
  if (policy.scheduler == ClassScheduler::Strict)
    return;
  tags_.resize(ports * policy.weights.size());
  clocks_.resize(ports);
}

void ClassSchedule::begin_waiting(PortIndex port, std::uint32_t traffic_class)
{
  if (tags_.empty())
    return;
  std::uint64_t& tag = tags_[std::size_t{port} * classes() + traffic_class];
  tag = std::max(tag, clocks_[port]);
}

void ClassSchedule::serve(PortIndex port, std::uint32_t traffic_class, std::uint32_t bytes)
{
  if (tags_.empty())
    return;
  std::uint64_t& tag = tags_[std::size_t{port} * classes() + traffic_class];
  clocks_[port] = tag;
  tag += bytes * TagsPerByte / policy_.weights[traffic_class];
}

}  // namespace cm::sim::fabric
