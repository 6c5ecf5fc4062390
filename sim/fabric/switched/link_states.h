// Rate, latency, errors and failures of ports, as timed changes leave them.
#pragma once

#include "sim/fabric/ports.h"
#include "sim/fabric/timed_change.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

struct LinkState {
  double ps_per_byte = 0;
  std::int64_t latency = 0;
  double bit_errors = 0;       // share of the bits
  std::uint32_t downs = 0;     // changes that keep it down
  std::uint32_t failures = 0;  // how often it went down
  std::uint32_t known = 0;     // downs that routes know of
  std::uint64_t replays = 0;   // packets sent again because of bit errors
  double delay_ps = 0;         // sending all that it sent took so much longer than at its healthy rate
};

// Whether routes learn of a change before it ends.
[[nodiscard]] bool is_detected(const TimedChange& change);

class LinkStates {
 public:
  // Throws std::logic_error (ensure) for ports that there are not, and for values and times outside their range.
  LinkStates(const Ports& ports, const std::vector<TimedChange>& changes);

  const LinkState& operator[](PortIndex number) const { return links_[number]; }
  void prefetch(PortIndex number) const { __builtin_prefetch(&links_[number]); }
  [[nodiscard]] const std::vector<TimedChange>& changes() const { return changes_; }  // ports numbered from 1

  // The port sends so many bytes; `replays`: of how many packets it does so again.
  void count_sent(PortIndex number, std::uint64_t bytes, std::uint32_t replays)
  {
    if (changes_.empty())
      return;
    LinkState& link = links_[number];
    link.replays += replays;
    link.delay_ps += static_cast<double>(bytes) * (link.ps_per_byte - healthy_[number].ps_per_byte);
  }

  // The change takes effect at its ports; routes get to know that they are down; it ends.
  void begin(std::size_t change);
  void detect(std::size_t change);
  void end(std::size_t change);

 private:
  void put_together(PortIndex number);

  std::vector<TimedChange> changes_;
  std::vector<bool> is_active_;     // [change]
  std::vector<LinkState> healthy_;  // [port]
  std::vector<LinkState> links_;    // [port]
};

}  // namespace cm::sim::fabric
