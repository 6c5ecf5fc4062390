// The rules of the packet fabric's general way once more, without its tricks: any graph of switches, queues for every
// virtual lane, credits, classes of data, bit errors and timed changes. Events in one heap, every packet a struct, one
// event a packet and hop. Slow, and shares no code with sim/fabric but the description of what is to be simulated.
// Tests compare it with PacketFabric to the picosecond and the byte.
#pragma once

#include "sim/fabric/event_order.h"
#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"
#include "tests/property/reference_graph.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <vector>

namespace cm::tests {

class SwitchedReference {
 public:
  SwitchedReference(sim::fabric::NetworkSpec network, sim::fabric::FabricPolicy policy);

  std::uint32_t add_engines(std::uint32_t count);
  std::uint32_t add_inboxes(std::uint32_t count);
  void expect(std::uint32_t inbox, std::uint64_t bytes, std::int64_t delay, std::uint64_t notice);
  void start(const sim::fabric::FlowSpec& spec, std::int64_t now = 0);
  // Works everything off. Throws std::logic_error when a flow, a packet or a credit is left somewhere.
  void finish();

  [[nodiscard]] const std::map<std::uint64_t, std::int64_t>& notices() const { return notices_; }  // when each came
  [[nodiscard]] std::uint64_t bytes(std::uint32_t port) const { return ports_[port].bytes; }
  [[nodiscard]] std::uint64_t peak_queue_bytes(std::uint32_t port) const { return ports_[port].peak; }
  [[nodiscard]] std::uint64_t replays(std::uint32_t port) const { return ports_[port].replays; }
  [[nodiscard]] std::uint64_t delivered_bytes() const { return delivered_; }
  [[nodiscard]] std::uint64_t lost_bytes() const { return lost_; }
  [[nodiscard]] std::uint64_t lost_control_bytes() const { return lost_control_; }
  [[nodiscard]] std::uint64_t port_hops() const { return hops_; }

 private:
  // Classes of events of equal time, in their order.
  enum EventClass : std::uint8_t { ChangeClass, EmissionClass, LookClass, PacketClass };
  using Rank = std::array<std::uint64_t, 3>;  // of events of equal time: class, then endpoint or port, then number

  struct Event {
    std::int64_t time;
    Rank rank;
    std::uint64_t sequence;
    std::function<void(std::int64_t)> act;
  };

  struct Later {
    bool operator()(const Event& a, const Event& b) const;
  };

  struct Schedule {
    std::priority_queue<Event, std::vector<Event>, Later> events;
    std::uint64_t sequence = 0;
    bool is_before_looks = false;  // the event that is being handled
  };

  struct Packet {
    std::size_t flow = 0;
    std::uint32_t bytes = 0;  // on the wire
    std::uint32_t source = 0;
    std::uint32_t destination = 0;
    std::uint32_t number = 0;        // among those of its source
    std::uint32_t class_number = 0;  // the last one is control
    bool acknowledges = false;
    // At its source.
    std::uint32_t lane = 0;  // of the lane policy
    std::uint32_t first_turn = 0;
    std::uint32_t tries = 0;
    std::int64_t entered = 0;
    // On its way.
    std::uint32_t turn = 0;
    std::uint64_t chosen_from = 1;  // combinations of ports, at its switches so far
    std::uint32_t level = 0;
    std::uint32_t came_by = sim::fabric::NoPortIndex;
    std::uint32_t came_on = 0;   // virtual lane of that port
    bool holds_credit = false;   // of that port
    bool is_wrong = false;       // received with a bit error
    std::uint64_t failures = 0;  // of that port so far
    std::int64_t lasts = 0;      // its serialisation there
    // In the queue of a port.
    std::int64_t joined = 0;
    std::int64_t work = 0;
  };

  struct Flow {
    sim::fabric::FlowSpec spec;
    std::size_t message = 0;
    std::uint32_t offset = 0;
    std::uint32_t lane = 0;
    std::int64_t issued = 0;
    std::int64_t fence = 0;
    std::uint64_t in_flight = 0;
    bool all_sent = false;
  };

  // Room that a port learns of at a time.
  struct CreditBack {
    std::int64_t time = 0;
    std::uint32_t lane = 0;
    std::uint64_t bytes = 0;
  };

  struct Port {
    double ps_per_byte = 0;
    std::int64_t latency = 0;
    double error_rate = 0;
    std::uint64_t buffer = 0;
    std::int64_t busy_until = 0;
    std::optional<std::int64_t> look;        // planned for then
    std::uint32_t downs = 0;                 // changes that keep it down
    std::uint32_t known_downs = 0;           // and those that routes know of
    std::uint64_t failures = 0;              // such changes so far
    std::vector<std::deque<Packet>> queues;  // [virtual lane]
    std::vector<std::uint64_t> credits;      // [virtual lane]
    std::vector<CreditBack> on_way;
    std::vector<std::uint64_t> tags;  // [class of data], for fair queueing
    std::uint64_t clock = 0;
    std::vector<std::size_t> waiting_flows;
    std::uint64_t bytes = 0;
    std::uint64_t peak = 0;
    std::uint64_t replays = 0;
  };

  struct Sender {
    std::uint32_t next_lane = 0;
    std::uint32_t flows = 0;           // that still send
    std::uint32_t packets = 0;         // so far
    std::vector<std::uint32_t> turns;  // [lane]
  };

  struct Inbox {
    std::uint64_t remaining = 0;
    std::int64_t delay = 0;
    std::int64_t last = 0;
    std::uint64_t notice = 0;
  };

  struct NextPacket {
    std::uint32_t bytes = 0;  // payload
    std::uint32_t destination = 0;
    bool ends_message = false;
  };

  void at(std::int64_t time, const Rank& rank, std::function<void(std::int64_t)> act);
  [[nodiscard]] static Rank rank_of(const Packet& packet);
  [[nodiscard]] bool same_group(std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] std::uint32_t classes() const;  // of data

  // Emission.
  [[nodiscard]] NextPacket next_packet(const Flow& flow) const;
  [[nodiscard]] std::uint32_t lanes_left_out(std::uint32_t message_bytes) const;
  [[nodiscard]] std::uint32_t lane_of(const Flow& flow, std::uint32_t destination) const;
  void emit_at(std::int64_t time, std::size_t flow);
  void emit(std::size_t index, std::int64_t now);
  [[nodiscard]] bool has_room(std::uint32_t port, const Packet& packet) const;
  [[nodiscard]] std::int64_t sent_at(std::uint32_t port, std::int64_t now) const;
  [[nodiscard]] Packet new_packet(std::size_t flow, const NextPacket& next, std::uint32_t lane) const;
  [[nodiscard]] std::uint32_t first_port(const Packet& packet);
  [[nodiscard]] std::uint32_t take_turn(const Packet& packet, std::uint32_t port);
  void enter_first(Packet packet, std::int64_t now);
  void enter(Packet packet, std::int64_t now);
  void deliver_locally(Flow& flow, std::uint32_t bytes, std::int64_t now);
  void advance(Flow& flow, const NextPacket& next, std::int64_t now);
  void end(Flow& flow);

  // Ports.
  [[nodiscard]] std::uint32_t virtual_lane(const Packet& packet) const;
  [[nodiscard]] std::int64_t serialisation(std::uint32_t port, std::uint32_t bytes) const;
  [[nodiscard]] std::int64_t waiting_work(std::uint32_t port) const;
  [[nodiscard]] std::uint64_t waiting_bytes(std::uint32_t port) const;
  [[nodiscard]] bool waits(const Packet& packet) const;
  [[nodiscard]] bool needs_credit(std::uint32_t port, const Packet& packet) const;
  [[nodiscard]] std::int64_t ready_time(std::uint32_t number, const Packet& packet) const;
  void join(std::uint32_t number, Packet packet, std::int64_t now);
  void pass_unhindered(std::uint32_t number, Packet packet, std::int64_t now);
  void serve(std::uint32_t number, std::int64_t now);
  void take_credits_back(std::uint32_t number, std::int64_t before);
  [[nodiscard]] bool has_credit(std::uint32_t number, std::uint32_t lane, std::int64_t now) const;
  [[nodiscard]] std::optional<std::uint32_t> eligible_lane(std::uint32_t number, std::uint32_t class_number,
                                                           std::int64_t now) const;
  [[nodiscard]] std::optional<std::uint32_t> choose_lane(std::uint32_t number, std::int64_t now) const;
  void plan_look(std::uint32_t number, std::int64_t now);
  void send_first(std::uint32_t number, std::uint32_t lane, std::int64_t now);
  [[nodiscard]] std::uint32_t count_replays(std::uint32_t number, Packet& packet) const;
  std::int64_t transmit(std::uint32_t number, Packet packet, std::int64_t begin);
  void give_credit_back(const Packet& packet, std::int64_t freed);

  // Arrival.
  void arrive(Packet packet, std::int64_t now);
  void go_on(Packet packet, std::int64_t now);
  [[nodiscard]] std::uint32_t shortest_queue(const std::vector<std::uint32_t>& ports, std::int64_t now) const;
  void lose(Packet packet, std::int64_t now);
  void end_loss(Packet packet, std::int64_t now);
  void reach_endpoint(const Packet& packet, std::int64_t now);
  void deliver(const Packet& packet, std::int64_t time);
  void send_acknowledgement(const Packet& data, std::int64_t now);
  void count(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t time);
  void acknowledge(std::size_t flow, std::int64_t time);

  // Changes.
  void plan_change(std::size_t index);
  void begin_change(std::size_t index, std::int64_t now);
  void end_change(std::size_t index, std::int64_t now);
  void detect(std::size_t index, std::int64_t now);
  void apply_changes(std::uint32_t number);

  sim::fabric::NetworkSpec network_;
  sim::fabric::FabricPolicy policy_;
  ReferenceGraph graph_;
  Schedule schedule_;
  std::vector<bool> active_;  // [change]
  std::vector<Port> ports_;
  std::deque<Flow> flows_;
  std::vector<Sender> senders_;  // [endpoint]
  std::vector<std::int64_t> engines_;
  std::vector<Inbox> inboxes_;
  std::map<std::uint64_t, std::int64_t> notices_;
  std::uint64_t delivered_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_control_ = 0;
  std::uint64_t hops_ = 0;
};

}  // namespace cm::tests
