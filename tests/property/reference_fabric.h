// The packet fabric's rules once more, without its tricks: events in one heap, a packet's path as a list, every port
// treated alike. Slow, and shares no code with sim/fabric but the description of what is to be simulated. Tests compare
// it with PacketFabric to the picosecond and the byte.
#pragma once

#include "sim/fabric/flow.h"
#include "sim/fabric/network_spec.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <vector>

namespace cm::tests {

class ReferenceFabric {
 public:
  ReferenceFabric(sim::fabric::NetworkSpec network, sim::fabric::FabricPolicy policy);

  std::uint32_t add_engines(std::uint32_t count);
  std::uint32_t add_inboxes(std::uint32_t count);
  void expect(std::uint32_t inbox, std::uint64_t bytes, std::int64_t delay, std::uint64_t notice);
  void start(const sim::fabric::FlowSpec& spec, std::int64_t now = 0);
  void finish();  // works everything off

  [[nodiscard]] const std::map<std::uint64_t, std::int64_t>& notices() const { return notices_; }  // when each came
  [[nodiscard]] std::uint64_t bytes(std::uint32_t port) const { return ports_[port].bytes; }
  [[nodiscard]] std::uint64_t peak_queue_bytes(std::uint32_t port) const;
  [[nodiscard]] std::uint64_t delivered_bytes() const { return delivered_; }
  [[nodiscard]] std::uint64_t port_hops() const { return hops_; }

 private:
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

  struct Packet {
    std::size_t flow = 0;
    std::uint32_t bytes = 0;  // on the wire
    std::uint32_t destination = 0;
    std::uint32_t lane = 0;
    std::vector<std::uint32_t> path;  // ports still to visit
    std::int64_t lasts = 0;           // its serialisation at the port before
    Rank rank{};
    bool control = false;
    bool acknowledges = false;
    bool chooses_spine = false;
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
    bool lays_out = false;  // several of its packets at one go, whoever else sends
  };

  struct Port {
    double ps_per_byte = 0;
    std::int64_t latency = 0;
    std::int64_t busy_until = 0;
    std::int64_t control_until = 0;
    std::int64_t peak_backlog = 0;
    std::uint64_t bytes = 0;
    std::int64_t buffer = 0;  // tells ports apart
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
  [[nodiscard]] std::int64_t serialisation(std::uint32_t port, std::uint32_t bytes) const;
  [[nodiscard]] bool same_group(std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] std::int64_t path_latency(std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] bool is_uniform(std::uint32_t endpoint) const;

  // Emission.
  [[nodiscard]] NextPacket next_packet(const Flow& flow) const;
  [[nodiscard]] std::uint32_t lanes_left_out(std::uint32_t message_bytes) const;
  [[nodiscard]] std::uint32_t lane_of(const Flow& flow, std::uint32_t destination) const;
  std::vector<std::uint32_t> path(std::uint32_t from, std::uint32_t to, std::uint32_t lane, bool advance);
  void emit_at(std::int64_t time, std::size_t flow);
  void emit(std::size_t index, std::int64_t start);
  void lay_out(std::size_t index, std::int64_t start);
  void enter(std::size_t index, const NextPacket& next, std::uint32_t lane, std::int64_t now);
  void deliver_locally(Flow& flow, std::uint32_t bytes, std::int64_t time);
  void advance(Flow& flow, const NextPacket& next, std::int64_t now);
  void end(Flow& flow);

  // Ports.
  void come(std::uint32_t number, Packet packet, std::int64_t now);
  void pass(std::uint32_t number, Packet packet, std::int64_t now);
  void pass_control(std::uint32_t number, Packet packet, std::int64_t now);
  void leave(std::uint32_t number, Packet packet, std::int64_t begin, std::int64_t lasts);
  void choose_spine(Packet& packet) const;
  void arrive(const Packet& packet, std::int64_t head, std::int64_t tail);
  void deliver(const Packet& packet, std::uint32_t payload, std::int64_t time);
  void count(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t time);
  void acknowledge(std::size_t flow, std::int64_t time);

  sim::fabric::NetworkSpec network_;
  sim::fabric::FabricPolicy policy_;
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::uint64_t sequence_ = 0;
  std::vector<Port> ports_;
  std::deque<Flow> flows_;
  std::vector<std::int64_t> engines_;
  std::vector<Inbox> inboxes_;
  std::vector<std::uint32_t> next_lane_;
  std::vector<std::uint32_t> next_spine_;
  std::vector<std::uint32_t> sending_;
  std::vector<std::uint64_t> sent_;
  std::map<std::uint64_t, std::int64_t> notices_;
  std::uint64_t delivered_ = 0;
  std::uint64_t hops_ = 0;
};

}  // namespace cm::tests
