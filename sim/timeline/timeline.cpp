#include "sim/timeline/timeline.h"

#include "sim/diagnostics/ensure.h"

#include <utility>

namespace cm::sim::timeline {

std::uint32_t Timeline::add_process(std::string name)
{
  processes_.push_back(std::move(name));
  return static_cast<std::uint32_t>(processes_.size() - 1);
}

TrackIndex Timeline::add_track(std::uint32_t process, std::string name)
{
  ensure(process < processes_.size(), "track {} of process {}, and there are {}", name, process, processes_.size());
  tracks_.push_back({process, std::move(name)});
  return static_cast<TrackIndex>(tracks_.size() - 1);
}

CounterIndex Timeline::add_counter(std::uint32_t process, std::string name, std::string unit)
{
  ensure(process < processes_.size(), "counter {} of process {}, and there are {}", name, process, processes_.size());
  counters_.push_back({process, std::move(name), std::move(unit)});
  return static_cast<CounterIndex>(counters_.size() - 1);
}

void Timeline::add(Slice slice)
{
  ensure(slice.start.count() <= slice.end.count(), "the slice {} starts at {} ps and ends at {} ps", slice.name,
         slice.start.count(), slice.end.count());
  slices_.push_back(std::move(slice));
}

}  // namespace cm::sim::timeline
