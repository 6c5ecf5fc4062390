#include "workloads/serving/pool/cache_loads.h"

#include <utility>

namespace cm::workloads {
namespace {

// At a time, each with an actor (D242): flows that share a plane cost time with the square of their number.
constexpr std::size_t MostLoads = 1024;

}  // namespace

CacheLoads::CacheLoads(sim::engine::Engine& engine, std::uint32_t instances, std::int64_t places, Load load)
    : actors_(engine, "load", MostLoads), places_(places), load_(std::move(load)), instances_(instances)
{
}

void CacheLoads::submit(InFlight& request)
{
  Instance& instance = instances_[request.instance];
  if (instance.taken == places_) {
    instance.waiting.push_back(&request);
    return;
  }
  ++instance.taken;
  actors_.run([this, &request](sim::engine::Control& control) { run(control, request); });
}

// The place then goes to the next request that waits for one.
void CacheLoads::run(sim::engine::Control& control, InFlight& request)
{
  Instance& instance = instances_[request.instance];
  load_(control, request);
  --instance.taken;
  if (instance.waiting.empty())
    return;
  InFlight& next = *instance.waiting.front();
  instance.waiting.pop_front();
  submit(next);
}

}  // namespace cm::workloads
