// Room at the far ends of links, for each virtual lane, with flow_control: credits.
//
// Room that is on its way back is entered here with the time at which the port learns of it, and looked at when the
// rest no longer suffices. Only a virtual lane that starves needs an event for it.
#pragma once

#include "sim/fabric/network_spec.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace cm::sim::fabric {

class LinkCredits {
 public:
  static constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();

  // No links: for a fabric without credits.
  LinkCredits() = default;
  // `buffers`: bytes of room for each virtual lane, by port.
  LinkCredits(const std::vector<std::int64_t>& buffers, std::uint32_t lanes);

  // Whether the room that is known up to a time suffices. If not, the lane starves until it does.
  bool suffices(PortIndex port, std::uint32_t lane, std::int64_t bytes, std::int64_t known_up_to);
  void take(PortIndex port, std::uint32_t lane, std::int64_t bytes) { at(port, lane).room -= bytes; }
  void give(PortIndex port, std::uint32_t lane, std::int64_t bytes, std::int64_t time)
  {
    at(port, lane).on_way.push_back({time, bytes});
  }

  [[nodiscard]] bool starves(PortIndex port, std::uint32_t lane) { return at(port, lane).starves; }
  // When so much room will be known, if somebody has to be told of that time who has not been told of an earlier one or
  // of this one; Never otherwise, and while what is on its way does not suffice.
  std::int64_t next_telling(PortIndex port, std::uint32_t lane, std::int64_t bytes);
  // It was told at this time.
  void told(PortIndex port, std::uint32_t lane, std::int64_t time);

 private:
  struct Return {
    std::int64_t time = 0;
    std::int64_t bytes = 0;
  };

  struct Lane {
    std::int64_t room = 0;
    std::int64_t telling = Never;  // the earliest time for which a telling is planned
    bool starves = false;
    std::vector<Return> on_way;
  };

  Lane& at(PortIndex port, std::uint32_t lane) { return links_[std::size_t{port} * lanes_ + lane]; }

  std::uint32_t lanes_ = 0;
  std::vector<Lane> links_;  // [port, lane]
};

}  // namespace cm::sim::fabric
