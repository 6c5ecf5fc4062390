#include "workloads/serving/routers/prefill_routers.h"

#include <algorithm>
#include <array>

namespace cm::workloads {
namespace {

PrefillChoice take_turns(const PrefillQuestion& question)
{
  return {.instance = static_cast<std::uint32_t>(question.routed % question.instances)};
}

// The first of equally cheap instances.
PrefillChoice cheapest(const PrefillQuestion& question, std::int64_t cached_tokens)
{
  const Prompt prompt{question.input_tokens - cached_tokens, cached_tokens};
  PrefillChoice best{.instance = 0, .cached_tokens = cached_tokens};
  Seconds least = question.cost(0, prompt);
  for (std::uint32_t instance = 1; instance < question.instances; ++instance)
    if (const Seconds cost = question.cost(instance, prompt); cost < least) {
      best.instance = instance;
      least = cost;
    }
  return best;
}

PrefillChoice take_least_loaded(const PrefillQuestion& question)
{
  return cheapest(question, 0);
}

PrefillChoice take_least_new_work(const PrefillQuestion& question)
{
  return cheapest(question, question.cached_tokens());
}

constexpr std::array Routers{
    PrefillRouter{"round-robin", "each instance in turn", take_turns},
    PrefillRouter{"least-loaded",
                  "the instance where the whole prompt costs least time, nothing of it taken for cached",
                  take_least_loaded},
    PrefillRouter{"cache-aware", "the instance where the tokens that the context cache does not have cost least time",
                  take_least_new_work},
};

}  // namespace

std::span<const PrefillRouter> prefill_routers()
{
  return Routers;
}

const PrefillRouter* find_prefill_router(std::string_view name)
{
  const auto* const found = std::ranges::find(Routers, name, &PrefillRouter::name);
  return found == Routers.end() ? nullptr : found;
}

}  // namespace cm::workloads
