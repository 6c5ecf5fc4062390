// Packets through FIFO ports on integer picoseconds: a fabric at packet level.
//
// A flow's messages are cut into packets of at most one MTU. Its endpoint engine emits them one by one. In a healthy
// two-tier Clos with one class of data and endless buffers each packet then visits a fixed sequence of ports, and a
// port is a clock ("busy until"): an arriving packet's departure is known at once, so a hop costs one event. All else
// goes the general way, from queue to queue (switched/switched_way.h).
//
// Cut-through: a port starts sending when a packet's head has arrived, so a lone packet pays its serialisation once.
#pragma once

#include "sim/calendar/calendar.h"
#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"
#include "sim/fabric/packet_events.h"
#include "sim/fabric/packet_flow.h"
#include "sim/fabric/ports.h"
#include "sim/fabric/receivers.h"
#include "sim/fabric/routes.h"
#include "sim/fabric/senders.h"
#include "sim/fabric/switched/packet_sink.h"
#include "sim/fabric/traffic_classes.h"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace cm::sim::fabric {

using calendar::Calendar;

class SwitchedWay;

class PacketFabric final : private PacketSink {
 public:
  // `calendar` is borrowed and outlives the fabric.
  PacketFabric(const NetworkSpec& network, const FabricPolicy& policy, Calendar& calendar);
  ~PacketFabric();

  // `count` new engines with consecutive indices; the first index.
  EngineIndex add_engines(std::uint32_t count) { return senders_.add_engines(count); }

  // `count` new inboxes with consecutive indices; the first index.
  InboxIndex add_inboxes(std::uint32_t count) { return receivers_.add_inboxes(count); }
  // Waits for `bytes` of payload, more than none, then posts the notice, `delay_ps` after the last. To be called before
  // the first byte can arrive.
  void expect(InboxIndex inbox, std::uint64_t bytes, std::int64_t delay_ps, std::uint64_t notice)
  {
    receivers_.expect(inbox, bytes, delay_ps, notice);
  }

  // Starts a flow at `now`. Local messages (to the source itself) pass no port: they take the issuing cores' time only.
  // Throws std::logic_error (ensure) for a class that the policy has not.
  void start(FlowSpec&& spec, std::int64_t now);

  // Works off the calendar's events up to and including `limit`, and stops in front of the first one that is not the
  // fabric's own. Returns that event's time, or Calendar::Never when there is none up to the limit.
  std::int64_t run(std::int64_t limit);

  // One-way latency without load between two endpoints, serialisation excluded.
  [[nodiscard]] std::int64_t path_latency_ps(EndpointIndex from, EndpointIndex to) const
  {
    return routes_.is_clos() ? routes_.latency_ps(from, to) : switched_latency_ps(from, to);
  }
  [[nodiscard]] bool same_group(EndpointIndex a, EndpointIndex b) const { return routes_.same_group(a, b); }

  [[nodiscard]] std::uint64_t port_hops() const;
  [[nodiscard]] std::uint64_t payload_bytes_emitted() const { return emitted_bytes_; }
  [[nodiscard]] std::uint64_t payload_bytes_delivered() const { return receivers_.delivered_bytes(); }
  // Payload of data that was given up; receivers were told of it as if it had arrived, so that nobody waits for it.
  [[nodiscard]] std::uint64_t lost_bytes() const { return receivers_.lost_bytes(); }
  // Packets lost, sent again and led another way; none where packets go the short way.
  [[nodiscard]] SwitchedCounters switched_counters() const;
  // Packets that a port has sent again because of bit errors.
  [[nodiscard]] std::uint64_t replays(PortIndex port) const;
  [[nodiscard]] std::uint64_t flows_in_flight() const { return flows_.in_flight(); }
  [[nodiscard]] std::size_t ports() const { return ports_.size() - 1; }
  [[nodiscard]] PortCounters counters(PortIndex port) const;
  // Bytes that all endpoints together have sent on a lane up to `now`, framing included; bytes that wait in a
  // lane's queue are not sent yet.
  [[nodiscard]] double carried_bytes(std::uint32_t lane, Picoseconds now) const;
  [[nodiscard]] std::uint64_t peak_queue_bytes() const;  // of all ports

 private:
  // One emission event lays out so many packets ahead, at most over the horizon: fewer events. Only where an endpoint
  // has a single flow, whose next packets nothing else can come between; several flows take turns packet by packet.
  static constexpr int EmissionBurst = 16;
  static constexpr std::int64_t BurstHorizon = 1'000'000;  // ps
  // What leaves its lane later than this waits at its source.
  static constexpr std::int64_t LaneHorizon = 1'000'000'000;  // ps

  // Outcome of an attempt to emit a packet.
  struct Emitted {
    std::int64_t sent_at = -1;               // below zero: it was not sent
    std::int64_t engine_free = 0;            // when the engine can take the flow's next packet
    std::int64_t retry_at = 0;               // the engine was taken until then
    std::uint32_t waits_for_port = NoIndex;  // its queue had no room for that packet
  };

  void run_freely(std::int64_t limit);
  void handle_rare(Event event, EventKind kind);
  void pass_uniform(const Event& event);
  void on_uneven(Event& event);
  void pass_unhindered(Event& event);
  void choose_spine(Event& event);
  void on_emission(const Event& event);
  void emit_plain_burst(FlowIndex index, std::int64_t start);
  void on_sink(const Event& event);
  std::int64_t take_in(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t head);
  // The usual rule stands here: an indirect call would take longer than the rule itself.
  [[nodiscard]] std::uint32_t choose_lane(Flow& flow, std::uint32_t destination)
  {
    if (rules_.lane_choice == LaneChoice::Spray) [[likely]]
      return flow.take_turn(routes_.lanes());
    return rules_.lane_rule(flow, destination, routes_.lanes());
  }
  Emitted emit(Flow& flow, FlowIndex index, std::uint32_t destination, const Pace& pace, std::int64_t now,
               bool may_wait);
  const Pace& pace(Flow& flow, std::uint32_t bytes) const
  {
    Pace& known = flow.paces[bytes < flow.packet_bytes ? 1 : 0];
    if (known.bytes != bytes) [[unlikely]]
      set_pace(known, flow, bytes);
    return known;
  }
  void set_pace(Pace& pace, const Flow& flow, std::uint32_t bytes) const;
  void emit_next_at(std::int64_t time, FlowIndex index);
  void end_emission(FlowIndex index);
  void keep_local(Flow& flow, std::uint32_t bytes, std::int64_t at)
  {
    emitted_bytes_ += bytes;
    flow.fence = std::max(flow.fence, at);
    receivers_.count(flow.inbox, flow.source, bytes, at);
  }
  void send_control(Event& event, PortIndex lane_out, std::int64_t now);
  void leave_port(Event& event, const Port& port, std::int64_t head_leaves, std::int64_t tail_leaves,
                  std::int64_t latency);
  void leave_port_slowly(Event& event, const Port& port, std::int64_t head_leaves, std::int64_t tail_leaves,
                         std::int64_t latency);
  void arrive(const Event& event, const Port& port, std::int64_t head, std::int64_t tail);
  void deliver(const Event& event, std::uint32_t endpoint, std::uint32_t lane, std::uint32_t bytes, std::int64_t at);
  void acknowledge(FlowIndex index, std::int64_t at);
  void release(FlowIndex index);

  // Control class.
  void send_acknowledgement(const Event& packet, std::uint32_t from, std::uint32_t lane, std::int64_t at);
  void on_control(Event& event);
  void on_ack_start(Event& event);
  std::int64_t pass_control(PortIndex port, std::uint32_t bytes, std::int64_t now, bool waits);

  // The general way.
  [[nodiscard]] std::int64_t switched_latency_ps(EndpointIndex from, EndpointIndex to) const;
  void run_switched(std::int64_t limit);
  Emitted emit_switched(Flow& flow, FlowIndex index, std::uint32_t destination, const Pace& pace, std::int64_t now);
  void enter_switched(SwitchedPacket& packet, std::uint32_t lane, PortIndex first, std::int64_t now);
  void deliver(const SwitchedPacket& packet, std::int64_t now, std::int64_t tail) override;
  void give_up(const SwitchedPacket& packet, std::int64_t now) override;
  void wake(FlowIndex flow, std::int64_t now) override { emit_next_at(now, flow); }

  // When a packet whose head is at a port since event.time can leave it without a gap, taking `lasts`: off a slower
  // port its tail comes late, and the port sends others until the rest can follow in one piece.
  [[nodiscard]] std::int64_t ready_to_leave(const Event& event, std::int64_t lasts) const
  {
    const std::int64_t late = static_cast<std::int64_t>(event.extra) - lasts;
    return event.time + (rules_.cut_through && late > 0 ? late : 0);
  }

  Calendar& calendar_;
  FabricRules rules_;
  Ports ports_;
  TrafficClasses classes_;
  Routes routes_;
  Senders senders_;
  FlowPool flows_;
  Receivers receivers_;
  std::unique_ptr<SwitchedWay> switched_;  // null: packets go the short way
  std::uint64_t port_hops_ = 0;
  std::uint64_t emitted_bytes_ = 0;
};

}  // namespace cm::sim::fabric
