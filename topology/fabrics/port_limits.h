// Ports that the devices of a fabric have. A machine file states them beside the fabric's counts, so that a what-if
// that no device could be wired for is refused instead of simulated.
#pragma once

#include "sim/config/reader.h"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace cm::topology {

// What a device is wired to.
struct PortNeed {
  std::uint64_t ports = 0;
  std::string_view counted;  // "sub-planes"
  std::string_view reason;   // "a die has one port to each"
};

// Keys that may be to blame, of one section.
struct BlamedKeys {
  sim::config::Reader& section;
  std::initializer_list<std::string_view> names;
};

// The section `ports` of a fabric.
class PortLimits {
 public:
  explicit PortLimits(sim::config::Reader& fabric);

  // Reads one limit, 0 where none is stated, and complains when more is needed: at the key that somebody changed, or
  // else at the first one.
  void check(std::string_view device, std::string_view sentence, const PortNeed& need, const BlamedKeys& keys);

  void finish() { ports_.finish(); }

 private:
  sim::config::Reader ports_;
};

}  // namespace cm::topology
