// Parts of the machine that carry the bytes of a run, for sentences on the limit of its rate.
#pragma once

#include "models/network/machine.h"

#include <optional>
#include <string>
#include <string_view>

namespace cm::models {

struct Carrier {
  std::string_view name;  // "a die's lanes"
  std::string_view verb;  // "carry"
  BytesPerSecond rate;

  // "a die's lanes carry".
  [[nodiscard]] std::string clause() const;
};

// All lanes of a die, one way; none where the network takes no time (spec.free).
std::optional<Carrier> lanes_of_die(const MachineSpec& spec);

// The one of the lower rate, of equals the first. A second one of rate 0 paces nothing.
std::optional<Carrier> narrower(std::optional<Carrier> first, const Carrier& second);

}  // namespace cm::models
