// Order of events of equal time, so that it depends on no schedule: first those of the calendar's owner, notices
// included, and changes of ports (0), then emissions by endpoint, looks at queues by port, packets by their source and
// its running number.
#pragma once

#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"

#include <bit>
#include <cstdint>

namespace cm::sim::fabric {

class EventOrder {
 public:
  explicit EventOrder(std::uint32_t endpoints)
      : number_bits_(31U - static_cast<unsigned>(std::bit_width(endpoints - 1)))
  {
  }

  [[nodiscard]] static std::uint32_t of_emission(EndpointIndex source) { return source + 1; }
  [[nodiscard]] static std::uint32_t of_look(PortIndex port) { return (1U << 30U) + port; }
  [[nodiscard]] std::uint32_t of_packet(EndpointIndex source, std::uint32_t number) const
  {
    return 1U << 31U | source << number_bits_ | (number & number_mask());
  }

  // Numbers count modulo this plus one: 2^21 on a machine of 1,000 endpoints.
  [[nodiscard]] std::uint32_t number_mask() const { return (1U << number_bits_) - 1; }

 private:
  unsigned number_bits_;
};

}  // namespace cm::sim::fabric
