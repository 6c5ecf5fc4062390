// Packets through FIFO ports on integer picoseconds: the UB plane at packet level.
//
// A flow's messages are cut into packets of at most one MTU. Its endpoint engine emits them one by one; each packet
// then visits a fixed sequence of ports. With flow_control: none a port is a clock ("busy until"): an arriving packet's
// departure is known at once, so a hop costs one event. With credits every port has a finite buffer; a packet leaves a
// port only when the next one has promised it room, and waits head-of-line otherwise: further events only while
// somebody waits (credit_flow.cpp). Paths go up and then down the Clos, so waiting cannot be circular.
//
// Cut-through: a port starts sending when a packet's head has arrived, so a lone packet pays its serialisation once.
#pragma once

#include "sim/calendar/calendar.h"
#include "sim/calendar/large_pages.h"
#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

using calendar::Calendar;
using calendar::Event;
using calendar::LargePageVector;

enum class EventKind : std::uint8_t {
  Packet = 0,       // word: the ports still to visit, 20 bits each; subject: flow; extra: its time at every one of them
  Uneven = 1,       // as Packet, but ports differ in rate or latency; extra: its slowest serialisation so far
  ChooseSpine = 2,  // as Uneven, but the first port is the first of the spines' up ports
  Emission = 3,     // subject: flow
  Sink = 4,         // at the receiver's engine; word: lane and endpoint
  Control = 5,      // a packet of the control class; as Uneven, but extra: 0 payload, 1 acknowledgement
  AckStart = 6,     // an acknowledgement leaves its endpoint; word: endpoint; extra: lane
  Credit = 7,       // credits: a port looks again; word: port; extra: 0 at its own head, 1 at who waits for its room
  Unhindered = 8,   // as Uneven, but waits for nobody (Waiting)
  Notice = 9,       // for the owner of the calendar; word: the notice (60 bits)
  Owner = 10,       // first kind that the fabric does not know
};

constexpr std::uint64_t event_word(EventKind kind, std::uint64_t rest)
{
  return static_cast<std::uint64_t>(kind) << 60U | rest;
}

constexpr EventKind kind_of(const Event& event)
{
  return static_cast<EventKind>(event.word >> 60U);
}

struct PortCounters {
  std::uint64_t bytes = 0;
  std::int64_t busy_ps = 0;  // time spent sending
  std::uint64_t peak_queue_bytes = 0;
};

class PacketFabric {
 public:
  // `calendar` is borrowed and outlives the fabric.
  PacketFabric(const NetworkSpec& network, const FabricPolicy& policy, Calendar& calendar);

  // `count` new engines with consecutive indices; the first index.
  EngineIndex add_engines(std::uint32_t count);

  // `count` new inboxes with consecutive indices. An inbox waits for so many payload bytes (more than none) and then
  // posts its notice, `delay_ps` after the last of them. To be called before the first of them can arrive.
  InboxIndex add_inboxes(std::uint32_t count);
  void expect(InboxIndex inbox, std::uint64_t bytes, std::int64_t delay_ps, std::uint64_t notice);

  // Starts a flow at `now`. Local messages (to the source itself) pass no port: they take the issuing cores' time only.
  void start(FlowSpec&& spec, std::int64_t now);

  // Works off the calendar's events up to and including `limit`, and stops in front of the first one that is not the
  // fabric's own. Returns that event's time, or Calendar::Never when there is none up to the limit.
  std::int64_t run(std::int64_t limit);

  // One-way latency without load between two endpoints, serialisation excluded.
  [[nodiscard]] std::int64_t path_latency_ps(EndpointIndex from, EndpointIndex to) const
  {
    return same_group(from, to) ? latency_within_ : latency_between_;
  }
  [[nodiscard]] bool same_group(EndpointIndex a, EndpointIndex b) const { return group_of_[a] == group_of_[b]; }

  [[nodiscard]] std::uint64_t port_hops() const { return port_hops_; }
  [[nodiscard]] std::uint64_t payload_bytes_emitted() const { return emitted_bytes_; }
  [[nodiscard]] std::uint64_t payload_bytes_delivered() const { return delivered_bytes_; }
  [[nodiscard]] std::uint64_t flows_in_flight() const { return flows_in_flight_; }
  [[nodiscard]] std::size_t ports() const { return ports_.size() - 1; }
  [[nodiscard]] PortCounters counters(PortIndex port) const;
  // Bytes that all endpoints together have sent into a sub-plane up to `now`, framing included; bytes that wait in a
  // lane's queue are not sent yet.
  [[nodiscard]] double carried_bytes(std::uint32_t sub_plane, Picoseconds now) const;
  [[nodiscard]] std::uint64_t peak_queue_bytes() const;  // of all ports

 private:
  static constexpr std::uint64_t PortBits = 20;
  static constexpr std::uint64_t PortMask = (1ULL << PortBits) - 1;
  static constexpr std::uint64_t NoPort = 0;  // ends a path; our own port numbers are the network's plus one
  static constexpr std::uint64_t PathMask = (1ULL << 60U) - 1;

  // One emission event lays out so many packets ahead, at most over the horizon: fewer events. Only where an endpoint
  // has a single flow, whose next packets nothing else can come between; several flows take turns packet by packet.
  static constexpr int EmissionBurst = 16;
  static constexpr std::int64_t BurstHorizon = 1'000'000;  // ps

  struct Port {
    std::int64_t busy_until = 0;
    std::int64_t peak_backlog = 0;  // picoseconds of work found waiting
    std::uint64_t bytes = 0;
    std::uint32_t owner = NoIndex;  // of a lane_in port: its endpoint; of an up port: its place in up_
    std::uint16_t kind = 0;
    std::uint16_t lane = 0;
  };

  // Ports of equal rate and latency share one: it stays in the first-level cache.
  struct PortKind {
    double ps_per_byte = 0;
    std::int64_t latency = 0;
    std::int64_t buffer = 0;
  };

  // The times of one packet of a flow, rounded once.
  struct Pace {
    std::uint32_t bytes = 0;  // payload of the packet that the rest is for
    std::int64_t issue_step = 0;
    std::int64_t issue_lead = 0;                // how far issue may run ahead of the engine
    std::array<std::int64_t, 2> engine_step{};  // within the group, out of it
    std::int64_t lane_time = 0;                 // at a port of the uniform kind
  };

  struct Flow {
    // Members that a delivery touches come first, in one cache line.
    std::uint32_t source = 0;
    std::uint32_t packets_in_flight = 0;  // until acknowledged
    EngineIndex sink_engine = NoIndex;
    InboxIndex inbox = NoIndex;
    std::int64_t fence = 0;  // latest acknowledgement so far
    bool all_sent = false;
    bool has_fence = false;
    bool control = false;
    bool per_lane = false;
    bool plain = false;  // may take the short way of emission
    EngineIndex engine = NoIndex;

    FlowIndex next_waiting = NoIndex;  // behind this flow in the list that it waits in, for room on a lane
    std::vector<Message> messages;
    std::vector<std::uint8_t> lanes;  // [message], or empty
    std::uint16_t next_lane = 0;      // spray pointer
    std::uint32_t next_message = 0;
    std::uint32_t offset = 0;        // bytes of the next message already sent
    std::uint32_t cut_bytes = 0;     // the message length that packet_bytes is for
    std::uint32_t packet_bytes = 0;  // payload of a packet of such a message; the last one may be shorter
    std::array<Pace, 2> paces{};     // as last used: of a message's packets, of a shorter one at its end
    std::int64_t engine_pause = 0;   // after a message's last packet
    std::int64_t issued = 0;         // when the next packet is issued
    std::int64_t issuers = 1;
    double engine_ps_per_byte = 0;
    double other_group_cost = 1;
    double issue_ps_per_byte = 0;
    double sink_ps_per_byte = 0;
    std::uint64_t fence_notice = 0;
  };

  // Properties of a destination that the short way of emission needs.
  struct Endpoint {
    std::uint64_t kind = 0;  // word of a packet to it without ports; 0 (EventKind::Packet): its lanes are uniform
    std::uint32_t group = 0;
    std::uint32_t first_lane = 0;  // in lane_in_
    std::uint32_t first_down = 0;  // in down_: where those of its group begin
  };

  struct Inbox {
    std::uint64_t remaining = 0;
    std::int64_t delay = 0;
    std::int64_t last = 0;
    std::uint64_t notice = 0;
  };

  // A packet that waits in a queue, and the one behind it.
  struct Held {
    Event packet;
    std::uint32_t next = NoIndex;
  };

  // Only with credits. Waiters are linked through the waiting port's own entry, or that of the waiting flow.
  struct alignas(64) Queue {
    std::uint32_t head = NoIndex;  // in held_
    std::uint32_t tail = NoIndex;
    std::int32_t coming = 0;  // bytes that have room here and have not come yet
    std::int32_t held = 0;    // bytes of the packets that wait for room at the next port
    std::int32_t buffer = 0;
    std::int32_t peak = 0;
    float bytes_per_ps = 0;
    std::uint32_t first_waiter = NoIndex;  // upstream ports, in the order in which they asked
    std::uint32_t last_waiter = NoIndex;
    std::uint32_t next_waiter = NoIndex;    // behind this port in the list that it waits in
    FlowIndex waiting_emissions = NoIndex;  // of a lane_out port
    std::int32_t emission_wants = 0;        // bytes, the least of those
    bool look_is_event = false;             // an event that looks at the head is in the calendar
    bool room_is_event = false;             // one that looks at who waits for room
    bool blocked = false;                   // its head waits for room at the next port
  };

  // Outcome of an attempt to emit a packet.
  struct Emitted {
    std::int64_t sent_at = -1;               // below zero: it was not sent
    std::int64_t engine_free = 0;            // when the engine can take the flow's next packet
    std::int64_t retry_at = 0;               // the engine was taken until then
    std::uint32_t waits_for_lane = NoIndex;  // the lane's buffer had no room for that packet
  };

  void build_ports(const NetworkSpec& network);
  void find_uniform_kind();
  std::int64_t common_latency(const std::vector<PortIndex>& stage) const;
  void run_freely(std::int64_t limit);
  void handle_rare(Event event, EventKind kind);
  void pass_uniform(const Event& event);
  void on_uneven(Event& event);
  void pass_unhindered(Event& event);
  void choose_spine(Event& event, std::int64_t now);
  void on_emission(const Event& event);
  template <bool WithCredits>
  bool emit_plain_burst(FlowIndex index, std::int64_t start);
  void on_sink(const Event& event);
  [[nodiscard]] std::uint32_t choose_lane(Flow& flow, std::uint32_t destination);
  [[nodiscard]] std::uint32_t lanes_of(const std::vector<Message>& messages, std::uint32_t source) const;
  // Order of events of equal time, so that it depends on no schedule. Notices come first, then emissions by endpoint,
  // looks at queues by port, and packets by their source and by how many it had sent before, modulo 2^21 on a machine
  // of 1,000 endpoints.
  [[nodiscard]] static std::uint32_t order_of_emission(std::uint32_t source) { return source; }
  [[nodiscard]] std::uint32_t order_of_look(PortIndex port) const
  {
    return static_cast<std::uint32_t>(group_of_.size()) + port;
  }
  [[nodiscard]] std::uint32_t order_of_packet(std::uint32_t source, std::uint32_t number) const
  {
    return 1U << 31U | source << number_bits_ | (number & number_mask());
  }
  [[nodiscard]] std::uint32_t number_mask() const { return (1U << number_bits_) - 1; }
  [[nodiscard]] std::uint64_t path(std::uint32_t source, std::uint32_t destination, std::uint32_t lane);
  Emitted emit(Flow& flow, FlowIndex index, std::uint32_t destination, const Pace& pace, std::int64_t now,
               bool may_wait);
  void cut(Flow& flow, std::uint32_t message_bytes) const
  {
    flow.cut_bytes = message_bytes;
    flow.packet_bytes = message_bytes <= lane_round_ ? mtu_ : whole_rounds(message_bytes);
  }
  [[nodiscard]] std::uint32_t whole_rounds(std::uint32_t message_bytes) const;
  const Pace& pace(Flow& flow, std::uint32_t bytes) const
  {
    Pace& known = flow.paces[bytes < flow.packet_bytes ? 1 : 0];
    if (known.bytes != bytes) [[unlikely]]
      set_pace(known, flow, bytes);
    return known;
  }
  void set_pace(Pace& pace, const Flow& flow, std::uint32_t bytes) const;
  void emit_next_at(std::int64_t time, FlowIndex index);
  void end_emission(FlowIndex index, std::int64_t now);
  void keep_local(Flow& flow, std::uint32_t bytes, std::int64_t at)
  {
    emitted_bytes_ += bytes;
    delivered_bytes_ += bytes;
    flow.fence = std::max(flow.fence, at);
    count_arrival(flow, flow.source, bytes, at);
  }
  void enter_lane_slowly(const Flow& flow, Event& event, PortIndex lane_out, std::int64_t now);
  void leave_port(Event& event, const Port& port, std::int64_t head_leaves, std::int64_t tail_leaves,
                  std::int64_t latency);
  void leave_port_slowly(Event& event, const Port& port, std::int64_t head_leaves, std::int64_t tail_leaves,
                         std::int64_t latency);
  void arrive(const Event& event, const Port& port, std::int64_t head, std::int64_t tail);
  void deliver(const Event& event, std::uint32_t endpoint, std::uint32_t lane, std::uint32_t bytes, std::int64_t at);
  void count_arrival(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t at)
  {
    if (flow.inbox == NoIndex)
      return;
    Inbox& inbox = inboxes_[flow.inbox + endpoint];
    inbox.last = std::max(inbox.last, at);
    assert(inbox.remaining >= bytes);
    inbox.remaining -= bytes;
    if (inbox.remaining == 0)
      post_notice(inbox.notice, inbox.last + inbox.delay);
  }
  void acknowledge(FlowIndex index, std::int64_t at);
  void release(FlowIndex index);
  void post_notice(std::uint64_t notice, std::int64_t at);

  // Control class.
  void send_acknowledgement(const Event& packet, std::uint32_t from, std::uint32_t lane, std::int64_t at);
  void on_control(Event& event);
  void on_ack_start(Event& event);
  std::int64_t pass_control(PortIndex port, std::uint32_t bytes, std::int64_t now, bool waits);

  // Credits.
  void run_with_credits(std::int64_t limit);
  // Bytes of a port's buffer that are taken or promised.
  static std::int32_t taken(const Queue& queue, const Port& port, std::int64_t now)
  {
    const std::int64_t backlog = port.busy_until - now;
    return queue.coming + queue.held +
           (backlog > 0 ? static_cast<std::int32_t>(static_cast<float>(backlog) * queue.bytes_per_ps + 0.5F) : 0);
  }
  [[nodiscard]] bool promise(PortIndex ahead, std::uint32_t bytes, std::int64_t now, bool at_once);
  void come(PortIndex number, Event& packet);
  bool pass_on_credit(PortIndex number, Event& packet, std::int64_t now);
  [[nodiscard]] bool take_lane(PortIndex lane_out, std::uint32_t bytes, std::int64_t now);
  [[nodiscard]] bool lane_is_open(PortIndex lane_out, PortIndex ahead, std::uint32_t bytes, std::int64_t start,
                                  std::int64_t now);
  void wait_for_lane(PortIndex lane_out, std::uint32_t bytes, FlowIndex flow, std::int64_t now);
  void hold(PortIndex number, const Event& packet);
  void send_held(PortIndex number, std::int64_t now);
  void wait_at(PortIndex number, std::int64_t now);
  void tell_when_room(PortIndex number, std::int64_t now);
  void on_credit(const Event& event);
  void wake_waiting(PortIndex number, std::int64_t now);

  static std::int64_t serialisation(const PortKind& kind, std::uint32_t bytes)
  {
    return static_cast<std::int64_t>(static_cast<double>(bytes) * kind.ps_per_byte + 0.5);
  }

  // When a packet whose head is at a port since event.time can leave it without a gap, taking `lasts`: off a slower
  // port its tail comes late, and the port sends others until the rest can follow in one piece.
  [[nodiscard]] std::int64_t ready_to_leave(const Event& event, std::int64_t lasts) const
  {
    const std::int64_t late = static_cast<std::int64_t>(event.extra) - lasts;
    return event.time + (cut_through_ && late > 0 ? late : 0);
  }

  // Drops the port that the packet is at: the lowest 20 bits of a path are the next port to visit.
  static void shift_path(Event& event) { event.word = (event.word & ~PathMask) | (event.word & PathMask) >> PortBits; }

  Calendar& calendar_;
  FabricPolicy policy_;
  bool with_credits_;
  bool cut_through_;
  bool acknowledge_by_packet_;
  bool plain_policy_;
  bool lanes_wait_;     // packets, at the lane that they leave their endpoint on
  bool switches_wait_;  // at the ports behind it
  std::uint32_t mtu_;
  std::uint32_t frame_overhead_;
  LargePageVector<Port> ports_;
  std::vector<PortKind> kinds_;
  EventKind packet_kind_;  // of packets whose ports are not all alike
  // Most ports are of one kind. A packet that visits only such ports takes the same time at each.
  PortKind uniform_;
  std::vector<Endpoint> endpoints_;
  std::vector<std::int64_t> control_busy_;  // [port]: until when the control class occupies it
  LargePageVector<Queue> queues_;
  LargePageVector<Held> held_;  // packets that wait in queues
  std::uint32_t free_held_ = NoIndex;
  std::uint32_t sub_planes_;
  std::uint64_t lane_round_;  // bytes of a packet on every lane
  std::uint32_t spines_;
  std::int64_t lane_out_latency_ = 0;
  std::int64_t latency_within_ = 0;      // of a path without load, serialisation excluded
  std::int64_t latency_between_ = 0;     // the same between groups
  std::vector<std::uint32_t> group_of_;  // [endpoint]
  std::vector<PortIndex> lane_out_;
  std::vector<PortIndex> lane_in_;
  std::vector<PortIndex> up_;
  std::vector<PortIndex> down_;
  // Not bytes: a compiler must expect that storing a byte changes anything else.
  std::vector<std::uint16_t> next_lane_;   // [endpoint]: where the next flow's spray pointer starts
  std::vector<std::uint16_t> next_spine_;  // [endpoint * sub_planes + lane]
  std::vector<std::int64_t> engine_busy_;  // [engine]
  std::vector<Flow> flows_;
  std::vector<FlowIndex> free_flows_;
  std::vector<std::uint32_t> flows_at_;  // [endpoint]: flows that still send
  unsigned number_bits_ = 0;             // of a packet's order, for its running number
  std::vector<std::uint32_t> packets_;   // [endpoint]: that it has sent
  LargePageVector<Inbox> inboxes_;
  std::uint64_t flows_in_flight_ = 0;
  std::uint64_t port_hops_ = 0;
  std::uint64_t emitted_bytes_ = 0;
  std::uint64_t delivered_bytes_ = 0;
};

}  // namespace cm::sim::fabric
