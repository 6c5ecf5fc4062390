#include "workloads/serving/instances/decode_instances.h"

#include <algorithm>
#include <vector>

namespace cm::workloads {

DecodeInstances::DecodeInstances(const Setup& setup, const DecodeInstance::Finished& finished)
    : router_(*setup.spec.decode_router),
      hand_overs_(setup.spec, setup.planes, setup.engine, kv_bytes_per_token(setup.spec, setup.model))
{
  const DecodeDies dies(setup.spec.decode.dies(), room_of_decode_die(setup.spec, setup.model, setup.machine));
  for (std::uint32_t number = 0; number < setup.spec.decode_instances; ++number)
    instances_.emplace_back(number,
                            DecodeInstance::Setup{.spec = setup.spec,
                                                  .dies = dies,
                                                  .kv_per_token = kv_bytes_per_token(setup.spec, setup.model),
                                                  .dies_per_npu = setup.machine.topology.dies_per_npu,
                                                  .engine = setup.engine,
                                                  .cells = setup.cells,
                                                  .planes = setup.planes,
                                                  .hand_overs = hand_overs_,
                                                  .timeline = setup.timeline},
                            finished);
}

void DecodeInstances::submit(InFlight& request, Seconds now)
{
  std::vector<DecodeLoad> loads;
  for (const DecodeInstance& instance : instances_)
    loads.push_back(instance.queue().load());
  instances_[router_.choose({.loads = loads, .routed = routed_++})].submit(request, now);
}

std::int64_t DecodeInstances::places() const
{
  std::int64_t sum = 0;
  for (const DecodeInstance& instance : instances_)
    sum += instance.queue().dies().places();
  return sum;
}

DecodeWaits DecodeInstances::waits() const
{
  DecodeWaits sum;
  for (const DecodeInstance& instance : instances_)
    sum = sum + instance.queue().waits();
  return sum;
}

std::size_t DecodeInstances::waiting() const
{
  std::size_t sum = 0;
  for (const DecodeInstance& instance : instances_)
    sum += instance.queue().waiting();
  return sum;
}

std::size_t DecodeInstances::running() const
{
  std::size_t sum = 0;
  for (const DecodeInstance& instance : instances_)
    sum += instance.running();
  return sum;
}

Bytes DecodeInstances::reserved_most() const
{
  Bytes most;
  for (const DecodeInstance& instance : instances_)
    most = std::max(most, instance.queue().dies().reserved_most());
  return most;
}

}  // namespace cm::workloads
