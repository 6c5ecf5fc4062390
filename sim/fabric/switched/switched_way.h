// The general way of packets through a network: of any graph, with classes of data, credits, bit errors and ports that
// change. Every hop is two events or three: the packet's head comes to the far end of a link, the port looks what to
// send next, and with credits its room comes back. The short way (packet_fabric.cpp) gives the same times, where it can
// go: a healthy two-tier Clos, one class, no credits; tests compare them.
//
// A port has a queue for each virtual lane: classes of data and one of control packets, each with the levels of the
// network. It serves control first, then classes as their scheduler says, of a class the highest level. With credits a
// packet leaves only when there is room for it at the far end of the link; the room comes back when its tail has left
// that switch, after the latency of the link. Endpoints take whatever comes, so control and data drain.
#pragma once

#include "sim/calendar/calendar.h"
#include "sim/fabric/event_order.h"
#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/packet_events.h"
#include "sim/fabric/ports.h"
#include "sim/fabric/switched/class_schedule.h"
#include "sim/fabric/switched/lane_queues.h"
#include "sim/fabric/switched/link_credits.h"
#include "sim/fabric/switched/link_states.h"
#include "sim/fabric/switched/packet_sink.h"
#include "sim/fabric/switched/router.h"
#include "sim/fabric/switched/source_lanes.h"
#include "sim/fabric/switched/switched_packet.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace cm::sim::fabric {

// Parts of a fabric that packets of the general way share with it; borrowed.
struct SharedParts {
  Ports& ports;
  calendar::Calendar& calendar;
  PacketSink& sink;
};

class SwitchedWay {
 public:
  // `rules` are borrowed. Throws std::logic_error (ensure) for a policy that does not fit.
  SwitchedWay(const NetworkSpec& network, const FabricPolicy& policy, const FabricRules& rules,
              const SharedParts& shared);

  // Port by which a packet with this running number leaves its source: that of the lane if it leads to the destination,
  // else another one; NoPort when there is no way.
  [[nodiscard]] PortIndex first_port(EndpointIndex source, EndpointIndex destination, std::uint32_t lane,
                                     std::uint32_t number);
  // Room at its source for a packet of data of so many bytes on the wire.
  [[nodiscard]] bool has_room(PortIndex first, std::uint8_t traffic_class, std::uint32_t bytes) const;
  // The flow is woken when the port has begun to send another packet.
  void wait_for_room(PortIndex first, FlowIndex flow) { waiting_flows_[first].push_back(flow); }
  // When a packet that entered the port now would leave, if its port served first come first.
  [[nodiscard]] std::int64_t leaves_at(PortIndex first, std::int64_t now) const;
  // No port is known to be down.
  [[nodiscard]] bool is_whole() const { return router_.is_whole(); }
  // The way of the next packet by this port (SourceLanes).
  [[nodiscard]] std::uint32_t next_turn(EndpointIndex source, EndpointIndex destination, PortIndex first)
  {
    return sources_.next_turn(source, destination, first);
  }
  // A packet with its first_*, the fields above them and, where it is known, its path. No port: it is lost.
  void enter(SwitchedPacket packet, PortIndex first, std::int64_t now);

  void handle(const Event& event);
  // An event that comes soon: what it will look at is on its way from memory then.
  void prefetch(const Event& event) const;

  [[nodiscard]] std::int64_t latency_ps(EndpointIndex from, EndpointIndex to) { return router_.latency_ps(from, to); }
  [[nodiscard]] const SwitchedCounters& counters() const { return counters_; }
  [[nodiscard]] std::uint64_t peak_bytes(PortIndex port) const { return queues_.peak_bytes(port); }
  // Picoseconds that the port took longer for what it has sent than at its healthy rate; below zero: less long.
  [[nodiscard]] double delay_ps(PortIndex port) const { return links_[port].delay_ps; }
  // Packets that the port has sent again because of bit errors.
  [[nodiscard]] std::uint64_t replays(PortIndex port) const { return links_[port].replays; }

 private:
  enum class Step : std::uint32_t { Arrive, Look, Credit, Begin, Detect, End, Retry };

  void install_changes();
  void plan(Step step, std::int64_t time, std::uint64_t what, std::uint32_t order);
  void plan_look(PortIndex port, std::int64_t time);
  void give_credit(const SwitchedPacket& packet, std::int64_t time);
  void plan_telling(PortIndex port, std::uint32_t lane, std::uint32_t bytes);
  [[nodiscard]] std::uint32_t lane_of(const SwitchedPacket& packet) const;

  void arrive(PacketIndex index, std::int64_t now);
  void look(PortIndex port, std::int64_t now);
  void tell_of_credit(const Event& event);
  void begin(std::size_t change, std::int64_t now);
  void detect(std::size_t change, std::int64_t now);
  void end(std::size_t change, std::int64_t now);
  void retry(PacketIndex index, std::int64_t now);

  void go_on(PacketIndex index, std::int64_t now);
  bool follow_path(PacketIndex index, std::int64_t now);
  [[nodiscard]] PortIndex way_at_source(std::span<const PortIndex> ways, std::uint32_t number) const;
  [[nodiscard]] PortIndex choose(SwitchedPacket& packet, std::int64_t now);
  void join(PacketIndex index, PortIndex port, std::int64_t now);
  void serve(PortIndex port, std::int64_t now);
  [[nodiscard]] std::int64_t ready(const SwitchedPacket& packet, PortIndex port) const;
  // Virtual lane whose head leaves next, or none (NoIndex); then `next` is when one that has credit can.
  [[nodiscard]] std::uint32_t next_lane(PortIndex port, std::int64_t now, std::int64_t& next);
  [[nodiscard]] bool can_leave(PortIndex port, std::uint32_t lane, std::int64_t now, std::int64_t& next);
  [[nodiscard]] bool has_credit(const SwitchedPacket& packet, PortIndex port, std::uint32_t lane, std::int64_t now);
  [[nodiscard]] bool pass_idle_port(PacketIndex index, PortIndex port, std::int64_t now);
  void depart(PacketIndex index, PortIndex port, std::int64_t begin);
  [[nodiscard]] std::uint32_t replays_of(SwitchedPacket& packet, PortIndex port) const;
  void lose(PacketIndex index, std::int64_t now);
  void wake_flows(PortIndex port, std::int64_t now);

  calendar::Calendar& calendar_;
  const FabricRules& rules_;
  Ports& ports_;
  PacketSink& sink_;
  LinkStates links_;
  Router router_;
  ClassSchedule schedule_;
  LaneQueues queues_;
  LinkCredits credits_;
  PacketStore packets_;
  SourceLanes sources_;
  std::unordered_map<PortIndex, std::vector<FlowIndex>> waiting_flows_;
  SwitchedCounters counters_;
  bool is_clos_;
  bool is_before_credits_ = false;  // what is done now comes before credits that come back now
};

}  // namespace cm::sim::fabric
