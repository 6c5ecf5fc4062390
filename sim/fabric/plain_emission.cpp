// The usual flow's packets: sprayed over all lanes, through one engine. The same steps as in packet_emission.cpp,
// without the choices; as far as the destination's lanes allow, the packets visit ports of one kind only.

#include "sim/fabric/packet_fabric.h"

#include <algorithm>

namespace cm::sim::fabric {

// Locals hold the state that changes from packet to packet: through the members the compiler would have to store and
// load it every time.
void PacketFabric::emit_plain_burst(FlowIndex index, std::int64_t start)
{
  Flow& flow = flows_[index];
  const std::uint32_t source = flow.source;
  std::int64_t engine = senders_.engine(flow.engine);
  std::int64_t now = start;
  const bool alone = senders_.has_one_flow(source);
  const int burst = alone ? EmissionBurst : 1;
  if (engine > now && !flow.messages.empty()) {  // another flow's packets
    emit_next_at(engine, index);
    return;
  }
  const std::uint32_t group = routes_.group(source);
  const PortIndex* const lanes = routes_.lanes_out(source);
  const PortIndex* const ups = routes_.ups(source);
  std::uint16_t* const spines = routes_.next_spines(source);
  std::int64_t issued = flow.issued;
  std::uint32_t offset = flow.offset;
  std::uint32_t lane = flow.next_lane;
  const std::uint32_t number = senders_.next_number(source, EmissionBurst);
  const std::uint32_t first_order = senders_.order().of_packet(source, number);
  std::uint32_t packets = 0;
  std::uint64_t payload = 0;
  const Message* message = flow.messages.data() + flow.next_message;
  const Message* const end = flow.messages.data() + flow.messages.size();
  for (int sent = 0; sent < burst && message != end && now - start <= BurstHorizon; ++sent) {
    flow.cut(message->bytes, rules_);
    const std::uint32_t left = message->bytes - offset;
    const std::uint32_t bytes = std::min(flow.packet_bytes, left);
    const Pace& times = pace(flow, bytes);
    const std::uint32_t destination = message->destination;
    if (destination == source) {
      keep_local(flow, bytes, std::max(now, issued) + times.issue_step);
    } else {
      const Routes::Endpoint& to = routes_.endpoint(destination);
      std::uint64_t ports = routes_.lane_in_at(to.first_lane + lane);
      const bool leaves_group = routes_.group(destination) != group;
      const std::uint32_t spine = leaves_group ? spines[lane] : 0;
      if (leaves_group) {
        const std::uint32_t place = lane * routes_.spines() + spine;
        const std::uint64_t down = routes_.down_at(to.first_switch_port + place);
        ports = path_of(ups[place], down, ports);
      }
      const std::int64_t ready = std::max({now, issued, engine});
      now = ready;
      engine = now + times.engine_step[leaves_group ? 1 : 0] + (bytes == left ? flow.engine_pause : 0);
      if (leaves_group)
        spines[lane] = static_cast<std::uint16_t>(spine + 1 == routes_.spines() ? 0 : spine + 1);
      const std::int64_t lasts = times.lane_time;
      Port& port = ports_[lanes[lane]];
      const std::int64_t backlog = port.busy_until - now;
      const std::int64_t begin = now + std::max<std::int64_t>(backlog, 0);
      port.peak_backlog = std::max(port.peak_backlog, backlog);
      port.busy_until = begin + lasts;
      port.bytes += bytes + rules_.frame_overhead;
      calendar_.insert({.time = begin + routes_.lane_out_latency(),
                        .word = to.kind | ports,
                        .subject = index,
                        .bytes = bytes + rules_.frame_overhead,
                        .extra = static_cast<std::uint32_t>(lasts),
                        .order = first_order + packets});
      lane = lane + 1 == routes_.lanes() ? 0 : lane + 1;
      ++packets;
      payload += bytes;
    }
    issued = std::max(issued, now - times.issue_lead) + times.issue_step;
    offset += bytes;
    if (bytes == left) {
      offset = 0;
      ++message;
    }
  }
  senders_.engine(flow.engine) = engine;
  flow.next_lane = static_cast<std::uint16_t>(lane);
  senders_.set_next_number(source, number + packets);
  flow.issued = issued;
  flow.offset = offset;
  flow.next_message = static_cast<std::uint32_t>(message - flow.messages.data());
  flow.packets_in_flight += packets;
  port_hops_ += packets;
  emitted_bytes_ += payload;
  if (message != end) {
    __builtin_prefetch(message + EmissionBurst - 1);
    emit_next_at(std::max({now, issued, engine}) + (alone ? 0 : 1), index);
    return;
  }
  end_emission(index);
}

}  // namespace cm::sim::fabric
