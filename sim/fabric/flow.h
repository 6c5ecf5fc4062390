// Request to the fabric: one endpoint's messages, in sending order, and how its endpoint machinery paces them.
#pragma once

#include "sim/fabric/timed_change.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace cm::sim::fabric {

using EndpointIndex = std::uint32_t;
using EngineIndex = std::uint32_t;
using FlowIndex = std::uint32_t;
using InboxIndex = std::uint32_t;
inline constexpr std::uint32_t NoIndex = ~std::uint32_t{0};

struct Message {
  EndpointIndex destination = 0;
  std::uint32_t bytes = 0;
};

// A first-in first-out server in front of the lanes (or behind them): the copy engine of a die, the memory controller
// of a CPU. All flows that name the same engine share it.
struct EngineUse {
  EngineIndex engine = NoIndex;  // NoIndex: unlimited
  bool per_lane = false;         // `engine` is the first of `lanes` engines, one for each lane
  BytesPerSecond rate{0};
  double other_group_cost = 1.0;  // service time factor of packets that leave the group
};

struct FlowSpec {
  EndpointIndex source = 0;
  std::vector<Message> messages;
  std::vector<std::uint8_t> lanes{};  // [message]: its lane with LaneChoice::ByMessage; empty: sprayed all the same
  EngineUse engine;
  // The flow's own pace over all its messages, the local ones included: that of the cores that issue them, together.
  // 0: unlimited. Each core may have one message waiting for the engine.
  BytesPerSecond issue_rate{0};
  int issuers = 1;
  // Rest of the engine after each message that leaves the endpoint.
  Picoseconds pause{0};
  // Engine at the receiver, indexed by the destination endpoint from this first one on.
  EngineIndex sink_engine = NoIndex;
  BytesPerSecond sink_rate{0};
  // Which of the receivers' inboxes counts the messages: that of endpoint e is `inbox + e`.
  InboxIndex inbox = NoIndex;
  bool control = false;            // small messages of the control class: they overtake data at every port
  std::uint8_t traffic_class = 0;  // of its data (ClassPolicy), below the number of classes
  // Notice when every message has been delivered and its acknowledgement is back (posted writes: the fence).
  std::optional<std::uint64_t> fence_notice;
};

enum class FlowControl { None, Credits };
enum class Forwarding { CutThrough, StoreAndForward };
enum class LaneChoice { Spray, Hash, ByDestination, ByMessage };
enum class SpineChoice { Spray, Hash, LeastQueue };
enum class Acknowledgement { Latency, Packets };

// Ports in front of which a packet waits for those before it. All but the first are idealisations: buffers never fill,
// and a packet takes its latency and serialisation alone.
enum class Waiting {
  AtEveryPort,
  AtLanes,  // an endpoint still sends one packet after another on each of its lanes
  Nowhere
};

// Which class of data a port serves next, among those whose first packet can leave.
enum class ClassScheduler { Strict, Weighted };

// Classes of data: each has queues of its own at every port, and with credits buffers of its own. Control packets have
// one class more, which every port serves first.
struct ClassPolicy {
  ClassScheduler scheduler = ClassScheduler::Strict;  // Strict: the lowest number first
  std::vector<std::uint32_t> weights{1};              // [class]; only Weighted looks at how large they are

  friend bool operator==(const ClassPolicy&, const ClassPolicy&) = default;
};

// Virtual lanes of a port: classes of data and of control, each with the levels of its network.
inline constexpr std::uint32_t MostVirtualLanes = 16;

// What becomes of packets that are received wrong or lost.
struct RetryPolicy {
  // A packet received wrong is sent again by the port, those behind it wait: go-back-N on the link, in order. Else it
  // is lost there.
  bool replays_on_link = true;
  // A lost packet is sent again by its source, `timeout` after it was sent before, so often; after that it counts as
  // lost for good.
  std::uint32_t resends = 0;
  Picoseconds timeout{0};

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

struct FabricPolicy {
  FlowControl flow_control = FlowControl::None;
  Forwarding forwarding = Forwarding::CutThrough;
  LaneChoice lane_choice = LaneChoice::Spray;
  SpineChoice spine_choice = SpineChoice::Spray;
  Acknowledgement acknowledgement = Acknowledgement::Latency;
  Waiting waiting = Waiting::AtEveryPort;
  Bytes mtu{8192};
  Bytes frame_overhead{0};  // added to every packet on the wire
  Bytes acknowledgement_size{20};
  std::uint64_t seed = 1;  // of the random starts of the spray pointers, and of bit errors
  ClassPolicy classes{};
  RetryPolicy retry{};
  std::vector<TimedChange> changes{};
  // Every hop goes through queues and routing tables, also where the shorter way gives the same: for tests.
  bool always_switched = false;

  friend bool operator==(const FabricPolicy&, const FabricPolicy&) = default;
};

}  // namespace cm::sim::fabric
