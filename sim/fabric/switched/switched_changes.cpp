// Timed changes on the general way: what they do to ports, to the packets that wait there and to the flows.

#include "sim/fabric/switched/switched_way.h"

#include <vector>

namespace cm::sim::fabric {

void SwitchedWay::install_changes()
{
  // What begins comes before what ends at the same time: a port that the one change hands on to the next serves nothing
  // in between.
  for (std::size_t i = 0; i < links_.changes().size(); ++i)
    plan(Step::Begin, links_.changes()[i].at.count(), i, 0);
  for (std::size_t i = 0; i < links_.changes().size(); ++i) {
    const TimedChange& change = links_.changes()[i];
    if (is_detected(change))
      plan(Step::Detect, (change.at + change.detected).count(), i, 0);
    if (change.until)
      plan(Step::End, change.until->count(), i, 0);
  }
}

// On a slower port a tail has less far to come: packets may be able to leave earlier.
void SwitchedWay::begin(std::size_t change, std::int64_t now)
{
  links_.begin(change);
  is_before_credits_ = true;
  for (const PortIndex port : links_.changes()[change].ports)
    serve(port, now);
  is_before_credits_ = false;
}

// What waits at the dead ports takes another way; so do the flows that wait for room there.
void SwitchedWay::detect(std::size_t change, std::int64_t now)
{
  links_.detect(change);
  const std::vector<PortIndex>& ports = links_.changes()[change].ports;
  const std::uint32_t lanes = (schedule_.classes() + 1) * router_.graph().levels;
  std::vector<PacketIndex> stranded;
  for (const PortIndex port : ports) {
    router_.set_usable(port, false);
    for (std::uint32_t lane = 0; lane < lanes; ++lane)
      while (!queues_.is_empty(port, lane)) {
        stranded.push_back(queues_.pop(port, lane, packets_));
        packets_[stranded.back()].path = 0;
      }
  }
  counters_.detours += stranded.size();
  is_before_credits_ = true;
  for (const PacketIndex index : stranded)
    go_on(index, now);
  is_before_credits_ = false;
  for (const PortIndex port : ports)
    wake_flows(port, now);
}

void SwitchedWay::end(std::size_t change, std::int64_t now)
{
  links_.end(change);
  is_before_credits_ = true;
  for (const PortIndex port : links_.changes()[change].ports) {
    if (links_[port].known == 0)
      router_.set_usable(port, true);
    serve(port, now);
  }
  is_before_credits_ = false;
}

}  // namespace cm::sim::fabric
