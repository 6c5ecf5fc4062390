// Who may wait for whom where packets wait for credits: the channel-dependency graph (Dally and Seitz, 1987). A channel
// is a level of a port, which has a buffer of its own at the far end of the link. A packet in the buffer of one channel
// may wait for room in the next one of its way; packets can wait for ever only where channels do so in a circle.
#pragma once

#include "sim/fabric/switched/router.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace cm::sim::fabric {

class ChannelGraph {
 public:
  explicit ChannelGraph(std::size_t channels) : waits_(channels) {}

  void add_wait(std::uint32_t channel, std::uint32_t other) { waits_[channel].push_back(other); }

  // Channels of which each waits for the next one and the last for the first; empty when there is no circle.
  [[nodiscard]] std::vector<std::uint32_t> circle() const;

 private:
  std::vector<std::vector<std::uint32_t>> waits_;  // [channel]
};

struct Channel {
  PortIndex port = 0;  // as in the network
  std::uint32_t level = 0;

  friend bool operator==(const Channel&, const Channel&) = default;
};

using EndpointPair = std::pair<EndpointIndex, EndpointIndex>;  // source and destination

struct ChannelSurvey {
  std::vector<Channel> circle{};        // as ChannelGraph::circle()
  std::vector<EndpointPair> cut{};      // pairs without a way
  std::vector<EndpointPair> refused{};  // pairs some of whose ways need more levels than there are
};

// Looks at all that packets between these endpoints may do, by any choice among the router's ports. One that waits
// behind others may need no credit itself: it counts as if it did.
ChannelSurvey survey_channels(Router& router, std::span<const EndpointIndex> endpoints);

}  // namespace cm::sim::fabric
