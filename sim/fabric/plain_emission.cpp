// The usual flow's packets: sprayed, through one engine. The same steps as in packet_emission.cpp,
// without the choices; as far as the destination's lanes allow, the packets visit ports of one kind only.

#include "sim/fabric/packet_fabric.h"

#include <algorithm>

namespace cm::sim::fabric {

// Locals hold the state that changes from packet to packet: through the members the compiler would have to store and
// load it every time. With credits a packet that could have to wait ends the burst; false: the first one did.
template <bool WithCredits>
bool PacketFabric::emit_plain_burst(FlowIndex index, std::int64_t start)
{
  Flow& flow = flows_[index];
  const std::uint32_t source = flow.source;
  std::int64_t engine = engine_busy_[flow.engine];
  std::int64_t now = start;
  const bool alone = flows_at_[source] == 1;
  const int burst = alone ? EmissionBurst : 1;
  if (engine > now) {  // another flow's packets
    emit_next_at(engine, index);
    return true;
  }
  const std::uint32_t group = endpoints_[source].group;
  const PortIndex* const lanes = &lane_out_[source * sub_planes_];
  const PortIndex* const ups = up_.data() + endpoints_[source].first_down;  // up_ is laid out like down_
  std::uint16_t* const spines = &next_spine_[source * sub_planes_];
  std::int64_t issued = flow.issued;
  std::uint32_t offset = flow.offset;
  std::uint32_t lane = flow.next_lane;
  std::uint32_t number = packets_[source];
  if ((number & number_mask()) + EmissionBurst > number_mask()) [[unlikely]]
    number = 0;
  const std::uint32_t first_order = order_of_packet(source, number);
  std::uint32_t packets = 0;
  std::uint64_t payload = 0;
  const Message* message = flow.messages.data() + flow.next_message;
  const Message* const end = flow.messages.data() + flow.messages.size();
  for (int sent = 0; sent < burst && message != end && now - start <= BurstHorizon; ++sent) {
    if (message->bytes != flow.cut_bytes) [[unlikely]]
      cut(flow, message->bytes);
    const std::uint32_t left = message->bytes - offset;
    const std::uint32_t bytes = std::min(flow.packet_bytes, left);
    const Pace& times = pace(flow, bytes);
    const std::uint32_t destination = message->destination;
    if (destination == source) {
      keep_local(flow, bytes, std::max(now, issued) + times.issue_step);
    } else {
      const Endpoint& to = endpoints_[destination];
      std::uint64_t ports = lane_in_[to.first_lane + lane];
      const bool leaves_group = to.group != group;
      const std::uint32_t spine = leaves_group ? spines[lane] : 0;
      if (leaves_group) {
        const std::uint32_t place = lane * spines_ + spine;
        const std::uint64_t down = down_[to.first_down + place];
        ports = ups[place] | down << PortBits | ports << (2 * PortBits);
      }
      const std::int64_t ready = std::max({now, issued, engine});
      if constexpr (WithCredits)
        if (!lane_is_open(lanes[lane], static_cast<PortIndex>(ports & PortMask), bytes + frame_overhead_, start,
                          ready)) {
          if (sent == 0)
            return false;
          break;
        }
      now = ready;
      engine = now + times.engine_step[leaves_group ? 1 : 0] + (bytes == left ? flow.engine_pause : 0);
      if (leaves_group)
        spines[lane] = static_cast<std::uint16_t>(spine + 1 == spines_ ? 0 : spine + 1);
      const std::int64_t lasts = times.lane_time;
      Port& port = ports_[lanes[lane]];
      const std::int64_t backlog = port.busy_until - now;
      const std::int64_t begin = now + std::max<std::int64_t>(backlog, 0);
      port.peak_backlog = std::max(port.peak_backlog, backlog);
      port.busy_until = begin + lasts;
      port.bytes += bytes + frame_overhead_;
      calendar_.insert({.time = begin + lane_out_latency_,
                        .word = to.kind | ports,
                        .subject = index,
                        .bytes = bytes + frame_overhead_,
                        .extra = static_cast<std::uint32_t>(lasts),
                        .order = first_order + packets});
      lane = lane + 1 == sub_planes_ ? 0 : lane + 1;
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
  engine_busy_[flow.engine] = engine;
  flow.next_lane = static_cast<std::uint16_t>(lane);
  packets_[source] = number + packets;
  flow.issued = issued;
  flow.offset = offset;
  flow.next_message = static_cast<std::uint32_t>(message - flow.messages.data());
  flow.packets_in_flight += packets;
  port_hops_ += packets;
  emitted_bytes_ += payload;
  if (message != end) {
    __builtin_prefetch(message + EmissionBurst - 1);
    emit_next_at(std::max({now, issued, engine}) + (alone ? 0 : 1), index);
    return true;
  }
  end_emission(index, start);
  return true;
}

template bool PacketFabric::emit_plain_burst<false>(FlowIndex, std::int64_t);
template bool PacketFabric::emit_plain_burst<true>(FlowIndex, std::int64_t);

}  // namespace cm::sim::fabric
