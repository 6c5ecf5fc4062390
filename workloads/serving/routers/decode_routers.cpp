#include "workloads/serving/routers/decode_routers.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cm::workloads {
namespace {

std::uint32_t next_in_turn(const DecodeQuestion& question)
{
  return static_cast<std::uint32_t>(question.routed % question.loads.size());
}

// The first of equally loaded instances.
std::uint32_t least_loaded(const DecodeQuestion& question)
{
  const auto order = [](const DecodeLoad& load) { return std::pair(load.requests, load.tokens); };
  return static_cast<std::uint32_t>(std::ranges::min_element(question.loads, {}, order) - question.loads.begin());
}

constexpr std::array DecodeRouters{
    DecodeRouter{"round-robin", "each instance in turn", next_in_turn},
    DecodeRouter{"least-loaded",
                 "the instance with the fewest requests, waiting ones included; of equals the one whose requests have "
                 "the fewest tokens",
                 least_loaded},
};

}  // namespace

std::span<const DecodeRouter> decode_routers()
{
  return DecodeRouters;
}

const DecodeRouter* find_decode_router(std::string_view name)
{
  const auto* const found = std::ranges::find(DecodeRouters, name, &DecodeRouter::name);
  return found == DecodeRouters.end() ? nullptr : found;
}

}  // namespace cm::workloads
