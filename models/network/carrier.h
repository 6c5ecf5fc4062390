// Parts of the machine that carry the bytes of a run, for sentences on the limit of its rate.
#pragma once

#include "models/network/machine.h"

#include <cstdint>
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

// All lanes of a die, one way, or its card; none where the network takes no time (spec.free). `ranks`: dies that send
// at once, from die 0 on, of which those of a node share its VPC card.
std::optional<Carrier> lanes_of_die(const MachineSpec& spec, std::uint32_t ranks);

// Payload rate between two endpoints, one way, before their engines: of a Clos the lanes of the narrower one, of
// another fabric its shortest ways.
BytesPerSecond way_rate(const MachineSpec& spec, std::uint32_t from, std::uint32_t to);

// The one of the lower rate, of equals the first. A second one of rate 0 paces nothing.
std::optional<Carrier> narrower(std::optional<Carrier> first, const Carrier& second);

}  // namespace cm::models
