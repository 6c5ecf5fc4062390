#include "models/network/carrier.h"

#include <fmt/format.h>

namespace cm::models {

std::string Carrier::clause() const
{
  return fmt::format("{} {}", name, verb);
}

std::optional<Carrier> lanes_of_die(const MachineSpec& spec)
{
  if (spec.free.network)
    return std::nullopt;
  return Carrier{"a die's lanes", "carry", all_lanes(spec)};
}

std::optional<Carrier> narrower(std::optional<Carrier> first, const Carrier& second)
{
  if (second.rate <= BytesPerSecond(0) || (first && first->rate <= second.rate))
    return first;
  return second;
}

}  // namespace cm::models
