// A request on its way through the service, with the moments that its times are taken from.
#pragma once

#include "sim/random/random_stream.h"
#include "workloads/prefill/batch.h"
#include "workloads/traces/request.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace cm::workloads {

// Milestones that a request passes, in this order.
enum class Milestone : std::uint8_t {
  Arrived,
  Received,    // by the scheduler, over the VPC plane
  LookedUp,    // in the context cache
  Loaded,      // cached keys and values are in the memory of the prefill instance
  Started,     // prefill
  Prefilled,   // the last token of the prompt
  Admitted,    // room in the memory of a decode die
  HandedOver,  // keys and values are there
  Decoded      // the first iteration
};
inline constexpr std::size_t Milestones = 9;

// [milestone]: the part of the time to first token that ends with it; none ends with the first.
inline constexpr std::array<std::string_view, Milestones> FirstTokenParts{
    "",        "ingress",         "look-up",   "load of cached KV", "queue for prefill",
    "prefill", "room for decode", "hand-over", "first decode"};

struct InFlight {
  InFlight(Request asked, std::uint64_t position, std::uint64_t seed)
      : request(std::move(asked)), number(position), acceptance(seed, "token acceptance", position)
  {
  }

  Request request;
  std::uint64_t number = 0;                   // in order of arrival
  std::array<std::int64_t, Milestones> at{};  // [milestone], picoseconds
  std::uint32_t instance = 0;                 // that prefills it
  std::uint32_t rank = 0;                     // of its decode instance
  std::uint32_t decode_rank = 0;              // among those of all decode instances, one after the other
  std::int64_t cached_tokens = 0;             // of the prompt, found in the context cache
  PrefillLoad expected;                       // of its prompt, what no batch has taken yet, as its router has it
  std::int64_t prefilled_tokens = 0;
  std::int64_t produced_tokens = 0;
  std::int64_t first_token = 0;  // picoseconds
  std::int64_t last_token = 0;
  sim::RandomStream acceptance;

  void reach(Milestone milestone, Seconds now)
  {
    at[static_cast<std::size_t>(milestone)] = to_picoseconds(now).count();
  }
  [[nodiscard]] std::int64_t when(Milestone milestone) const { return at[static_cast<std::size_t>(milestone)]; }
  [[nodiscard]] std::int64_t kv_tokens() const { return request.input_tokens + produced_tokens; }
};

}  // namespace cm::workloads
