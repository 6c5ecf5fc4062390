#include "models/network/card_spec.h"

namespace cm::models {

CardSpec read_card(sim::config::Reader& plane, std::string_view latency)
{
  CardSpec card;
  plane.required({"latency", latency, 0.0, 1.0}, card.latency);
  plane.optional_fraction(
      {"payload_share", "payload of a card's rate; the rest is framing and gaps between packets", 0.01, 1.0},
      card.payload_share);
  plane.optional(
      {"post", "from the start of one message of a sender to that of its next: work request, doorbell", 0.0, 1.0},
      card.post);
  plane.optional(
      {"mtu", "largest payload of a packet; needed by a workload.plane that names these cards", 64.0, 1048576.0},
      card.mtu);
  return card;
}

}  // namespace cm::models
