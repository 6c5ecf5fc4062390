#include "workloads/serving/instances/prefill_instances.h"

namespace cm::workloads {

PrefillInstances::PrefillInstances(const PrefillInstance::Setup& setup, const KvPool& pool,
                                   const PrefillInstance::Prefilled& prefilled)
    : router_(*setup.spec.router), pool_(pool)
{
  for (std::uint32_t instance = 0; instance < setup.spec.prefill_instances; ++instance)
    instances_.emplace_back(instance, setup, prefilled);
}

void PrefillInstances::route(InFlight& request, Seconds now)
{
  const PrefillChoice choice =
      router_.choose({.input_tokens = request.request.input_tokens,
                      .instances = static_cast<std::uint32_t>(instances_.size()),
                      .routed = routed_++,
                      .cached_tokens = [&] { return pool_.cached_tokens(request.request); },
                      .cost = [&](std::uint32_t instance,
                                  const Prompt& prompt) { return instances_[instance].cost_of(now, prompt); }});
  request.instance = choice.instance;
  instances_[choice.instance].expect(request, choice.cached_tokens);
}

}  // namespace cm::workloads
