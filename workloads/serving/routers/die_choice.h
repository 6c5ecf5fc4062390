// Choice of the die of a decode instance that takes a request which was prefilled.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace cm::workloads {

// Requests that a die has, and the memory that they reserve.
struct DieLoad {
  std::int64_t requests = 0;
  Bytes reserved;

  friend bool operator==(const DieLoad&, const DieLoad&) = default;
};

// Room of an empty die.
struct DieRoom {
  std::int64_t places = 1;  // of requests
  Bytes memory;             // of keys and values
};

struct DieQuestion {
  std::span<const DieLoad> dies;
  DieRoom room;
  Bytes needed;  // by the request
  // Hand-overs under way from the prefill rank that would send to a die.
  std::function<std::int64_t(std::uint32_t die)> sending;
};

// The die with the fewest requests that has a place and memory; among these one whose source has the fewest hand-overs
// under way, then the one with the least memory reserved, then the first. Empty: the request has to wait.
std::optional<std::uint32_t> choose_die(const DieQuestion& question);

}  // namespace cm::workloads
