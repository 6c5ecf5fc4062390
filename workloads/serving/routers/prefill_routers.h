// Routers of requests to prefill instances, in one table. A further one is a rule and a row in prefill_routers.cpp: the
// key's words, its documents and the choice itself come from there.
#pragma once

#include "sim/units/quantity.h"
#include "workloads/prefill/batch.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace cm::workloads {

// A request that the scheduler has received, and what a router may ask about it.
struct PrefillQuestion {
  std::int64_t input_tokens = 0;
  std::uint32_t instances = 1;  // there are
  std::uint64_t routed = 0;     // requests before this one
  // Tokens of the prompt that the context cache has now.
  std::function<std::int64_t()> cached_tokens;
  // Cost of sending the prompt to an instance now (PrefillInstance::cost_of).
  std::function<Seconds(std::uint32_t instance, const Prompt& prompt)> cost;
};

struct PrefillChoice {
  std::uint32_t instance = 0;
  std::int64_t cached_tokens = 0;  // that the router takes for cached: what it expects of the instance depends on it

  friend bool operator==(const PrefillChoice&, const PrefillChoice&) = default;
};

struct PrefillRouter {
  std::string_view name;
  std::string_view sentence;  // for whoever chooses one
  PrefillChoice (*choose)(const PrefillQuestion& question) = nullptr;
};

std::span<const PrefillRouter> prefill_routers();
// Null when there is none of the name.
const PrefillRouter* find_prefill_router(std::string_view name);

}  // namespace cm::workloads
