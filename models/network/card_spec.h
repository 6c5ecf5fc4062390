// A card that joins devices to a plane of its own, beside the packet plane: the RoCE adapter of a die, the Qingtian
// card of a node. The one description of it: flows (serving), queues (kv) and packets (workload.plane) are made from
// this.
//
//   a message alone             post + latency + bytes / (rate * payload_share)
//   n messages of one sender    posting and sending overlap: the slower of n * post and of all bytes, behind that
#pragma once

#include "sim/config/reader.h"
#include "sim/units/quantity.h"

#include <string_view>

namespace cm::models {

struct CardSpec {
  Seconds latency;           // card to card, without load
  double payload_share = 1;  // of the card's rate; the rest is framing and gaps
  Seconds post{0};           // from the start of one message of a sender to that of its next
  Bytes mtu{0};              // largest payload of a packet; 0: not stated

  friend bool operator==(const CardSpec&, const CardSpec&) = default;
};

// Reads the keys of a plane that are its cards', rates apart. `latency`: sentence for that key.
CardSpec read_card(sim::config::Reader& plane, std::string_view latency);

}  // namespace cm::models
